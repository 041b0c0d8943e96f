"""Certify an image: choose, set, run, and read what is promised."""

from __future__ import annotations

import streamlit as st

import engine
from app import controls, inputs, runner, state
from app.views import wording
from app.views.result import show_result
from app.views.running import show_run

st.title("Certify an image")
st.markdown(
    "Choose a street scene and see which of its pixels **no adversary within a radius can flip**. The model is "
    "smoothed with Gaussian noise; every pixel gets an exact test, and all tests together may fail with probability α."
)

left, right = st.columns([6, 5], gap="large")
with left:
    st.subheader("1 · Image")
    chosen = inputs.pick_image()
with right:
    st.subheader("2 · Settings")
    model = controls.choose_model()
    settings = controls.choose_settings()

request: runner.Request | None = None
if chosen is not None and settings is not None:
    try:
        request = runner.prepare(chosen, model, settings)
    except engine.EngineError as error:
        left.error(f"{chosen.name}: {error}.")

job_id = state.current_job()
job = runner.jobs().get(job_id) if job_id else None
if job_id and job is None:
    state.forget_job()
busy = job is not None and not job.state.final

with right:
    if request is not None and settings is not None:
        components = request.image.components
        radius = engine.family(settings.family).radius(sigma=settings.sigma, tau=settings.tau)
        needed = engine.smallest_useful_n(settings.tau, settings.alpha, components)
        facts = st.columns(3)
        facts[0].metric("Radius R = σ·ppf(τ)", f"{radius:.3g}")
        facts[1].metric("Smallest useful n", needed)
        facts[2].metric("Expected time", "…" if busy else wording.duration(runner.expected_seconds(request)))
        if settings.n < needed:
            st.warning(
                f"With n = {settings.n} nothing can be certified: {components:,} pixels need at least {needed} draws."
            )
    if st.button(
        "Certify", type="primary", icon=":material/play_arrow:", width="stretch", disabled=busy or request is None
    ):
        try:
            job = runner.submit(request)  # type: ignore[arg-type]  # the button is disabled without a request
            state.set_current_job(job.id)
            st.rerun()
        except engine.EngineError as error:
            st.error(f"{error}.")

st.divider()
if job is None:
    st.info("No run yet. Choose an image, keep the settings or change them, and press **Certify**.")
elif not job.state.final:
    show_run(job)
elif job.state is engine.State.DONE:
    show_result(job.result, current=request)
elif job.state is engine.State.CANCELLED:
    st.info("The run was cancelled; nothing was certified. Press **Certify** to start again.")
else:
    st.error(f"The run failed: {job.error}.")
