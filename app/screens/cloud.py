"""Certify the parts of a 3D shape: choose, set, run, turn it, and read what is promised."""

import streamlit as st

import engine
from app.forms.certification import serve
from app.forms.settings import choose_family, choose_shape_settings
from app.forms.shape_request import choose_shape
from app.views.page_run import PageRun
from engine.perturbations import Family


def _choose_family() -> Family:
    family = choose_family("Certify against", key="family")
    st.caption(f"Noise: {family.assumes}.")
    return family


st.title("Certify a point cloud")
st.markdown(
    "Choose a shape and see which of its points **no rotation up to an angle, or no shift of its points within a "
    "radius, can give to another part**. "
    "The model is smoothed with random rotations or with noise on the positions, every point gets a test that needs "
    "no approximation, and a correction for testing all points at once keeps the chance of its kind of error at most α."
)
if engine.models.part_models():
    serve(lambda: choose_shape(_choose_family, choose_shape_settings), PageRun(page="cloud"), kind="cloud")
else:
    st.info("No model of shapes ships with this copy: `python -m engine train parts` makes one.")
