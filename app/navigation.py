"""The page table. A new page is one file in `app/screens` and one row here."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

HOME = "screens/home.py"
CERTIFY = "screens/certify.py"
LEARN = "screens/learn.py"
EXPERIMENTS = "screens/experiments.py"
DENOISE = "screens/denoise.py"
ATTACK = "screens/attack.py"
MODELS = "screens/models.py"
RESULTS = "screens/results.py"


def pages() -> list[StreamlitPage]:
    """All pages in the order of the menu."""
    return [
        st.Page(HOME, title="Home", icon=":material/home:", default=True),
        st.Page(CERTIFY, title="Certify", icon=":material/verified_user:", url_path="certify"),
        st.Page(DENOISE, title="Denoise", icon=":material/blur_off:", url_path="denoise"),
        st.Page(ATTACK, title="Attack", icon=":material/bolt:", url_path="attack"),
        st.Page(LEARN, title="Learn", icon=":material/school:", url_path="learn"),
        st.Page(EXPERIMENTS, title="Experiments", icon=":material/science:", url_path="experiments"),
        st.Page(RESULTS, title="Results", icon=":material/leaderboard:", url_path="results"),
        st.Page(MODELS, title="Models", icon=":material/model_training:", url_path="models"),
    ]
