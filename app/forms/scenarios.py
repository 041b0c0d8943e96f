"""Which bundled attack is shown first, and what its choice puts into the form: every control goes on from it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import engine
from app.session import address, state

FIRST = "figure-1"
_KEY, _PAGE = "scenario", "attack"
ALL, ALL_POINTS, ANY = "all pixels", "all points", "any other class"


def choose_scenario(*, own: bool) -> str:
    """Show the scenarios; returns the name of the chosen one, or "" where a run of one's own is shown."""
    known = engine.papers.scenarios
    if own:
        st.session_state[_KEY] = None
    elif st.session_state.get(_KEY) not in known:
        asked = st.query_params.get(_KEY)
        st.session_state[_KEY] = asked if asked in known else FIRST
        if st.session_state[_KEY] != FIRST:
            _begin()
        elif "sample" not in st.query_params:
            st.session_state.setdefault("sample", known[FIRST].sample)
    name = st.pills(
        "Scenarios", list(known), format_func=lambda name: known[name].title, key=_KEY, on_change=_begin,
        label_visibility="collapsed",
    )  # fmt: skip
    address.write_to_url(_KEY, str(name or FIRST), FIRST)
    return str(name or "")


def _begin() -> None:
    """The form takes over what the scenario was made with; a run of one's own is put away."""
    state.remember_run(_PAGE, None)
    address.write_to_url("run", "")
    name = st.session_state.get(_KEY) or FIRST
    st.session_state[_KEY] = name
    for key, value in values_of(engine.papers.scenarios[name]).items():
        st.session_state[key] = value
    if "sample" in st.session_state:
        st.query_params["sample"] = st.session_state["sample"]


def values_of(scenario: engine.papers.Scenario) -> Mapping[str, Any]:
    """What the fields of the form hold for a scenario, by their keys."""
    how, settings, target = scenario.how, scenario.settings, scenario.target
    if scenario.kind == "cloud":
        category, seed = scenario.sample.split("-")
        model = scenario.certified.split("@")[0]
        parts = engine.models.model_info(scenario.certified).labels.classes
        return {
            "attack_on": "Shapes", "shapes": "Sample shapes", "kind": category, "shape": int(seed),
            "parts_model": model,
            "shape_attack": settings.family, "shape_victim": how.victim, "shape_budget_share": how.share,
            "shape_steps": how.steps, f"sigma_{settings.family}": settings.sigma, "shape_tau": settings.tau,
            "shape_n0": settings.n0, "shape_n": settings.n, "shape_alpha": settings.alpha,
            "shape_points": settings.points, "shape_undefended": scenario.undefended.split("@")[0],
            "shape_only": ALL_POINTS if target.only is None else parts[target.only],
        }  # fmt: skip
    classes = engine.models.model_info(scenario.undefended).labels.classes
    certified, _, around = scenario.certified.partition("+")
    left, top, right, bottom = target.region
    return {
        "attack_on": "Images", "source": "Samples", "sample": scenario.sample, "undefended": scenario.undefended,
        "certified": certified, "attack_denoiser": around, "victim": how.victim,
        "only": ALL if target.only is None else classes[target.only],
        "towards": ANY if target.towards is None else classes[target.towards],
        "attack": how.name, "loss": how.loss, "budget_share": how.share, "steps": how.steps,
        "attack_across": (int(left), int(right)), "attack_down": (int(top), int(bottom)),
        "attack_sigma": settings.sigma, "attack_tau": settings.tau, "attack_n": settings.n,
        "attack_size": settings.size,
    }  # fmt: skip
