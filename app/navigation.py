"""The page table. A new page is one file in `app/screens` and one row here."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

import engine

HOME = "screens/home.py"
CERTIFY = "screens/certify.py"
CLOUD = "screens/cloud.py"
LEARN = "screens/learn.py"
EXPERIMENTS = "screens/experiments.py"
DENOISE = "screens/denoise.py"
ATTACK = "screens/attack.py"
CHANGES = "screens/changes.py"
PATCH = "screens/patch.py"
MODELS = "screens/models.py"
RESULTS = "screens/results.py"
ROTATION = "screens/rotation.py"


def pages() -> list[StreamlitPage]:
    """All pages in the order of the menu; that for shapes only where there is a model of shapes."""
    shapes = [st.Page(CLOUD, title="Point cloud", icon=":material/view_in_ar:", url_path="cloud")]
    return [
        st.Page(HOME, title="Home", icon=":material/home:", default=True),
        st.Page(CERTIFY, title="Certify", icon=":material/verified_user:", url_path="certify"),
        *(shapes if engine.models.part_models() else []),
        st.Page(DENOISE, title="Denoise", icon=":material/blur_off:", url_path="denoise"),
        st.Page(ATTACK, title="Attack", icon=":material/bolt:", url_path="attack"),
        st.Page(CHANGES, title="Everyday changes", icon=":material/tune:", url_path="changes"),
        st.Page(PATCH, title="Patch", icon=":material/sticky_note_2:", url_path="patch"),
        st.Page(LEARN, title="Learn", icon=":material/school:", url_path="learn"),
        st.Page(ROTATION, title="Rotation", icon=":material/3d_rotation:", url_path="rotation"),
        st.Page(EXPERIMENTS, title="Experiments", icon=":material/science:", url_path="experiments"),
        st.Page(RESULTS, title="Results", icon=":material/leaderboard:", url_path="results"),
        st.Page(MODELS, title="Models", icon=":material/model_training:", url_path="models"),
    ]
