"""How far a job is, and how long it still takes: for every page that waits for one."""

from __future__ import annotations

import streamlit as st

from app import runner
from app.jobs.manager import Job, State
from app.views import wording


def follow(job: Job, done: str) -> None:
    """Show the job's progress, in a fragment that runs again and again; once it has ended, run the whole page again.

    done: what is counted, such as "Draw".
    """
    watched = runner.find(job.id)
    if watched is None or watched.state.final:
        st.rerun()
    if job.state is State.QUEUED:
        st.progress(0.0, f"Waiting: {job.ahead} run{'s' if job.ahead != 1 else ''} before this one")
        return
    left = job.seconds_left()
    time_left = "" if left is None else f" · about {wording.duration(left)} left"
    share = job.done / job.total if job.total else 0.0
    st.progress(share, f"{done} {job.done:,} of {job.total:,}{time_left}")
