"""A certification on a page: what is asked for, the run under way, its end; alike for images and shapes."""

from collections.abc import Callable

import streamlit as st

import engine
from app.forms.procedure import offer_free_mode
from app.forms.ready import run_button
from app.runs import certify
from app.runs.queue import State
from app.runs.requests import Request
from app.session import state
from app.views.account import show_ledger
from app.views.page_run import PageRun, ended
from app.views.result import show_result
from app.views.running import show_run
from app.words.kinds import VOCABULARIES


def serve(choose: Callable[[], Request | None], run: PageRun, *, kind: str) -> None:
    """Show the form, start what it asks for, and show where the page's run stands; its end enters the α ledger."""
    watched, request = run.find(), choose()
    try:
        pressed = run_button(request, busy=watched.busy)
    except engine.EngineError as error:
        st.error(f"{error}.")
        pressed = False
    if pressed and request is not None:
        run.start(lambda: certify.submit(request, page=run.page))
    st.divider()
    job, what = watched.job, VOCABULARIES[kind].input
    if job is None:
        if not watched.gone:
            article = "an" if what[0] in "aeiou" else "a"
            st.info(f"No run yet. Choose {article} {what}, keep the settings or change them, and press **Certify**.")
    elif not job.state.final:
        show_run(job, kind)
    elif job.state is State.DONE:
        show_result(job.result, current=request, offer_free_mode=offer_free_mode)
        state.add_to_ledger(job.result.certificate, job.result.request.name)
    else:
        ended(job, "The run", "; nothing was certified. Press **Certify** to start again", " Nothing was certified.")
    show_ledger()
