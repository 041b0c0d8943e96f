"""Certify the parts of a 3D shape: choose, set, run, turn it, and read what is promised."""

from __future__ import annotations

import streamlit as st

import engine
from app import cloud_controls, cloud_inputs, clouds, state
from app.certifying import serve
from app.clouds import CloudOutcome, CloudRequest
from app.page_run import PageRun
from app.views import wording
from app.views.account import show_ledger
from app.views.cloud_result import show_result
from app.views.cloud_running import show_run
from app.views.clouds import show_preview

_RUN = PageRun(key="cloud_job", kinds=(CloudOutcome,))


def _choose() -> CloudRequest | None:
    """The shape with its model and settings; None while something is missing or wrong, which is said."""
    preview, form = st.columns([2, 3], gap="large")
    with form:
        known = {category for _, _, categories in engine.models.part_models() for category in categories}
        chosen = cloud_inputs.pick_shape(tuple(sorted(known)))
        model = cloud_controls.choose_model(chosen)
        family = cloud_controls.choose_family()
    choice = cloud_controls.choose_settings(family, model)
    if chosen is None:
        preview.info("Choose a file: a mesh is sampled to a cloud of points, a cloud is thinned out where it is large.")
        return None
    if choice is None:
        return None
    try:
        request = clouds.prepare(chosen, model, choice)
    except engine.EngineError as error:
        preview.error(f"{wording.plain(chosen.name)}: {error}.")
        return None
    with preview:
        show_preview(request.cloud, request.truth, engine.models.model_info(model).labels)
    return request


def _page() -> None:
    serve(
        _choose(),
        _RUN,
        what="a shape",
        button=lambda asked, busy: cloud_controls.run_button(asked, busy=busy),
        submit=clouds.submit,
        show_run=show_run,
        show_result=lambda result, asked: show_result(result, current=asked),
    )


st.title("Certify a point cloud")
st.markdown(
    "Choose a shape and see which of its points **no rotation up to an angle, or no shift of its points within a "
    "radius, can give to another part**. "
    "The model is smoothed with random rotations or with noise on the positions, every point gets a test that needs "
    "no approximation, and a correction for testing all points at once keeps the chance of its kind of error at most α."
)
if engine.models.part_models():
    _page()
else:
    st.info("No model of shapes ships with this copy: `python -m engine train parts` makes one.")
show_ledger(state.ledger())
