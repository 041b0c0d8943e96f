"""The one job manager of this process, for all pages."""

from __future__ import annotations

import streamlit as st

from app.jobs.manager import JobManager


@st.cache_resource
def manager() -> JobManager:
    """One worker, since there is one compute device."""
    return JobManager()
