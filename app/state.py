"""The keys of the browser session, typed in one place. Nothing here outlives the session."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import engine
from app.requests import Look

_SESSION = "certiscope_session"
_LEDGER = "certiscope_ledger"


def session_id() -> str:
    """An unguessable name of this browser session, for fair queueing."""
    if _SESSION not in st.session_state:
        st.session_state[_SESSION] = secrets.token_urlsafe(12)
    return str(st.session_state[_SESSION])


def ledger() -> engine.certification.Ledger:
    """The certificates that this session has seen, and the runs that it gave up after a look."""
    kept: engine.certification.Ledger = st.session_state.get(_LEDGER, engine.certification.Ledger())
    return kept


def add_to_ledger(certificate: engine.Certificate, name: str) -> None:
    """Enter a certificate; the same one counts once."""
    st.session_state[_LEDGER] = ledger().with_certificate(certificate, name)


def add_look_to_ledger(look: Look) -> None:
    """Enter a run that is given up after a look at it."""
    st.session_state[_LEDGER] = ledger().with_look(look.view, f"{look.name} (cancelled)")


def clear_ledger() -> None:
    """Begin a new report."""
    st.session_state.pop(_LEDGER, None)


def begin_from_url(key: str, options: Sequence[str], default: str, *, query: str = "") -> None:
    """Give a choice its first value: the URL's (under `query`, or the key) if it names an option, else the default.

    Streamlit's own binding writes the label that is shown into the URL; links should hold the name instead. Later the
    URL is only written: a browser that is clicked quickly reports an older one.
    """
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(query or key)
        st.session_state[key] = asked if asked in options else default


def write_to_url(key: str, value: str) -> None:
    """Keep the URL in step with a choice; what is empty is left out."""
    if value:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def choose_named(
    where: DeltaGenerator, label: str, titles: Mapping[str, str], default: str, *, key: str, help: str | None = None
) -> str:
    """A menu that shows titles; the name chosen is returned, kept across pages, and what the URL holds."""
    begin_from_url(key, list(titles), default)
    name = str(
        where.selectbox(
            label, list(titles), format_func=lambda name: titles.get(name, name), key=key, persist_state="session",
            help=help,
        )
    )  # fmt: skip
    write_to_url(key, name)
    return name
