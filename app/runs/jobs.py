"""The queue of this process, as pages use it: work is handed over for this session and watched by its id."""

import streamlit as st

from app.runs.queue import Job, JobQueue, Work
from app.session.state import session_id


@st.cache_resource
def queue() -> JobQueue:
    """One worker, since there is one compute device."""
    return JobQueue()


def submit(work: Work, *, page: str) -> Job:
    """Queue work of a page for this session. Raises QueueFull."""
    return queue().submit(session_id(), work, page=page)


def submit_aside(work: Work) -> Job:
    """Queue work that no page waits for, to be done when nothing else is. Raises QueueFull."""
    return queue().submit(session_id(), work, aside=True)


def find(job_id: str | None) -> Job | None:
    """The job of that id if this process still knows it; looking at it keeps it alive."""
    return queue().get(job_id) if job_id else None


def finish(job: Job) -> None:
    """End an anytime run between two batches with what it has: that is a certificate."""
    queue().finish(job.id)


def cancel(job: Job) -> None:
    """Stop a job between two batches."""
    queue().cancel(job.id)
