"""The stage of everyday changes: sliders, three pictures, the strip."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

import engine
from app.components.changes import show_changes
from app.pictures.change_frames import as_data, frames_data, region_data, sliders
from app.runs.changes import make_frames
from app.runs.requests import Outcome, Request
from app.words.changes import phrases, told_bands


def show_stage(request: Request, undefended: str, reach: float, outcome: Outcome | None) -> None:
    """The component, once its frames are made; until then how far they are."""
    settings, image = request.settings, request.subject
    assert isinstance(image, engine.inputs.Image)
    change, place = settings.noise.change, st.empty()
    axes = sliders(change, reach)
    try:
        with place.container():
            bar = st.progress(0.0, "Asking the undefended model about every step …")
            frames = make_frames(
                undefended, image, change, axes, lambda share: bar.progress(share, "Asking the undefended model …")
            )
        place.empty()
    except engine.EngineError as error:
        place.error(f"{error}.")
        return
    space = engine.models.model_info(undefended).labels
    certificate = None if outcome is None else outcome.certificate
    data = as_data(
        frames_data(change, axes, frames, space),
        _region(replace(settings, seed=0), reach),
        None if certificate is None else engine.export.labels_png(certificate.labels, space),
        phrases(change, certificate, undefended=undefended, certified=request.model),
    )
    show_changes(data, key="changes_component")


@st.cache_data(max_entries=64, show_spinner=False)
def _region(settings: engine.Settings, reach: float) -> Mapping[str, Any]:
    """Where the region lies on the sliders; one that contrast and brightness have together takes a second."""
    change = settings.noise.change
    return region_data(settings.region, change, sliders(change, reach), told_bands(settings))
