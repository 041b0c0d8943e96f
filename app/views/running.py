"""A run under way: progress, time left, a live picture, Stop here, Cancel."""

from __future__ import annotations

import streamlit as st

import engine
from app import runner, state
from app.jobs.manager import Job
from app.requests import Look
from app.views import overlay, wording
from app.views.progress import follow
from engine.core import floored

_WIDTH = 640


@st.fragment(run_every=0.5)
def show_run(job: Job) -> None:
    """Poll the job twice a second; once it has ended, run the whole page again to show the outcome."""
    follow(job, "Draw")
    look = job.view if type(job.view) is Look else None  # a link may name another page's run
    view = None if look is None else look.view
    with st.container(horizontal=True):
        if view is not None and view.is_final and _stop_button():
            runner.finish(job)
        if st.button("Cancel", icon=":material/stop:", key="cancel"):
            runner.cancel(job)
            if look is not None:
                state.add_look_to_ledger(look)
    if look is None or view is None:
        return
    space = look.space
    if view.is_final:
        _certificate_so_far(view, space)
    else:
        st.image(
            engine.export.png(overlay.enlarge(overlay.estimate_picture(view, space))),
            width=_WIDTH,
            alt="leading classes",
        )
        st.caption(
            f"Leading classes after {view.draws:,} draws, faded where they vary: an estimate, not a certificate. "
            "Tests with a fixed number of draws must not be looked at before the last one."
        )


def _stop_button() -> bool:
    return st.button("Stop here", icon=":material/verified_user:", key="stop_here", type="primary")


def _certificate_so_far(view: engine.certification.LiveView, space: engine.inputs.LabelSpace) -> None:
    settings = view.settings
    tau = settings.tau
    if settings.testing.tau_free:
        tau = st.slider("τ, to be moved at any moment", 0.5, 0.99, min(0.99, settings.tau), 0.01, key="live_tau")
    decision = view.at(tau)
    certified = int((decision.labels != engine.inputs.ABSTAIN).sum())
    picture = engine.export.png(overlay.enlarge(engine.export.colour_labels(decision.labels, space)))
    if settings.testing.tau_free:
        left, right = st.columns(2)
        radii = engine.export.png(overlay.enlarge(overlay.radius_picture(view.radius_map(), decision.radius)))
        left.image(picture, width="stretch", alt="certified so far")
        right.image(radii, width="stretch", alt="certified radius so far, outlined where it reaches R")
    else:
        st.image(picture, width=_WIDTH, alt="certified so far")
    share, passed = wording.share(certified, decision.labels.size), wording.passed(settings).lower()
    reached = f"After {view.draws:,} draws {share} is {passed}"
    reserved = wording.reservations(settings, decision.labels.size)
    if not wording.is_promise(settings):
        st.caption(f"{reached}. {reserved}")
        return
    st.caption(
        f"{reached} at radius {floored(decision.radius)} (τ = {tau:g}): a certificate already, at the same α "
        f"as every later one. {reserved} **Stop here** ends the run after the batch under way. A run that "
        "is cancelled after a look stays in the α ledger."
    )
