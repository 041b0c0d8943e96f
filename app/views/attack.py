"""A finished attack on the page: the verdict, everything side by side, the curve, and what to take away."""

from __future__ import annotations

import html
import io
import json
from dataclasses import asdict

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

import engine
from app import attacking, runner
from app.components.compare import compare
from app.jobs.manager import Job
from app.requests import AttackOutcome, AttackRequest, Curve
from app.views import standalone, wording
from app.views.progress import follow
from app.views.verdict import RED, progress_chart, sentences, show_verdict
from engine.core import floored

_ORDER = (
    attacking.CLEAN, attacking.ATTACKED, attacking.CHANGE, attacking.TRUTH, attacking.BEFORE, attacking.AFTER,
    attacking.CERTIFIED, attacking.CERTIFIED_ATTACKED, attacking.FLIPS,
)  # fmt: skip
_PER_ROW = 4
_GREEN, _ORANGE = "#18A07A", "#E8890C"


def show_outcome(outcome: AttackOutcome) -> None:
    """Everything about one attack."""
    show_verdict(outcome)
    _how(outcome)
    names = [name for name in _ORDER if name in outcome.pictures]
    sides = []
    for column, side, default in zip(
        st.columns(2), ("Left", "Right"), (attacking.AFTER, attacking.CERTIFIED_ATTACKED), strict=True
    ):
        sides.append(str(column.selectbox(f"{side} of the slider", names, names.index(default), key=f"attack_{side}")))
    compare(
        outcome.pictures[sides[0]], outcome.pictures[sides[1]], left_label=sides[0], right_label=sides[1],
        key="attack_compare",
    )  # fmt: skip
    for first in range(0, len(names), _PER_ROW):
        for column, name in zip(st.columns(_PER_ROW), names[first : first + _PER_ROW], strict=False):
            with column:
                st.image(outcome.pictures[name], width="stretch", alt=name)
                st.caption(f"**{name}.** {_caption(name, outcome)}")
    st.plotly_chart(
        progress_chart(outcome.result.history), key="attack_history", config={"displayModeBar": False}, width="stretch"
    )
    _downloads(outcome)


def _how(outcome: AttackOutcome) -> None:
    request, result = outcome.request, outcome.result
    st.caption(
        f"{engine.attacks.attacks[request.attack].title} with {engine.attacks.losses[result.settings.loss].title}"
        f"{f', the worst of {request.losses} losses' if request.losses > 1 else ''}, {request.steps} steps on "
        f"{request.undefended if request.victim == 'base' else request.certify.model + ' under noise'}; l2 size of the "
        f"change {result.norm:.6g}, {request.budget_share:g} R = {request.budget_share * outcome.clean.radius:.6g}, "
        f"checked in float64; it has {result.share:.1%} of its aim; gradients in "
        f"{outcome.clean.provenance.precision}, {result.seconds:.1f} s. Certified: "
        f"{outcome.clean.provenance.model}, σ = "
        f"{request.certify.settings.sigma:g}, τ = {request.certify.settings.tau:g}, n = {request.certify.settings.n}, "
        f"seed {request.certify.settings.seed}; the attacked image got other noise. What was "
        "found is some of the harm that there is, and another attack may find more."
    )
    st.caption(f"What was promised: {wording.guarantee(outcome.clean)}")


def _caption(name: str, outcome: AttackOutcome) -> str:
    if name == attacking.CHANGE:
        return f"{outcome.amplified:.0f} times; grey is no change."
    if name == attacking.FLIPS:
        return (
            "Red: the undefended model flipped. Blue: certified before, abstains now. Yellow would be a certified "
            "pixel that flipped."
        )
    if name == attacking.ATTACKED:
        return "What the models were given, as 8 bits for the screen."
    if name in (attacking.CERTIFIED, attacking.CERTIFIED_ATTACKED):
        return "White with a hatch: abstains."
    return ""


def show_curve(curve: Curve) -> None:
    """Flipped shares over the budget."""
    st.plotly_chart(curve_chart(curve), key="curve", config={"displayModeBar": False}, width="stretch")
    inside = [point for point in curve.points if point.share <= 1.0]
    broken = sum(point.certified > 0 for point in inside)
    st.caption(
        "Undefended: share of all pixels whose class changed; each model is attacked for itself, all pixels together. "
        "Behind the denoiser: `single` before the undefended model, attacked through the denoiser and asked on one "
        "noisy draw. Certified: of the pixels certified on the clean image, the share that got another certified class "
        "when the smoothed model was attacked; up to R it may not rise"
        + (". It did not." if not broken else f", but did at {broken} budgets: that has probability α each.")
    )


def curve_chart(curve: Curve) -> go.Figure:
    """The three lines, with R marked."""
    figure = go.Figure()
    shares = [point.share for point in curve.points]
    for name, values, colour, dash in (
        ("undefended: flipped", [point.undefended for point in curve.points], RED, "solid"),
        ("behind the denoiser: changed", [point.denoised for point in curve.points], _ORANGE, "dash"),
        ("certified: flipped", [point.certified for point in curve.points], _GREEN, "solid"),
        ("certified: now abstain", [point.abstained for point in curve.points], "#2F7FDB", "dot"),
    ):
        figure.add_scatter(
            x=shares, y=values, name=name, mode="lines+markers", line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate="%{x:g} R: %{y:.2%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=1.0, line={"color": "#8A94A3", "dash": "dot"})
    figure.add_annotation(x=1.0, y=1.0, yref="paper", text="R: certified up to here", showarrow=False, xanchor="left",
                          xshift=6, font={"color": "#8A94A3"})  # fmt: skip
    figure.update_layout(
        height=420, margin={"l": 10, "r": 16, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0},
        xaxis={"title": "budget, in units of R", "automargin": True},
        yaxis={"title": "share of the pixels", "tickformat": ".0%", "rangemode": "tozero", "automargin": True},
    )  # fmt: skip
    return figure


@st.fragment(run_every=0.5)
def show_progress(job: Job, done: str) -> None:
    """Poll the attack twice a second, with its chart so far; once it has ended, run the whole page again."""
    follow(job, done)
    if st.button("Cancel", icon=":material/stop:", key="cancel_attack"):
        runner.cancel(job)
    steps = job.view
    if isinstance(steps, tuple) and steps:
        last = steps[-1]
        st.caption(f"Step {last.number + 1}: the attack has {last.share:.1%} of its aim, loss {last.loss:.4g}.")
        st.plotly_chart(progress_chart(steps), key="live_attack", config={"displayModeBar": False}, width="stretch")


def _downloads(outcome: AttackOutcome) -> None:
    st.markdown("#### Take it with you")
    eight, rounded = _rounded(outcome)
    with st.container(horizontal=True):
        st.download_button("Attacked image, float32", lambda: npy(outcome.result.adversarial), "attacked.npy",
                           "application/octet-stream", icon=":material/download:", on_click="ignore")  # fmt: skip
        st.download_button("Attacked image, 8 bits", lambda: engine.export.png(eight), "attacked.png", "image/png",
                           icon=":material/image:", on_click="ignore")  # fmt: skip
        st.download_button("Report", lambda: report(outcome), "certiscope-attack.html", "text/html",
                           icon=":material/description:", on_click="ignore")  # fmt: skip
    st.caption(
        f"l2 size of the change: {outcome.result.norm:.6g} as float32, {rounded:.6g} after rounding to 8 bits, which "
        "is another image."
    )


def _rounded(outcome: AttackOutcome) -> tuple[NDArray[np.uint8], float]:
    """The attacked image as 8 bits, uint8 (H, W, 3), and the l2 size of the change that is left of it."""
    eight = np.rint(outcome.result.adversarial * 255.0).astype(np.uint8)
    return eight, float(np.linalg.norm(eight.astype(np.float64) / 255.0 - outcome.request.certify.image.pixels))


def report(outcome: AttackOutcome) -> bytes:
    """The attack as one self-contained HTML page: no scripts, nothing loaded from elsewhere."""
    fell, stood = sentences(outcome)
    pictures = "".join(
        standalone.figure(name, outcome.pictures[name], _caption(name, outcome))
        for name in _ORDER
        if name in outcome.pictures
    )
    record = {
        "attack": asdict(outcome.result.settings)
        | {"name": outcome.result.attack, "norm": outcome.result.norm, "norm_8bit": _rounded(outcome)[1]},
        "victim": outcome.request.victim,
        "undefended": outcome.request.undefended,
        "certified": asdict(outcome.clean.provenance),
        "settings": outcome.clean.settings.as_dict(),
        "verdict": asdict(outcome.verdict),
    }
    body = _BODY.format(
        fell=html.escape(fell),
        stood=html.escape(stood),
        promised=html.escape(wording.guarantee(outcome.clean)),
        pictures=pictures,
        record=html.escape(json.dumps(record, indent=1, ensure_ascii=False)),
    )
    return standalone.standalone_page(f"Attacked and certified: {outcome.request.certify.name}", body)


def npy(array: np.ndarray) -> bytes:
    """An array as the bytes of a NumPy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def describe(request: AttackRequest) -> str:
    """The budget in words."""
    return f"{request.budget_share:g} R = {floored(request.budget_share * request.radius)}"


_BODY = """<p class="guarantee">{fell}<br>{stood}</p><p>What was promised: {promised}</p>
<div class="pictures">{pictures}</div>
<h2>How it was made</h2><pre>{record}</pre>"""
