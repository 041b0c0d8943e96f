"""Entry point: python -m streamlit run app/main.py"""

from __future__ import annotations

import streamlit as st

from app.navigation import pages

st.set_page_config(page_title="Certiscope", page_icon=":material/verified_user:", layout="wide")
st.navigation(pages(), position="top").run()
