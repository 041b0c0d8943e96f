"""Rotation: what a rotation certificate means and how it is proved."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

import engine
from app import runner, state, turning
from app.components.link_cameras import link_cameras
from app.jobs.manager import Job
from app.page_run import PageRun
from app.views import cloud_words, wording
from app.views import rotation as view
from app.views import rotation_proof as proof
from app.views.account import show_ledger
from app.views.progress import follow
from app.views.rotation_ball import AXES, DISTANCE, ball_figure, shape_figure, show_space

_FULL = "rotation_whole_page"
_RUN = PageRun(key="rotation_job", kinds=(turning.TurnOutcome,))


def _choose() -> tuple[float, float]:
    cells = st.columns(2)
    sigma = cells[0].slider(
        "σ · strength of the random turns, in radians", 0.05, 3.0, 0.5, 0.05, key="rotation_sigma",
        bind="query-params", persist_state="session",
        help="A random turn is about the direction of three independent Gaussian numbers of standard deviation σ, by "
        "their length in radians.",
    )  # fmt: skip
    tau = cells[1].slider(
        "τ · threshold of the probability", 0.5, 0.999, 0.75, 0.001, format="%.3f", key="rotation_tau",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    return float(sigma), float(tau)


def _over_sigma(sigma: float, tau: float, proved: float) -> None:
    """The chart grows by one strength whenever the timer runs it, never while a control waits for an answer."""
    whole = st.session_state.pop(_FULL, False)
    more = whole or turning.sweep_on()
    view.show_over_sigma(sigma, tau, proved)
    done, total = len(turning.swept()), len(turning.SWEEP)
    st.caption(
        f"Computing: {done} of {total} strengths."
        if done < total
        else "Computed at the dots; the lines between them only guide the eye."
    )
    if not more:
        st.rerun()


def _turn(sigma: float, tau: float, proved: float) -> None:
    """The ball of rotations, and one of them on a shape."""
    st.subheader("All rotations, and the certified ones", anchor=False)
    words, picture = st.columns([2, 3], gap="large", vertical_alignment="center")
    st.subheader("Turn it", anchor=False)
    cells = st.columns([2, 1, 2, 3])
    categories = list(engine.synthetic.shape_categories())
    first = next((place for place, name in enumerate(categories) if turning.models_of(name)), 0)
    category = str(cells[0].selectbox("Shape", categories, first, key="rotation_shape", bind="query-params"))
    seed = int(cells[1].number_input("Number", 0, 999_999, 0, key="rotation_seed", help="seed of the shape"))
    direction = np.array(AXES[str(cells[2].selectbox("Axis", list(AXES), index=2, key="rotation_axis"))])
    axis = direction / np.linalg.norm(direction)
    angle = math.radians(cells[3].slider("Angle in degrees", -180, 180, 20, 1, key="rotation_angle"))
    vector = angle * axis
    with words:
        proof.explain_ball(proved)
    with picture:
        show_space(ball_figure(proved, vector), "rotation_ball", "All rotations as a ball, the certified ones inside")
    view.show_side(abs(angle), proved)
    cloud = turning.shape(category, seed)
    turned = engine.inputs.turned_cloud(cloud, turning.matrix(vector))
    models = turning.models_of(category)
    if models:
        try:
            _predict(models, cloud, turned, axis, turning.settings_for(sigma, tau))
        except engine.EngineError as error:
            st.error(f"{error}.")
        return
    assert cloud.labels is not None
    figure = shape_figure(turned, cloud.labels, turning.parts_of(category), name="turned", axis=axis, ghost=cloud)
    show_space(figure, "rotation_turned", "The turned shape, coloured by part")
    _look_around("Coloured by the parts that the shape was built from; in grey, how it stood.")


def _look_around(caption: str) -> None:
    """Views of the ball and the shape, whose axes are the same."""
    link_cameras("rotation_turn", distance=DISTANCE, key="rotation_turn_cameras")
    st.caption(f"{caption} Drag it or the ball: they turn together.")


def _predict(
    models: dict[str, str],
    cloud: engine.inputs.Cloud,
    turned: engine.inputs.Cloud,
    axis: turning.Floats,
    settings: engine.Settings,
) -> None:
    """The certified shape beside the base model's answer on the turned one."""
    name = next(iter(models))
    if len(models) > 1:
        name = str(st.selectbox("Base model", list(models), format_func=models.__getitem__, key="rotation_model"))
    space = engine.models.model_info(name).labels
    before, after = turning.answer(name, cloud), turning.answer(name, turned)
    outcome = _outcome(name, cloud, settings)
    left, right = st.columns(2)
    with left:
        st.markdown("**As it stands**: " + ("certified classes" if outcome else "the base model's classes"))
        shown = before if outcome is None else outcome.certificate.labels
        show_space(shape_figure(cloud, shown, space, name="stands"), "rotation_stands", "The shape as it stands")
    with right:
        st.markdown("**Turned**: the base model's classes")
        figure = shape_figure(turned, after, space, name="turned", axis=axis, ghost=cloud)
        show_space(figure, "rotation_turned", "The turned shape, coloured by the base model's classes")
    _look_around("In grey, how the shape stood.")
    st.markdown(view.changed(before, after, None if outcome is None else outcome.certificate))
    if outcome is not None:
        state.add_to_ledger(outcome.certificate, name)
        if wording.without_promise(outcome.certificate, "points", "shapes"):
            st.warning(cloud_words.guarantee(outcome.certificate))
        else:
            st.success(cloud_words.guarantee(outcome.certificate), icon=":material/verified_user:")
        st.caption(
            f"{wording.share(outcome.certificate.certified_count, cloud.components)} of the points are certified, from "
            f"{settings.n0} + {outcome.certificate.draws} draws; hollow ones are promised nothing. The vote on a "
            "turned shape may abstain."
        )
    _certify(name, cloud, settings, done=outcome is not None)


def _outcome(name: str, cloud: engine.inputs.Cloud, settings: engine.Settings) -> turning.TurnOutcome | None:
    """The certificate, if it is of this model and shape with these settings, whatever its seed."""
    job = _RUN.find()
    made = job.result if job is not None else None
    if not isinstance(made, turning.TurnOutcome) or made.model != name:
        return None
    certificate = made.certificate
    same = {key: value for key, value in certificate.settings.as_dict().items() if key != "seed"}
    wanted = {key: value for key, value in settings.as_dict().items() if key != "seed"}
    return made if same == wanted and certificate.provenance.input_sha256 == cloud.sha256 else None


def _certify(name: str, cloud: engine.inputs.Cloud, settings: engine.Settings, *, done: bool) -> None:
    job = _RUN.find()
    if job is not None and not job.state.final:
        _progress(job)
        return
    if job is not None and job.error:
        st.error(f"The run was stopped: {job.error}. Nothing was certified.")
    if settings.n > turning.MOST_DRAWS:
        st.caption(
            f"Certifying with τ = {settings.tau:g} takes more than {turning.MOST_DRAWS:,} draws, too many for this "
            "page; choose a smaller τ."
        )
        return
    label = "Certify again" if done else f"Certify this shape with n = {settings.n}"
    if not st.button(label, type="secondary" if done else "primary", icon=":material/play_arrow:"):
        return
    try:
        started = turning.submit(name, cloud, settings)
    except engine.EngineError as error:
        st.error(f"{error}.")
        return
    _RUN.show(started)


@st.fragment(run_every=0.5)
def _progress(job: Job) -> None:
    follow(job, "Draw")
    if st.button("Cancel", icon=":material/stop:", key="cancel_rotation"):
        runner.cancel(job)


st.title("How far may a shape be turned?")
proof.explain_promise()
sigma, tau = _choose()
proved = engine.perturbations[turning.FAMILY].radius(sigma=sigma, tau=tau)
view.show_headline(sigma, tau, proved)
left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"**For σ = {sigma:g}**, over the threshold τ")
    view.show_over_tau(sigma, tau, proved)
with right:
    st.markdown(f"**For τ = {tau:g}**, over the strength σ")
    chart_over_sigma = st.container()
with st.container(key="rotation_turn"):
    st.fragment(_turn)(sigma, tau, proved)
st.subheader("Rotations do not add", anchor=False)
with st.container(key="rotation_orders"):
    st.fragment(proof.show_order)()
st.subheader("What is proved instead", anchor=False)
proof.explain_proof()
show_ledger(state.ledger())
st.session_state[_FULL] = True
with chart_over_sigma:
    unfinished = len(turning.swept()) < len(turning.SWEEP)
    st.fragment(_over_sigma, run_every=0.2 if unfinished else None)(sigma, tau, proved)
