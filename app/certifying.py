"""A certification on a page: the button that starts it, the run under way, its end; alike for images and shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

import engine
from app import state
from app.jobs.manager import Job, State
from app.page_run import PageRun

Asked = TypeVar("Asked")


def serve(
    request: Asked | None,
    run: PageRun,
    *,
    what: str,
    button: Callable[[Asked | None, bool], bool],
    submit: Callable[[Asked], Job],
    show_run: Callable[[Job], None],
    show_result: Callable[[Any, Asked | None], None],
) -> None:
    """Show the button, start what it asks for, and show where the page's run stands; its end enters the α ledger.

    request: what the controls ask for now, None while something is missing. button: shows it, told whether a run is
    under way; true when pressed. show_result: of a job's result beside what is asked for now.
    """
    job = run.find()
    busy = job is not None and not job.state.final
    try:
        if button(request, busy) and request is not None:
            run.show(submit(request))
    except engine.EngineError as error:
        st.error(f"{error}.")
    st.divider()
    if job is None:
        st.info(f"No run yet. Choose {what}, keep the settings or change them, and press **Certify**.")
    elif not job.state.final:
        show_run(job)
    elif job.state is State.DONE:
        show_result(job.result, request)
        state.add_to_ledger(job.result.certificate, job.result.request.name)
    elif job.state is State.CANCELLED and not job.error:
        st.info("The run was cancelled; nothing was certified. Press **Certify** to start again.")
    else:
        st.error(f"The run was stopped: {job.error}. Nothing was certified.")
