"""How far a job is, and how long it still takes, with Cancel: for every page that waits for one."""

from collections.abc import Callable

import streamlit as st

from app.runs import jobs
from app.runs.queue import Job, State
from app.words.numbers import duration


@st.fragment(run_every=0.5)
def show_progress(job: Job, done: str, *, key: str, more: Callable[[Job], None] | None = None) -> None:
    """Poll a job twice a second; once it has ended, run the whole page again.

    done: what is counted, such as "Draw". key: of the button that cancels it. more: shows the job's views.
    """
    follow(job, done)
    if st.button("Cancel", icon=":material/stop:", key=key):
        jobs.cancel(job)
    if more is not None:
        more(job)


def follow(job: Job, done: str) -> None:
    """Show the job's progress, in a fragment that runs again and again; once it has ended, run the whole page again."""
    watched = jobs.find(job.id)
    if watched is None or watched.state.final:
        st.rerun()
    if job.state is State.QUEUED:
        st.progress(0.0, f"Waiting: {job.ahead} run{'s' if job.ahead != 1 else ''} before this one")
        return
    left = job.seconds_left()
    time_left = "" if left is None else f" · about {duration(left)} left"
    share = job.done / job.total if job.total else 0.0
    st.progress(share, f"{done} {job.done:,} of {job.total:,}{time_left}")
