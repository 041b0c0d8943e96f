"""Certify an image: choose, set, run, and read what is promised."""

import streamlit as st

import engine
from app.forms.certification import serve
from app.forms.images import pick_image
from app.forms.models import choose_model
from app.forms.settings import choose_settings
from app.runs.prepare import prepare
from app.runs.requests import Request
from app.views.page_run import PageRun
from app.words.numbers import plain


def _choose() -> Request | None:
    """The image with its model and settings; None while something is missing or wrong, which is said."""
    chosen = pick_image()
    preview = st.empty()
    model = choose_model()
    choice = choose_settings()
    if chosen is None or choice is None:
        return None
    try:
        request = prepare(chosen, model, choice)
    except engine.EngineError as error:
        preview.error(f"{plain(chosen.name)}: {error}.")
        return None
    if chosen.preview and isinstance(request.subject, engine.inputs.Image):
        preview.image(request.subject.as_uint8(), width=240, output_format="PNG", alt=chosen.name)
    return request


st.title("Certify an image")
st.markdown(
    "Choose a street scene and see which of its pixels **no adversary within a radius can flip**. The model is "
    "smoothed with Gaussian noise, every pixel gets a test that needs no approximation, and a correction for "
    "testing all pixels at once keeps the chance of its kind of error at most α."
)
serve(_choose, PageRun(page="certify", query="job"), kind="image")
