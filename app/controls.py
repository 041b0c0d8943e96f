"""Settings as a form: every control has a one-line explanation and a place in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import engine
from app import state
from app.procedure import choose_correction, choose_mode, choose_stop
from app.requests import Choice, Request
from app.runner import expected_seconds
from app.views import wording
from app.views.planning import show_plan
from engine.core import floored

_DEFAULTS = engine.Settings(n=200)
_PER_ROW = 4
_MODEL = "street-noise25"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How one numeric setting is shown; `stoppable` is said instead of `why` in modes that may be stopped."""

    name: str
    label: str
    why: str
    step: float
    form: str | None = None
    stoppable: str = ""


_NUMBERS = (
    Number(name="sigma", label="σ · noise", why="Strength of the noise. More gives a larger radius, less accuracy.",
            step=0.05, form="%.12g"),
    Number(name="tau", label="τ · threshold", why="A class must win more than this share of the noisy copies.",
            step=0.05, form="%.12g"),
    Number(name="n0", label="n₀ · selection draws", why="Draws that choose the class to test at each pixel.", step=5),
    Number(name="n", label="n · test draws", why="Fresh draws that test it. More certify more, and take longer.",
            step=50, stoppable="The most fresh draws that test it; the run may be stopped earlier."),
    Number(name="alpha", label="α · allowed error", why="Highest chance of the error that the correction controls.",
            step=0.0001, form="%.12g"),
    Number(name="size", label="Working size", why="Longer side in pixels; the certificate holds for this image.",
            step=64),
)  # fmt: skip


def choose_model() -> str:
    """Show the models, what can go around them, and the chosen one's card; returns the full name."""
    left, middle, right = st.columns([4, 3, 2], vertical_alignment="bottom")
    with left:
        model = choose_segmenter()
    known = {"": "nothing", **{part.name: part.title for part in engine.models.wrapper_choices()}}
    abouts = {part.name: part.about for part in engine.models.wrapper_choices()}
    around = state.choose_named(
        middle, "Around it", known, "", key="around",
        help="A denoiser before the model, or several scales: together they are one base model.",
    )  # fmt: skip
    with right.popover("Model card", icon=":material/badge:", width="stretch"):
        if around:
            st.markdown(f"**{known[around]}.** {abouts[around]}")
        st.markdown(engine.models.model_info(model).card.replace("# ", "### ", 1))
    return engine.models.full_name(model, around)


def choose_segmenter() -> str:
    """Show the models without anything around them; returns the chosen one's name."""
    names = [info.name for info in engine.models.available()]
    default = names.index(_MODEL) if _MODEL in names else 0
    name = st.selectbox("Model", names, default, key="model", bind="query-params", persist_state="session")
    return str(name)


def choose_settings() -> Choice | None:
    """Show the controls; returns the settings, or None after saying what is wrong with them."""
    mode = choose_mode()
    values: dict[str, float | int | str] = {"family": _DEFAULTS.family, "mode": mode.name}
    cells = [*st.columns(_PER_ROW), *st.columns(_PER_ROW)]
    for cell, number in zip(cells, _NUMBERS, strict=False):
        with cell:
            values[number.name] = ask(number, getattr(_DEFAULTS, number.name), number.name)
            explain(number, mode)
    return complete(values, mode, cells[-2:], seed_key="seed")


def complete(
    values: dict[str, float | int | str], mode: engine.stats.Mode, cells: Sequence[DeltaGenerator], *, seed_key: str
) -> Choice | None:
    """Show seed and correction in two cells, and below when to stop; None after saying what is wrong with them all."""
    with cells[0]:
        seed = choose_seed(seed_key)
    with cells[1]:
        chosen = values | choose_correction(mode)
    try:
        stop = choose_stop() if mode.anytime else engine.certification.StopRule()
        settings = engine.Settings(seed=0 if seed is None else seed, **chosen)  # type: ignore[arg-type]
    except engine.EngineError as error:
        st.error(f"{error}.")
        return None
    return Choice(values=settings, stop=stop, fresh_seed=seed is None)


def choose_seed(key: str) -> int | None:
    """The seed, or None for fresh noise in every run."""
    bound = engine.core.BOUNDS["seed"]
    seed = st.number_input(
        "Seed",
        value=None,
        step=1,
        key=key,
        placeholder="new for every run",
        help=f"seed in {bound}; a run with a seed can be repeated exactly",
        bind="query-params",
        persist_state="session",
    )
    st.caption("Decides the noise. Empty: fresh noise for every run, as the guarantee wants it.")
    return None if seed is None else int(seed)


def ask(number: Number, default: float | int, key: str) -> float | int:
    """Show the field of a number, which begins with the default; returns what it holds, of the default's type."""
    kind = type(default)
    # No bounds on the widget: a browser keeps the last good value silently, while Settings says what is wrong.
    value = st.number_input(
        number.label,
        value=default,
        step=kind(number.step),
        format=number.form,
        key=key,
        help=f"{number.name} in {engine.core.BOUNDS[number.name]}",
        bind="query-params",
        persist_state="session",
    )
    return default if value is None else kind(value)


def explain(number: Number, mode: engine.stats.Mode) -> None:
    """One line below the field."""
    st.caption(number.stoppable if mode.anytime and number.stoppable else number.why)


def run_button(request: Request | None, *, busy: bool) -> bool:
    """What the run would mean, known before it, and the button that starts it. Raises EngineError kinds."""
    if request is not None:
        settings, components = request.settings, request.image.components
        radius = settings.radius
        needed = settings.smallest_useful_n(components)
        facts = st.columns(_PER_ROW)
        facts[0].metric("Radius R = σ·ppf(τ)", floored(radius), help="l2, intensities in [0, 1]; rounded down")
        facts[1].metric(
            "Smallest useful n", f"{needed:,}", help="With so many draws only unanimous pixels pass; with fewer, none."
        )
        facts[2].metric("Pixels", f"{components:,}", help=f"{request.image.width}×{request.image.height}")
        seconds = None if busy else expected_seconds(request)
        most = "≤" if settings.testing.anytime else "≈"
        facts[3].metric("Expected time", "…" if seconds is None else f"{most} {wording.duration(seconds)}")
        _hints(request, needed)
        with st.expander("Planner: what can such a run certify?", icon=":material/query_stats:"):
            show_plan(settings, components)
    disabled = busy or request is None
    return st.button("Certify", type="primary", icon=":material/play_arrow:", width="stretch", disabled=disabled)


def _hints(request: Request, needed: int) -> None:
    """What a person would want to know before waiting for the run."""
    settings, info = request.settings, engine.models.model_info(request.model)
    hint_procedure(settings, request.image.components, needed, "pixels")
    if settings.tau == 0.5:
        st.warning("With τ = 0.5 the radius is 0: nothing is promised about changed images.")
    if not info.denoised:
        hint_noise(request.model, info.trained_sigma, settings.sigma)


def hint_procedure(settings: engine.Settings, components: int, needed: int, many: str) -> None:
    """Warn of too few draws, and of a correction that promises less than others or assumes more."""
    procedure = settings.procedure
    if settings.n < needed:
        st.warning(f"n = {settings.n} certifies nothing: {components:,} {many} need at least {needed:,} draws.")
    if not procedure.certifies:
        st.warning(f"{procedure.title}: it bounds a mean share of errors and promises nothing about single {many}.")
    if procedure.assumes:
        st.warning(f"{procedure.title} needs {procedure.needs}.")


def hint_noise(model: str, trained: float, deviation: float) -> None:
    """Say so where the noise, by its standard deviation, is far from that of the training."""
    if not 0.5 * trained <= deviation <= 1.5 * trained:
        known = f"with noise of σ = {trained:g}" if trained else "without noise"
        st.caption(f"{model} was trained {known}; far from that, it will abstain more.")
