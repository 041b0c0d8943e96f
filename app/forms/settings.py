"""Settings of a run on an image or a shape as a form: every control has a one-line explanation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import engine
from app.forms.fields import number
from app.forms.procedure import choose_correction, choose_mode, choose_stop
from app.runs.requests import Choice
from app.session import address
from engine.perturbations import Family, families_for

_PER_ROW = 4
_ANGLE = 0.25  # radians: what rotations begin with
_SHIFT = 0.05  # radii: what shifts begin with, where a model does not say for what noise it was trained


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How one numeric setting is shown; `stoppable` is said instead of `why` in modes that may be stopped."""

    name: str
    label: str
    why: str
    step: float
    form: str | None = None
    stoppable: str = ""


def _numbers(label: str, where: str, more: str, last: Number) -> tuple[Number, ...]:
    """The settings that all runs have, in the words of one kind, and the one that is its own."""
    return (
        Number(name="tau", label="τ · threshold", why=f"A {label} must win more than this share of the noisy copies.",
               step=0.05, form="%.12g"),
        Number(name="n0", label="n₀ · selection draws", why=f"Draws that choose the {label} to test at each {where}.",
               step=5),
        Number(name="n", label="n · test draws", why=f"Fresh draws that test it. More certify more{more}.", step=50,
               stoppable="The most fresh draws that test it; the run may be stopped earlier."),
        Number(name="alpha", label="α · allowed error", why="Highest chance of the error that the correction controls.",
               step=0.0001, form="%.12g"),
        last,
    )  # fmt: skip


_SIGMA = Number(
    name="sigma", label="σ · noise", why="Strength of the noise. More gives a larger radius, less accuracy.",
    step=0.05, form="%.12g",
)  # fmt: skip
_SIZE = Number(
    name="size", label="Working size", why="Longer side in pixels; the certificate holds for this image.", step=64
)
_POINTS = Number(
    name="points", label="Points", why="Of the working cloud; the certificate holds for these points.", step=256
)
_OF_IMAGES = (_SIGMA, *_numbers("class", "pixel", ", and take longer", _SIZE))
_OF_SHAPES = _numbers("part", "point", "; the paper takes 1,000", _POINTS)
_IMAGE_DEFAULTS, _SHAPE_DEFAULTS = engine.Settings(n=200), engine.Settings(n0=30, n=300)

Values = dict[str, float | int | str]


def choose_settings() -> Choice | None:
    """Show the controls for an image; returns the settings, or None after saying what is wrong with them."""
    mode = choose_mode()
    cells = [*st.columns(_PER_ROW), *st.columns(_PER_ROW)]
    values: Values = {"family": _IMAGE_DEFAULTS.family, "mode": mode.name}
    values |= _ask_all(cells, _OF_IMAGES, _IMAGE_DEFAULTS, mode)
    return _complete(values, mode, cells[-2:], seed_key="seed")


def choose_shape_settings(family: Family, model: str) -> Choice | None:
    """Show the controls for a shape; returns the settings, or None after saying what is wrong with them."""
    mode = choose_mode()
    cells = [*st.columns(_PER_ROW), *st.columns(_PER_ROW)]
    return _complete(_of_shape(cells, family, model, mode), mode, cells[-2:], seed_key="shape_seed")


def choose_fixed_run(family: Family, model: str) -> Choice | None:
    """The numbers alone, of a run on a shape as published with fresh noise; None after saying what is wrong."""
    cells = [*st.columns(_PER_ROW // 2 + 1), *st.columns(_PER_ROW // 2 + 1)]
    values = _of_shape(cells, family, model, engine.stats.modes["fixed"])
    return _checked(values, engine.certification.StopRule(), fresh=True)


def choose_family(label: str, *, key: str) -> Family:
    """Show what the adversary may do to a shape."""
    known, first = families_for("cloud"), "so3"
    names = sorted(known, key=lambda name: (name != first, not known[name].turns, name))
    address.begin_from_url(key, names, first)
    name = str(st.selectbox(label, names, format_func=lambda name: known[name].title, key=key, persist_state="session"))
    address.write_to_url(key, name, first)
    return known[name]


def _of_shape(cells: Sequence[DeltaGenerator], family: Family, model: str, mode: engine.stats.Mode) -> Values:
    """Show sigma and the other numbers, one a cell; returns settings with the family and the mode."""
    values: Values = {"family": family.name, "mode": mode.name}
    with cells[0]:
        values["sigma"] = _sigma(family, engine.models.model_info(model).trained_sigma)
    return values | _ask_all(cells[1:], _OF_SHAPES, _SHAPE_DEFAULTS, mode, prefix="shape_")


def _ask_all(
    cells: Sequence[DeltaGenerator],
    numbers: Sequence[Number],
    defaults: engine.Settings,
    mode: engine.stats.Mode,
    *,
    prefix: str = "",
) -> Values:
    """Show a field a cell with its explanation; returns settings. prefix: of the fields' keys."""
    values: Values = {}
    for cell, each in zip(cells, numbers, strict=False):
        with cell:
            values[each.name] = _ask(each, getattr(defaults, each.name), f"{prefix}{each.name}")
            st.caption(each.stoppable if mode.anytime and each.stoppable else each.why)
    return values


def _ask(each: Number, default: float | int, key: str) -> float | int:
    """Show the field of a number, which begins with the default; returns what it holds, of the default's type."""
    kind = type(default)
    # No bounds on the widget: a browser keeps the last good value silently, while Settings says what is wrong.
    value = number(
        each.label, default, key=key, step=kind(each.step), format=each.form,
        help=f"{each.name} in {engine.core.BOUNDS[each.name]}",
    )  # fmt: skip
    return default if value is None else kind(value)


def _sigma(family: Family, trained: float) -> float:
    """Each family of shapes has a strength of its own to begin with; uniform rotations have none."""
    if not family.scaled:
        st.number_input("σ · noise", value=None, disabled=True, key="no_sigma", placeholder="none")
        st.caption("A uniformly random rotation has no strength.")
        return 1.0
    default = _ANGLE if family.turns else (trained or _SHIFT) / family.deviation
    shown = Number(name="sigma", label=_SIGMA.label, why="", step=0.01, form=_SIGMA.form)
    sigma = float(_ask(shown, float(f"{default:.3g}"), f"sigma_{family.name}"))
    unit = f"In radians: {math.degrees(sigma):.3g}°." if family.turns else "In radii of the shape."
    st.caption(f"{unit} More gives a larger radius, less accuracy.")
    return sigma


def _complete(
    values: Values, mode: engine.stats.Mode, cells: Sequence[DeltaGenerator], *, seed_key: str
) -> Choice | None:
    """Show seed and correction in two cells, and below when to stop; None after saying what is wrong with them all."""
    with cells[0]:
        seed = _choose_seed(seed_key)
    with cells[1]:
        chosen = values | choose_correction(mode)
    try:
        stop = choose_stop() if mode.anytime else engine.certification.StopRule()
    except engine.EngineError as error:
        st.error(f"{error}.")
        return None
    return _checked({"seed": 0 if seed is None else seed, **chosen}, stop, fresh=seed is None)


def _checked(values: Values, stop: engine.certification.StopRule, *, fresh: bool) -> Choice | None:
    """The settings; None after saying what is wrong with them."""
    try:
        settings = engine.Settings(**values)  # type: ignore[arg-type]
    except engine.EngineError as error:
        st.error(f"{error}.")
        return None
    return Choice(values=settings, stop=stop, fresh_seed=fresh)


def _choose_seed(key: str) -> int | None:
    """The seed, or None for fresh noise in every run."""
    seed = number(
        "Seed", None, key=key, whole=True, step=1, placeholder="new for every run",
        help=f"seed in {engine.core.BOUNDS['seed']}; a run with a seed can be repeated exactly",
    )  # fmt: skip
    st.caption("Decides the noise. Empty: fresh noise for every run, as the guarantee wants it.")
    return None if seed is None else int(seed)
