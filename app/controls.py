"""Settings as a form: every control has a one-line explanation and a place in the URL."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

import engine

_DEFAULTS = engine.Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """How one numeric setting is shown."""

    name: str
    label: str
    why: str
    step: float
    form: str | None = None


_NUMBERS = (
    _Number(name="sigma", label="σ · noise", why="Strength of the noise. More gives a larger radius, less accuracy.",
            step=0.05, form="%.3g"),
    _Number(name="tau", label="τ · threshold", why="A class must win more than this share of the noise.", step=0.05,
            form="%.3g"),
    _Number(name="n0", label="n₀ · selection draws", why="Draws that choose the class to test at each pixel.", step=5),
    _Number(name="n", label="n · test draws", why="Fresh draws that test it. More certify more, and take longer.",
            step=50),
    _Number(name="alpha", label="α · allowed error", why="Chance that anything certified at all is wrong.", step=0.001,
            form="%.5g"),
    _Number(name="size", label="Working size", why="Longer side in pixels; the certificate holds for this image.",
            step=64),
    _Number(name="seed", label="Seed", why="Decides all noise; the same seed repeats the run exactly.", step=1),
)  # fmt: skip


def choose_model() -> str:
    """Show the models and the chosen one's card; returns its name."""
    names = [info.name for info in engine.available()]
    name = str(st.selectbox("Model", names, key="model", bind="query-params", persist_state="session",
                            format_func=lambda name: f"{name} · {engine.model_info(name).title}"))  # fmt: skip
    with st.popover("Model card", icon=":material/badge:"):
        st.markdown(engine.model_info(name).card)
    return name


def choose_settings() -> engine.Settings | None:
    """Show the controls; returns the settings, or None after saying what is wrong with them."""
    values: dict[str, float | int | str] = {"family": _DEFAULTS.family}
    columns = st.columns(2)
    for position, number in enumerate(_NUMBERS):
        with columns[position % 2]:
            values[number.name] = _number(number)
    with columns[1]:
        known = engine.corrections()
        values["correction"] = str(
            st.selectbox("Correction", list(known), index=list(known).index(_DEFAULTS.correction), key="correction",
                         bind="query-params", persist_state="session", format_func=lambda name: known[name].title)
        )  # fmt: skip
        st.caption(known[str(values["correction"])].summary)
    try:
        return engine.Settings(**values)  # type: ignore[arg-type]
    except engine.EngineError as error:
        st.error(f"{error}.")
        return None


def _number(number: _Number) -> float | int:
    default, bound = getattr(_DEFAULTS, number.name), engine.BOUNDS[number.name]
    kind = type(default)
    value = st.number_input(
        number.label,
        min_value=kind(bound.low),
        max_value=kind(bound.high),
        value=default,
        step=kind(number.step),
        format=number.form,
        key=number.name,
        required=True,
        help=f"{number.name} in {bound}",
        bind="query-params",
        persist_state="session",
    )
    st.caption(number.why)
    return default if value is None else kind(value)
