"""Entry point: python -m streamlit run app/main.py"""

from pathlib import Path

import streamlit as st
from streamlit import config

from app.navigation import pages

ICON = Path(__file__).resolve().parents[1] / "assets" / "icon.png"  # a file of our own: nothing is fetched from outside

# A full collection after every script run, with the interpreter locked, stops every other page; see `runs.models`.
config.set_option("runner.postScriptGC", False, "app/main.py")
st.set_page_config(page_title="Certiscope", page_icon=str(ICON), layout="wide")
st.navigation(pages(), position="top").run()
