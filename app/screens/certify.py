"""Certify an image: choose, set, run, and read what is promised."""

from __future__ import annotations

import streamlit as st

import engine
from app import controls, inputs, runner, state
from app.certifying import serve
from app.page_run import PageRun
from app.requests import Outcome, Request
from app.views import wording
from app.views.account import show_ledger
from app.views.result import show_result
from app.views.running import show_run

st.title("Certify an image")
st.markdown(
    "Choose a street scene and see which of its pixels **no adversary within a radius can flip**. The model is "
    "smoothed with Gaussian noise, every pixel gets a test that needs no approximation, and a correction for "
    "testing all pixels at once keeps the chance of its kind of error at most α."
)

chosen = inputs.pick_image()
preview = st.empty()
model = controls.choose_model()
choice = controls.choose_settings()

request: Request | None = None
if chosen is not None and choice is not None:
    try:
        request = runner.prepare(chosen, model, choice)
        if chosen.preview:
            preview.image(request.image.as_uint8(), width=240, output_format="PNG", alt=chosen.name)
    except engine.EngineError as error:
        preview.error(f"{wording.plain(chosen.name)}: {error}.")

serve(
    request,
    PageRun(key="job", kinds=(Outcome,), query="job"),
    what="an image",
    button=lambda asked, busy: controls.run_button(asked, busy=busy),
    submit=runner.submit,
    show_run=show_run,
    show_result=lambda result, asked: show_result(result, current=asked),
)
show_ledger(state.ledger())
