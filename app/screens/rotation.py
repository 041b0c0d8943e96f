"""Rotation: what a rotation certificate means and how it is proved."""

import math

import numpy as np
import streamlit as st

import engine
from app.components.link_cameras import link_cameras
from app.forms.fields import slider
from app.pictures.space import AXES, DISTANCE, ball_figure, shape_figure
from app.runs import rotate
from app.runs.requests import Outcome
from app.session import address, state
from app.views import rotation as view
from app.views import rotation_proof as proof
from app.views.account import show_ledger
from app.views.charts import is_dark, show_space
from app.views.page_run import PageRun, Watched, ended
from app.views.progress import show_progress
from app.views.verdict import show_guarantee
from app.words import rotation as words
from app.words.numbers import share

_FULL = "rotation_whole_page"
_RUN = PageRun(page="rotation")


def _choose() -> tuple[float, float]:
    cells = st.columns(2)
    with cells[0]:
        sigma = slider(
            "σ · strength of the random turns, in radians", 0.05, 3.0, 0.5, 0.05, key="rotation_sigma",
            persist_state="session",
            help="A random turn is about the direction of three independent Gaussian numbers of standard deviation σ, "
            "by their length in radians.",
        )  # fmt: skip
    with cells[1]:
        tau = slider(
            "τ · threshold of the probability", 0.5, 0.999, 0.75, 0.001, format="%.3f", key="rotation_tau",
            persist_state="session",
        )  # fmt: skip
    return sigma, tau


def _over_sigma(sigma: float, tau: float, proved: float) -> None:
    """The chart grows by one strength whenever the timer runs it, never while a control waits for an answer."""
    whole = st.session_state.pop(_FULL, False)
    more = whole or rotate.sweep_on()
    view.show_over_sigma(sigma, tau, proved)
    done, total = len(rotate.swept()), len(rotate.SWEEP)
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
    first = next((place for place, name in enumerate(categories) if rotate.models_of(name)), 0)
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
    cloud = rotate.shape(category, seed)
    turned = engine.inputs.turned_cloud(cloud, rotate.matrix(vector))
    models = rotate.models_of(category)
    if models:
        try:
            _predict(models, cloud, turned, axis, rotate.settings_for(sigma, tau))
        except engine.EngineError as error:
            st.error(f"{error}.")
        return
    assert cloud.labels is not None
    figure = shape_figure(turned, cloud.labels, rotate.parts_of(category), name="turned", axis=axis, ghost=cloud,
                          dark=is_dark())  # fmt: skip
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
    axis: rotate.Floats,
    settings: engine.Settings,
) -> None:
    """The certified shape beside the base model's answer on the turned one."""
    name = next(iter(models))
    if len(models) > 1:
        name = str(st.selectbox("Base model", list(models), format_func=models.__getitem__, key="rotation_model"))
    space = engine.models.model_info(name).labels
    before, after = rotate.answer(name, cloud), rotate.answer(name, turned)
    watched = _RUN.find()
    made = watched.job.result if watched.job is not None else None
    fits = isinstance(made, Outcome) and rotate.asked(name, cloud, settings).gave(made)
    outcome = made if fits else None
    left, right = st.columns(2)
    with left:
        st.markdown("**As it stands**: " + ("certified classes" if outcome else "the base model's classes"))
        shown = before if outcome is None else outcome.certificate.labels
        show_space(
            shape_figure(cloud, shown, space, name="stands", dark=is_dark()),
            "rotation_stands",
            "The shape as it stands",
        )
    with right:
        st.markdown("**Turned**: the base model's classes")
        figure = shape_figure(turned, after, space, name="turned", axis=axis, ghost=cloud, dark=is_dark())
        show_space(figure, "rotation_turned", "The turned shape, coloured by the base model's classes")
    _look_around("In grey, how the shape stood.")
    st.markdown(words.changed(before, after, None if outcome is None else outcome.certificate))
    if outcome is not None:
        state.add_to_ledger(outcome.certificate, name)
        show_guarantee(outcome.certificate)
        st.caption(
            f"{share(outcome.certificate.certified_count, cloud.components)} of the points are certified, from "
            f"{settings.n0} + {outcome.certificate.draws} draws; hollow ones are promised nothing. The vote on a "
            "turned shape may abstain."
        )
    _certify(watched, name, cloud, settings, done=outcome is not None)


def _certify(watched: Watched, name: str, cloud: engine.inputs.Cloud, settings: engine.Settings, *, done: bool) -> None:
    if watched.job is not None and watched.busy:
        show_progress(watched.job, "Draw", key="cancel_rotation")
        return
    if watched.job is not None:
        ended(watched.job, "The run", stopped=" Nothing was certified.")
    if not settings.radius > 0.0:
        st.caption(f"With τ = {settings.tau:g} no certificate could promise anything: choose a larger τ.")
        return
    if settings.n > rotate.MOST_DRAWS:
        st.caption(
            f"Certifying with τ = {settings.tau:g} takes more than {rotate.MOST_DRAWS:,} draws, too many for this "
            "page; choose a smaller τ."
        )
        return
    label = "Certify again" if done else f"Certify this shape with n = {settings.n}"
    if st.button(label, type="secondary" if done else "primary", icon=":material/play_arrow:"):
        _RUN.start(lambda: rotate.submit(name, cloud, settings))


st.title("How far may a shape be turned?")
proof.explain_promise()
address.keep_own(_RUN.page)
sigma, tau = _choose()
proved = engine.perturbations[rotate.FAMILY].radius(sigma=sigma, tau=tau)
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
show_ledger()
st.session_state[_FULL] = True
with chart_over_sigma:
    unfinished = len(rotate.swept()) < len(rotate.SWEEP)
    st.fragment(_over_sigma, run_every=0.2 if unfinished else None)(sigma, tau, proved)
