"""The verdict of an attack, of an image or a shape: what became of the undefended model, and of the certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

import engine
from app.requests import Contest, Found
from app.views import wording
from engine.core import degrees_down, floored

RED = "#D9480F"
_MANY = {"image": "pixels", "cloud": "points"}


def sentences(contest: Contest[Found]) -> tuple[str, str]:
    """What became of the undefended model, and of the certificate. Both are counted, not estimated."""
    verdict, certificate = contest.verdict, contest.clean
    many = _MANY[certificate.kind]
    changed = engine.attacks.flipped(contest.before, contest.after)
    fell = f"The undefended model changed its answer at {changed:.1%} of its {many}."
    stood = (
        f"{verdict.violations:,} of {verdict.certified:,} certified {many} were flipped ({verdict.now_abstain:,} now "
        "abstain)."
    )
    if not verdict.inside:
        stood += f" This attack is outside the certificate: {_outside(contest)}, where nothing was promised."
    elif verdict.violations:
        stood += (
            " Inside the radius that breaks the promise, which may happen with probability "
            f"{certificate.settings.alpha:g} for each of the two certificates."
        )
    return fell, stood


def show_verdict(contest: Contest[Found]) -> None:
    """Both sentences side by side."""
    fell, stood = (sentence.replace("*", r"\*") for sentence in sentences(contest))
    left, right = st.columns(2)
    left.error(f"**{fell}**", icon=":material/gpp_bad:")
    many = _MANY[contest.clean.kind]
    if nothing := wording.without_promise(contest.clean, many, "inputs"):
        right.warning(f"**{stood}** {nothing}", icon=":material/warning:")
    elif contest.verdict.inside and not contest.verdict.violations:
        right.success(f"**{stood}**", icon=":material/verified_user:")
    else:
        right.warning(f"**{stood}**", icon=":material/warning:")


def progress_chart(history: Sequence[engine.attacks.Step]) -> go.Figure:
    """Loss, and share of its aim that the attack has, over the steps."""
    figure = go.Figure()
    numbers = [step.number for step in history]
    figure.add_scatter(
        x=numbers, y=[step.share for step in history], name="share of the aim that is reached",
        line={"color": RED, "width": 2.5},
    )  # fmt: skip
    figure.add_scatter(
        x=numbers, y=[step.loss for step in history], name="loss", yaxis="y2",
        line={"color": "#2F7FDB", "width": 2, "dash": "dot"},
    )  # fmt: skip
    figure.update_layout(
        height=260, margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0},
        xaxis={"title": "step", "automargin": True},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "automargin": True},
        yaxis2={"overlaying": "y", "side": "right", "showgrid": False, "automargin": True},
    )  # fmt: skip
    return figure


def _outside(contest: Contest[Found]) -> str:
    """How far the change is beyond the radius."""
    size, radius = contest.result.size, contest.clean.radius
    if not contest.clean.settings.noise.turns:
        return f"its size {size:.4g} is above R = {floored(radius)}"
    return f"its angle of {math.degrees(size):.4g}° is above θ* = {degrees_down(radius)}°"
