"""A certification under way: progress, time left, a live picture or shape, Stop here, Cancel."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.pictures import overlay
from app.pictures.clouds import cloud_figure
from app.runs import jobs
from app.runs.queue import Job
from app.runs.requests import Look
from app.session import state
from app.views.charts import SPACE, is_dark
from app.views.progress import follow
from app.words.fine_print import so_far as estimate
from app.words.kinds import VOCABULARIES
from app.words.numbers import share
from app.words.promise import is_promise, passed, reservations
from app.words.radius import told
from engine.core import floored
from engine.perturbations import Amounts

_WIDTH = 640
_KEYS = {"image": ("stop_here", "cancel"), "cloud": ("stop_cloud", "cancel_cloud")}


def show_run(job: Job, kind: str) -> None:
    """Poll the job; once it has ended, run the whole page again to show the outcome. A shape takes longer to draw."""
    st.fragment(_look_again, run_every=1.0 if kind == "cloud" else 0.5)(job, kind)


def _look_again(job: Job, kind: str) -> None:
    follow(job, "Draw")
    look = job.view if isinstance(job.view, Look) else None
    stop, cancel = _KEYS[kind]
    with st.container(horizontal=True):
        if (
            look is not None
            and look.view.is_final
            and st.button("Stop here", icon=":material/verified_user:", key=stop, type="primary")
        ):
            jobs.finish(job)
        if st.button("Cancel", icon=":material/stop:", key=cancel):
            jobs.cancel(job)
            if look is not None:
                state.add_look_to_ledger(look.view, look.name)
    if look is not None:
        _so_far(look, job.id)


def _so_far(look: Look, job_id: str) -> None:
    view, words = look.view, VOCABULARIES[look.subject.kind]
    settings, tau = view.settings, view.settings.tau
    if view.is_final and settings.testing.tau_free and look.subject.kind == "image":
        tau = st.slider("τ, to be moved at any moment", 0.5, 0.99, min(0.99, tau), 0.01, key="live_tau")
    decision = view.at(tau) if view.is_final else None
    if decision is None:
        _picture(look, view.top, None, job_id)
    else:
        _picture(look, decision.labels, decision.radius, job_id)
    if decision is None:
        st.caption(estimate(view, words))
        return
    certified, total = int((decision.labels != engine.inputs.ABSTAIN).sum()), decision.labels.size
    if not certified:
        st.caption(f"After {view.draws:,} draws nothing is {passed(settings).lower()} yet.")
        return
    reached = f"After {view.draws:,} draws {share(certified, total)} is {passed(settings).lower()}"
    reserved = reservations(settings, total, words)
    if not is_promise(settings):
        st.caption(f"{reached}. {reserved}")
        return
    kind, family = look.subject.kind, settings.noise
    sized = kind == "image" and not isinstance(family.measure, Amounts)
    region = family.region(sigma=settings.sigma, tau=tau)
    within = f"at radius {floored(decision.radius)}" if sized else f"against any {told(region, kind)}"
    st.caption(
        f"{reached} {within} (τ = {tau:g}): a certificate already, at the same α as every later one. {reserved} "
        "**Stop here** ends the run after the batch under way. A run that is cancelled after a look stays in the α "
        "ledger."
    )


def _picture(look: Look, labels: NDArray[np.integer], radius: float | None, job_id: str) -> None:
    """What passed so far, and up to what radius; or, with none where a look certifies nothing, leading classes."""
    view, space = look.view, look.space
    so_far = f"{passed(view.settings).lower()} so far"
    if isinstance(look.subject, engine.inputs.Cloud):
        figure = cloud_figure(look.subject, labels, space, point_size=4.0, dark=is_dark(), key=f"live_{job_id}")
        st.plotly_chart(figure, key="cloud_live", config=SPACE, alt="the shape so far")
    elif radius is None:
        st.image(overlay.png(overlay.estimate_picture(view, space)), width=_WIDTH, alt="leading classes")
    elif view.settings.testing.tau_free:
        left, right = st.columns(2)
        left.image(overlay.labels_png(labels, space), width="stretch", alt=so_far)
        radii = overlay.png(overlay.radius_picture(view.radius_map(), radius))
        right.image(radii, width="stretch", alt="certified radius so far, outlined where it reaches R")
    else:
        st.image(overlay.labels_png(labels, space), width=_WIDTH, alt=so_far)
