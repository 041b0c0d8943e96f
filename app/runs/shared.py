"""Work whose result follows from a key alone: whoever asks for the same gets the same job, so that it is done once."""

from collections.abc import Hashable
from threading import Lock

import streamlit as st

from app.runs import jobs
from app.runs.queue import Job, Work
from app.session.state import session_id

_MOST = 1000  # keys; the jobs themselves are bounded by the queue
_SLOT = "certiscope_asked_"
_asking = Lock()


@st.cache_resource
def _known() -> dict[Hashable, str]:
    """The ids of jobs by key, oldest first."""
    return {}


def ask(key: Hashable, work: Work, *, page: str, slot: str) -> Job:
    """The job that makes what the key stands for: the one that waits, runs or has ended, else a new one.

    slot: of this session, which waits for one thing in each: what it asked for there before is left, see `leave`.
    One that nobody looked at until it was stopped is begun again; one that somebody cancelled is not, see `forget`.
    Raises QueueFull.
    """
    before = st.session_state.get(f"{_SLOT}{slot}")
    if before not in (None, key):
        leave(before)
    st.session_state[f"{_SLOT}{slot}"] = key
    with _asking:  # several pages at once begin one job
        known = _known()
        job = jobs.find(known.get(key))
        if job is None or job.abandoned:
            job = jobs.submit(work, page=page)
            known.pop(key, None)
            known[key] = job.id
            while len(known) > _MOST:
                del known[next(iter(known))]
    return job


def forget(key: Hashable) -> None:
    """Have it made anew when it is asked for again."""
    with _asking:
        _known().pop(key, None)


def leave(key: Hashable) -> None:
    """Nobody here waits for it any more: what this session began and has not ended is cancelled, and forgotten, so that
    others who ask for it have it begun again."""
    with _asking:
        job = jobs.find(_known().get(key))
        if job is not None and not job.state.final and job.session == session_id():
            jobs.cancel(job)
            del _known()[key]
