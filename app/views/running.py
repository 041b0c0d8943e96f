"""A run under way: progress, time left, a live picture, Cancel."""

from __future__ import annotations

import streamlit as st

import engine
from app import runner
from app.views import wording


@st.fragment(run_every=0.5)
def show_run(job: engine.Job) -> None:
    """Poll the job twice a second; once it has ended, run the whole page again to show the outcome."""
    watched = runner.find(job.id)
    if watched is None or watched.state.final:
        st.rerun()
    if job.state is engine.State.QUEUED:
        st.progress(0.0, f"Waiting: {job.ahead} run{'s' if job.ahead != 1 else ''} before this one")
    else:
        left = job.seconds_left()
        time_left = "" if left is None else f" · about {wording.duration(left)} left"
        share = job.done / job.total if job.total else 0.0
        st.progress(share, f"Draw {job.done:,} of {job.total:,}{time_left}")
    if st.button("Cancel", icon=":material/stop:", key="cancel"):
        runner.cancel(job)
    picture = job.view
    if picture is not None:
        st.image(picture.png, width=640, alt="leading classes so far")
        st.caption(
            f"Leading classes after {picture.draws:,} draws, faded where they vary: an estimate, not a certificate."
        )
