"""A verdict in its colour: green where something is promised, neutral where nothing is."""

import streamlit as st

import engine
from app.runs.requests import Request
from app.words.draws import raised
from app.words.promise import guarantee, is_promise, without_promise


def show_guarantee(certificate: engine.Certificate, *, of: str = "") -> None:
    """What a certificate promises. of: whose it is, where there are several."""
    text = f"**{of}.** {guarantee(certificate)}" if of else f"**{guarantee(certificate)}**"
    if not is_promise(certificate.settings):
        st.warning(text, icon=":material/info:")
    elif without_promise(certificate):
        st.info(text, icon=":material/info:")
    else:
        st.success(text, icon=":material/verified_user:")


def say_raised(request: Request) -> None:
    """That n was raised, and why; nothing where it is as chosen."""
    if request.chosen_n:
        text = raised(request.settings, request.subject.components, request.chosen_n)
        st.info(text, icon=":material/arrow_upward:")
