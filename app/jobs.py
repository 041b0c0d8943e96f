"""The one job manager of this process, for all pages."""

from __future__ import annotations

import streamlit as st

import engine


@st.cache_resource
def manager() -> engine.JobManager:
    """One worker, since there is one compute device."""
    return engine.JobManager()
