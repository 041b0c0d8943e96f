"""The keys of the browser session, typed in one place. Nothing here outlives the session."""

from __future__ import annotations

import secrets

import streamlit as st

_SESSION = "certiscope_session"
_JOB = "job"


def session_id() -> str:
    """An unguessable name of this browser session, for fair queueing."""
    if _SESSION not in st.session_state:
        st.session_state[_SESSION] = secrets.token_urlsafe(12)
    return str(st.session_state[_SESSION])


def current_job() -> str | None:
    """The id of the run this page shows. It stands in the URL too, so that a reload finds it again."""
    if _JOB in st.session_state:
        st.query_params[_JOB] = st.session_state[_JOB]  # a visit to another page has dropped it
        return str(st.session_state[_JOB])
    return st.query_params.get(_JOB)


def set_current_job(job_id: str) -> None:
    """Show this run from now on."""
    st.session_state[_JOB] = job_id
    st.query_params[_JOB] = job_id


def forget_job() -> None:
    """Show no run."""
    st.session_state.pop(_JOB, None)
    if _JOB in st.query_params:
        del st.query_params[_JOB]
