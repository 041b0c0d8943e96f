"""A finished attack on a shape: the verdict, all shapes turned together, how it went, and what to take away."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.cloud_attack_controls import VICTIMS
from app.cloud_attacking import CloudAttackOutcome
from app.views import cloud_words, overlay
from app.views.attack import npy
from app.views.clouds import PLAIN, cloud_figure, is_dark, show_linked
from app.views.verdict import progress_chart, sentences, show_verdict

CLEAN, TRUTH, FLIPS = "The shape", "Ground truth", "Flip map"
BEFORE, AFTER = "Undefended, clean", "Undefended, attacked"
CERTIFIED, CERTIFIED_ATTACKED = "Certified, clean", "Certified, attacked"
_PER_ROW = 3


def show_outcome(outcome: CloudAttackOutcome) -> None:
    """Everything about one attack."""
    show_verdict(outcome)
    st.caption(_how(outcome))
    st.caption(f"What was promised: {cloud_words.guarantee(outcome.clean)}")
    _shapes(outcome)
    st.plotly_chart(
        progress_chart(outcome.result.history), key="shape_attack_history", config={"displayModeBar": False},
        width="stretch",
    )  # fmt: skip
    _downloads(outcome)


def sides_of(
    outcome: CloudAttackOutcome,
) -> dict[str, tuple[engine.inputs.Cloud, NDArray[np.integer], engine.inputs.LabelSpace, str]]:
    """What is shown, by title: a cloud, a class for each point (P,), what the classes are, and a caption."""
    certify, changed, space = outcome.request.certify, outcome.changed, outcome.space
    clean, truth = certify.cloud, certify.truth
    hollow = "Hollow where the smoothed model abstains."
    nothing = np.zeros(clean.components, dtype=np.int64)
    first = (
        {CLEAN: (clean, nothing, PLAIN, "Its parts are not known.")}
        if truth is None
        else {TRUTH: (clean, truth.astype(np.int64), space, "Hollow where nothing is labelled.")}
    )
    flips = overlay.flips(outcome.before, outcome.after, outcome.clean.labels, outcome.attacked.labels)
    return {
        **first,
        BEFORE: (clean, outcome.before, space, "Nothing is promised about it."),
        AFTER: (changed, outcome.after, space, "Its answer on the attacked shape."),
        CERTIFIED: (clean, outcome.clean.labels, space, hollow),
        CERTIFIED_ATTACKED: (changed, outcome.attacked.labels, space, f"With other noise. {hollow}"),
        FLIPS: (
            changed, flips, overlay.FLIPS,
            "What became of a certified point goes before what the undefended model makes of it.",
        ),
    }  # fmt: skip


def record(outcome: CloudAttackOutcome) -> dict[str, Any]:
    """All that the page says of an attack, ready for JSON. Angles are in radians."""
    result = outcome.result
    turned = {"rotation": result.rotation.tolist()} if isinstance(result, engine.attacks.RotationResult) else {}
    return {
        "sentences": sentences(outcome),
        "promised": cloud_words.guarantee(outcome.clean),
        "shape": outcome.request.certify.name,
        "victim": outcome.request.victim,
        "attack": asdict(result.settings) | {"name": result.attack, "size": result.size} | turned,
        "radius": outcome.clean.radius,
        "certified": asdict(outcome.clean.provenance),
        "settings": outcome.clean.settings.as_dict(),
        "attacked_seed": outcome.attacked.settings.seed,
        "verdict": asdict(outcome.verdict),
    }


def _how(outcome: CloudAttackOutcome) -> str:
    """What was done, how far it went, and by what the certificates were made."""
    request, result, settings = outcome.request, outcome.result, outcome.clean.settings
    family = settings.noise
    noise = f"σ = {settings.sigma:g}, " if family.scaled else ""
    if request.turns:
        budget = f"{math.degrees(result.settings.budget):.6g}°"
        size = f"angle {math.degrees(result.size):.6g}° of a budget of {budget}, {request.budget_share:g} θ\\*"
        tried = f"{len(result.history):,} rotations tried"
    else:
        budget = f"{result.settings.budget:.6g}"
        change = f"{family.norm} size of the change {result.size:.6g}"
        size = f"{change} of a budget of {budget}, {request.budget_share:g} R"
        tried = f"{request.steps:,} steps"
    return (
        f"Attack on {VICTIMS[request.victim]} by {cloud_words.attack_on(family)}, {tried}; "
        f"{size}, checked in float64; {result.seconds:.1f} s. "
        "What was found is some of the harm that there is, and another search may find more. "
        f"Certified: {outcome.clean.provenance.model}, {noise}"
        f"τ = {settings.tau:g}, n = {settings.n:,}, seed {settings.seed}; the attacked shape got "
        "other noise."
    )


def _shapes(outcome: CloudAttackOutcome) -> None:
    made, dark = outcome.attacked.provenance.created, is_dark()
    clean, changed = outcome.request.certify.cloud, outcome.changed
    frame = np.concatenate([clean.points, changed.points])
    figures = {
        title: (
            cloud_figure(cloud, labels, space, dark=dark, frame=frame, key=f"{title}_{made}_{changed.sha256}"), caption
        )
        for title, (cloud, labels, space, caption) in sides_of(outcome).items()
    }  # fmt: skip
    show_linked(figures, key="attacked_views", per_row=_PER_ROW)


def _downloads(outcome: CloudAttackOutcome) -> None:
    st.markdown("#### Take it with you")
    files = {
        "attacked.npy": ("Attacked shape, float32", ":material/download:", lambda: npy(outcome.changed.values)),
        "attacked.ply": (
            "Attacked shape, by its parts", ":material/view_in_ar:",
            lambda: engine.export.labels_ply(outcome.changed, outcome.after, outcome.space),
        ),
        "attacked.json": (
            "Record", ":material/description:",
            lambda: json.dumps(record(outcome), indent=1, ensure_ascii=False).encode(),
        ),
    }  # fmt: skip
    with st.container(horizontal=True):
        for name, (title, icon, made) in files.items():
            st.download_button(title, made, name, "application/octet-stream", icon=icon, on_click="ignore")
    st.caption("float32: exactly what was attacked with, the working cloud's positions and, behind them, its normals.")
