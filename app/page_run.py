"""The run that a page shows: kept in the session and in the URL, so that a reload or another page's visit keeps it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app import runner
from app.jobs.manager import Job, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRun:
    """key: in the session; query: in the URL. kinds: what its jobs result in; other pages' jobs are not its own."""

    key: str
    kinds: tuple[type, ...]
    query: str = "run"

    def find(self) -> Job | None:
        """The run under way or ended; one that this server does not know any more is forgotten, which is said."""
        asked = st.session_state.get(self.key) or st.query_params.get(self.query)
        job = runner.find(asked)
        if asked and job is None:
            st.info("That run is no longer on this server. Start it again to have it again.")
        if job is None or (job.state is State.DONE and not isinstance(job.result, self.kinds)):
            self.forget()
            return None
        st.query_params[self.query] = job.id  # a visit to another page has dropped it
        return job

    def show(self, job: Job) -> None:
        """Show this run from now on, in a script run of its own."""
        st.session_state[self.key] = st.query_params[self.query] = job.id
        st.rerun()

    def forget(self) -> None:
        """Show no run."""
        st.session_state.pop(self.key, None)
        if self.query in st.query_params:
            del st.query_params[self.query]
