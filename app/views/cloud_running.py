"""A run on a shape under way: progress, time left, the shape so far, Stop here, Cancel."""

from __future__ import annotations

import streamlit as st

import engine
from app import runner, state
from app.clouds import CloudLook
from app.jobs.manager import Job
from app.views import cloud_words, wording
from app.views.clouds import CHART, cloud_figure, is_dark
from app.views.progress import follow


@st.fragment(run_every=1.0)
def show_run(job: Job) -> None:
    """Poll the job once a second; once it has ended, run the whole page again to show the outcome."""
    follow(job, "Draw")
    look = job.view if isinstance(job.view, CloudLook) else None  # a link may name another page's run
    with st.container(horizontal=True):
        if (
            look is not None
            and look.view.is_final
            and st.button("Stop here", icon=":material/verified_user:", key="stop_cloud", type="primary")
        ):
            runner.finish(job)
        if st.button("Cancel", icon=":material/stop:", key="cancel_cloud"):
            runner.cancel(job)
            if look is not None:
                state.add_look_to_ledger(look)
    if look is not None:
        _so_far(look, job.id)


def _so_far(look: CloudLook, job_id: str) -> None:
    view = look.view
    labels = view.at().labels if view.is_final else view.top
    figure = cloud_figure(look.cloud, labels, look.space, point_size=4.0, dark=is_dark(), key=f"live_{job_id}")
    st.plotly_chart(figure, key="cloud_live", config=CHART, alt="the shape so far")
    if not view.is_final:
        st.caption(
            f"Leading parts after {view.draws:,} draws: an estimate, not a certificate. Tests with a fixed number of "
            "draws must not be looked at before the last one."
        )
        return
    settings, total = view.settings, labels.size
    share = wording.share(int((labels != engine.inputs.ABSTAIN).sum()), total)
    reached = f"After {view.draws:,} draws {share} is {wording.passed(settings).lower()}"
    reserved = wording.reservations(settings, total, "points")
    if not wording.is_promise(settings):
        st.caption(f"{reached}. {reserved}")
        return
    allowed = cloud_words.change(settings, view.at().radius)
    st.caption(
        f"{reached} against any {allowed} (τ = {settings.tau:g}): a certificate already, at the same α as every later "
        f"one. {reserved} **Stop here** ends the run after the batch under way. A run that is cancelled after a look "
        "stays in the α ledger."
    )
