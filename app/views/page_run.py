"""The run that a page shows: kept in the session by page and in the URL, so that nothing but a new one replaces it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

import engine
from app.runs import jobs
from app.runs.queue import Job, State
from app.session import address, state

GONE = "That run is no longer on this server. Start it again to have it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a page shows now. gone: whether it was asked for a run that this server does not know (any more)."""

    job: Job | None
    gone: bool = False

    @property
    def busy(self) -> bool:
        """Whether it is waiting or under way."""
        return self.job is not None and not self.job.state.final


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRun:
    """page: whose runs it shows; other pages' jobs are not its own. query: where the run's id stands in the URL."""

    page: str
    query: str = "run"

    def find(self) -> Watched:
        """The run under way or ended, from this session or from the URL, which then both know it.

        One that this server does not know is forgotten, which is said; what other pages wrote into the URL is dropped.
        """
        address.keep_own(self.page)
        kept, asked = state.run_of(self.page), st.query_params.get(self.query)
        for job_id in (kept, asked):
            job = jobs.find(job_id)
            if job is not None and job.page == self.page:
                self._remember(job.id)
                return Watched(job=job)
        gone = any(job_id and jobs.find(job_id) is None for job_id in (kept, asked))
        if gone:
            st.info(GONE)
        self._remember(None)
        return Watched(job=None, gone=gone)

    def start(self, submit: Callable[[], Job]) -> None:
        """Show the run that this begins, in a script run of its own; or say why there is none."""
        try:
            job = submit()
        except engine.EngineError as error:
            st.error(f"{error}.")
            return
        self._remember(job.id)
        st.rerun()

    def _remember(self, job_id: str | None) -> None:
        state.remember_run(self.page, job_id)
        address.write_to_url(self.query, job_id or "")


def ended(job: Job, what: str, cancelled: str = "", stopped: str = "") -> None:
    """Say why a job ended without a result; nothing of one that has ended well. what: what was ended."""
    if job.state is State.CANCELLED and not job.error:
        st.info(f"{what} was cancelled{cancelled}.")
    elif job.error:
        st.error(f"{what} was stopped: {job.error}.{stopped}")
