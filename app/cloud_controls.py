"""The settings of a run on a shape as a form: model, category, what the adversary may do, and the numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import engine
from app import state
from app.clouds import ChosenShape, CloudRequest, expected_seconds
from app.controls import Number, ask, complete, explain, hint_noise, hint_procedure
from app.procedure import choose_mode
from app.requests import Choice
from app.views import cloud_words, wording
from app.views.planning import show_plan
from engine.perturbations import Family, families_for

_DEFAULTS = engine.Settings(n0=30, n=300)
_FAMILY = "so3"
_ANGLE = 0.25  # radians: what rotations begin with
_SHIFT = 0.05  # radii: what shifts begin with, where a model does not say for what noise it was trained
_PER_ROW = 4

_SIGMA = Number(name="sigma", label="σ · noise", why="", step=0.01, form="%.12g")
_NUMBERS = (
    Number(name="tau", label="τ · threshold", why="A part must win more than this share of the noisy copies.",
            step=0.05, form="%.12g"),
    Number(name="n0", label="n₀ · selection draws", why="Draws that choose the part to test at each point.", step=5),
    Number(name="n", label="n · test draws", why="Fresh draws that test it. More certify more; the paper takes 1,000.",
            step=50, stoppable="The most fresh draws that test it; the run may be stopped earlier."),
    Number(name="alpha", label="α · allowed error", why="Highest chance of the error that the correction controls.",
            step=0.0001, form="%.12g"),
    Number(name="points", label="Points", why="Of the working cloud; the certificate holds for these points.",
            step=256),
)  # fmt: skip


def choose_model(chosen: ChosenShape | None) -> str:
    """Show the models of shapes, their categories, how they are asked, and the card; returns MODEL@CATEGORY+AROUND."""
    models = {name: (title, categories) for name, title, categories in engine.models.part_models()}
    left, middle, asked, right = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    model = str(left.selectbox("Model", list(models), key="parts_model", bind="query-params", persist_state="session"))
    categories = sorted(models[model][1])
    sample = "" if chosen is None else chosen.category or _named(chosen, categories)
    preset = categories.index(sample) if sample in categories else 0
    category = middle.selectbox(
        "What it is",
        categories,
        preset,
        key=f"category_{sample}" if sample else "category",
        bind=None if sample else "query-params",
        help="The category is given to the network; it names the parts of that kind of shape.",
    )
    known = engine.models.wrapper_choices("cloud")
    around = state.choose_named(
        asked, "Asked", {"": "once", **{part.name: part.title for part in known}}, "", key="parts_around",
        help=" ".join(part.about for part in known),
    )  # fmt: skip
    name = engine.models.full_name(engine.models.of_category(model, category), around)
    with right.popover("Model card", icon=":material/badge:", width="stretch"):
        st.markdown(engine.models.model_info(name).card.replace("# ", "### ", 1))
    return name


def _named(chosen: ChosenShape, categories: list[str]) -> str:
    """The category that is a word of the file's name, as in "office-chair 2.ply"; empty where none is."""
    words = re.split(r"[^a-z]+", chosen.name.lower())
    return next((category for category in categories if category.lower() in words), "")


def choose_family() -> Family:
    """Show what the adversary may do to the shape, and what the noise is then."""
    known = families_for("cloud")
    names = sorted(known, key=lambda name: (name != _FAMILY, not known[name].turns, name))
    state.begin_from_url("family", names, _FAMILY)
    name = str(
        st.selectbox(
            "Certify against", names, format_func=lambda name: known[name].title, key="family", persist_state="session"
        )
    )  # fmt: skip
    state.write_to_url("family", name)
    st.caption(f"Noise: {known[name].assumes}.")
    return known[name]


def choose_settings(family: Family, model: str) -> Choice | None:
    """Show the controls; returns the settings, or None after saying what is wrong with them."""
    mode = choose_mode()
    cells = [*st.columns(_PER_ROW), *st.columns(_PER_ROW)]
    values = _numbers(cells, family, model, mode)
    return complete(values, mode, cells[-2:], seed_key="shape_seed")


def choose_fixed_run(family: Family, model: str) -> Choice | None:
    """The numbers alone, of a run as published with fresh noise; None after saying what is wrong with them."""
    cells = [*st.columns(_PER_ROW // 2 + 1), *st.columns(_PER_ROW // 2 + 1)]
    try:
        settings = engine.Settings(**_numbers(cells, family, model, engine.stats.modes["fixed"]))  # type: ignore[arg-type]
    except engine.EngineError as error:
        st.error(f"{error}.")
        return None
    return Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)


def _numbers(
    cells: Sequence[DeltaGenerator], family: Family, model: str, mode: engine.stats.Mode
) -> dict[str, float | int | str]:
    """Show sigma and the other numbers, one a cell; returns settings with the family and the mode."""
    values: dict[str, float | int | str] = {"family": family.name, "mode": mode.name}
    with cells[0]:
        values["sigma"] = _sigma(family, engine.models.model_info(model).trained_sigma)
    for cell, number in zip(cells[1:], _NUMBERS, strict=False):
        with cell:
            default = getattr(_DEFAULTS, number.name)
            values[number.name] = ask(number, default, f"shape_{number.name}")
            explain(number, mode)
    return values


def _sigma(family: Family, trained: float) -> float:
    """Each family has a strength of its own to begin with; uniform rotations have none."""
    if not family.scaled:
        st.number_input("σ · noise", value=None, disabled=True, key="no_sigma", placeholder="none")
        st.caption("A uniformly random rotation has no strength.")
        return 1.0
    default = _ANGLE if family.turns else (trained or _SHIFT) / family.deviation
    sigma = float(ask(_SIGMA, float(f"{default:.3g}"), f"sigma_{family.name}"))
    unit = f"In radians: {math.degrees(sigma):.3g}°." if family.turns else "In radii of the shape."
    st.caption(f"{unit} More gives a larger radius, less accuracy.")
    return sigma


def run_button(request: CloudRequest | None, *, busy: bool) -> bool:
    """What the run would mean, known before it, and the button that starts it. Raises EngineError kinds."""
    if request is not None:
        settings, components = request.settings, request.cloud.components
        needed = settings.smallest_useful_n(components)
        seconds = None if busy else expected_seconds(request)
        most = "≤" if settings.testing.anytime else "≈"
        facts: Mapping[str, tuple[str, str]] = {
            **cloud_words.radii(settings),
            "Smallest useful n": (
                f"{needed:,}", "With so many draws only unanimous points pass; with fewer, none.",
            ),
            "Points": (f"{components:,}", f"of {request.cloud.source_size[0]:,} points or vertices in the file"),
            "Expected time": (
                "…" if seconds is None else f"{most} {wording.duration(seconds)}", "an estimate, from the pace so far",
            ),
        }  # fmt: skip
        for cell, (label, (value, why)) in zip(st.columns(len(facts)), facts.items(), strict=True):
            cell.metric(label, value, help=why)
        _hints(request, needed)
        with st.expander("Planner: what can such a run certify?", icon=":material/query_stats:"):
            show_plan(settings, components, "points", "shapes")
    disabled = busy or request is None
    return st.button("Certify", type="primary", icon=":material/play_arrow:", width="stretch", disabled=disabled)


def _hints(request: CloudRequest, needed: int) -> None:
    """What a person would want to know before waiting for the run."""
    settings, family = request.settings, request.settings.noise
    hint_procedure(settings, request.cloud.components, needed, "points")
    if settings.tau == 0.5 and family.scaled:
        st.warning("With τ = 0.5 the radius is 0: nothing is promised about changed shapes.")
    if not family.turns:
        trained = engine.models.model_info(request.model).trained_sigma
        hint_noise(request.model, trained, settings.sigma * family.deviation)
