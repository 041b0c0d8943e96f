"""Certify an image: choose, set, run, and read what is promised."""

from __future__ import annotations

import streamlit as st

import engine
from app import controls, inputs, runner, state
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

run = PageRun(key="job", kinds=(Outcome,), query="job")
job = run.find()
busy = job is not None and not job.state.final
try:
    if controls.run_button(request, busy=busy) and request is not None:
        run.show(runner.submit(request))
except engine.EngineError as error:
    st.error(f"{error}.")

st.divider()
if job is None:
    st.info("No run yet. Choose an image, keep the settings or change them, and press **Certify**.")
elif not job.state.final:
    show_run(job)
elif job.state is engine.State.DONE:
    show_result(job.result, current=request)
    state.add_to_ledger(job.result.certificate, job.result.request.name)
elif job.state is engine.State.CANCELLED and not job.error:
    st.info("The run was cancelled; nothing was certified. Press **Certify** to start again.")
else:
    st.error(f"The run was stopped: {job.error}. Nothing was certified.")
show_ledger(state.ledger())
