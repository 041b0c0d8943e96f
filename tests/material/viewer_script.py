"""A page that is nothing but the viewer, for tests in the browser: `?view=NAME` chooses what is in it."""

from __future__ import annotations

import streamlit as st

from app.components.viewer import show_viewer
from tests.material.views import view_named

st.set_page_config(layout="wide")
name = st.query_params.get("view", "explore")
changed = st.session_state.get("changed", False)
place = show_viewer(view_named(name, seed=2 if changed else 0), key="viewer")
st.write(f"Pinned: {place}")
st.button("Run again")
st.toggle("Other counts", key="changed")
