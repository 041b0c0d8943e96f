"""An attack on a shape as a form: the shape, its model, what may be done to it, how far, and the certificate."""

from __future__ import annotations

import math

import streamlit as st

import engine
from app import cloud_controls, cloud_inputs, clouds, state
from app.cloud_attacking import CloudAttackRequest
from app.views import cloud_words, wording
from app.views.clouds import show_preview
from engine.perturbations import Family, families_for

VICTIMS = {engine.attacks.BASE: "the undefended model", engine.attacks.SMOOTHED: "the smoothed model, under noise"}
_FIRST = "so3"


def choose() -> CloudAttackRequest | None:
    """Show the form; returns the attack as set, or None while something is missing or wrong, which is said."""
    preview, form = st.columns([2, 3], gap="large")
    with form:
        known = {category for _, _, categories in engine.models.part_models() for category in categories}
        chosen = cloud_inputs.pick_shape(tuple(sorted(known)))
        model = cloud_controls.choose_model(chosen)
        family = _choose_kind()
        cells = st.columns(3)
        victim = state.choose_named(cells[0], "Whom to attack", VICTIMS, next(iter(VICTIMS)), key="shape_victim")
        unit = _unit(family)
        share = cells[1].slider(f"Budget, in units of {unit}", 0.0, 6.0, 0.95, 0.05, key="shape_budget_share",
                                bind="query-params")  # fmt: skip
        if not family.turns:
            steps = cells[2].slider("Steps", 10, 200, 50, 10, key="shape_steps")
        else:
            steps = cells[2].slider("Rotations to try", 20, 1000, 200, 20, key="rotations")
    with st.expander("The certificate", icon=":material/verified_user:"):
        choice = cloud_controls.choose_fixed_run(family, model)
    if chosen is None:
        preview.info("Choose a file: a mesh is sampled to a cloud of points, a cloud is thinned out where it is large.")
        return None
    if choice is None:
        return None
    try:
        certify = clouds.prepare(chosen, model, choice)
        request = CloudAttackRequest(
            certify=certify, victim=victim, budget_share=float(share), steps=int(steps)
        )  # fmt: skip
        told = describe(request)
    except engine.EngineError as error:
        preview.error(f"{wording.plain(chosen.name)}: {error}.")
        return None
    with preview:
        show_preview(certify.cloud, certify.truth, engine.models.model_info(model).labels)
    st.caption(told)
    return request


def describe(request: CloudAttackRequest) -> str:
    """The budget as Markdown, and whether the certificate covers it. Figures are rounded down."""
    settings, share = request.certify.settings, request.budget_share
    unit = _unit(settings.noise)
    size = cloud_words.length(settings, share * request.radius)
    kind = (
        "the angle of the rotation"
        if request.turns
        else f"{settings.noise.norm}, over all coordinates of all points together"
    )
    covered = share <= 1.0 or (request.turns and request.radius >= math.pi)
    beyond = "" if covered else " **Outside the certificate**: nothing is promised about changes beyond it."
    return f"Budget {share:g} {unit} = {size} in {kind}.{beyond}"


def _choose_kind() -> Family:
    """Show what may be done to the shape; returns the family whose certificates are about that."""
    known = families_for("cloud")
    names = sorted(known, key=lambda name: (name != _FIRST, not known[name].turns, name))
    state.begin_from_url("shape_attack", names, _FIRST)
    name = str(st.selectbox("What may be done", names, format_func=lambda name: known[name].title, key="shape_attack",
                            persist_state="session"))  # fmt: skip
    state.write_to_url("shape_attack", name)
    st.caption(f"The attack: {cloud_words.attack_on(known[name])}. The certificate's noise: {known[name].assumes}.")
    return known[name]


def _unit(family: Family) -> str:
    """The radius' name, for Markdown."""
    return r"θ\*" if family.turns else "R"
