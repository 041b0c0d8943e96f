"""A shape with its model, what may be done to it and the settings, beside its picture: for every page about shapes."""

from collections.abc import Callable

import streamlit as st

import engine
from app.forms.models import choose_part_model
from app.forms.shapes import pick_shape
from app.runs.prepare import prepare
from app.runs.requests import Choice, Request
from app.views.charts import show_preview
from app.words.numbers import plain
from engine.perturbations import Family


def choose_shape(
    choose_family: Callable[[], Family], choose_settings: Callable[[Family, str], Choice | None]
) -> Request | None:
    """Show the form; returns what is asked for, or None while something is missing or wrong, which is said."""
    preview, form = st.columns([2, 3], gap="large")
    with form:
        chosen = pick_shape()
        model = choose_part_model(chosen)
        family = choose_family()
    choice = choose_settings(family, model)
    if chosen is None:
        preview.info("Choose a file: a mesh is sampled to a cloud of points, a cloud is thinned out where it is large.")
        return None
    if choice is None:
        return None
    try:
        request = prepare(chosen, model, choice)
    except engine.EngineError as error:
        preview.error(f"{plain(chosen.name)}: {error}.")
        return None
    assert isinstance(request.subject, engine.inputs.Cloud)
    with preview:
        show_preview(request.subject, request.truth, engine.models.model_info(model).labels)
    return request
