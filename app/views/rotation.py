"""The Rotation page's sentences and charts: what is proved beside what was published."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

import engine
from app import turning
from app.lessons.base import BLUE, ORANGE, RED, chart, guide
from app.views import wording
from engine.core import degrees_down
from engine.perturbations import published_angle

ALL = "every rotation"
_TOP = 186.0  # of the charts, in degrees: a little above the largest angle that there is
_TAUS = np.linspace(0.5, 0.9995, 300)


def promised(angle: float) -> str:
    """A certified angle in words."""
    return ALL if angle == math.pi else f"{degrees_down(angle)}°"


def show_headline(sigma: float, tau: float, proved: float) -> None:
    """Both figures, and which of them may be believed."""
    published = published_angle(sigma, tau)
    cells = st.columns(2)
    cells[0].metric("Certified angle θ*", promised(proved), help="proved, and rounded down")
    cells[1].metric(
        "σ·ppf(τ), as published, not proved",
        f"{degrees_down(published)}°",
        help="the paper's radius, which takes the three angles of a rotation as if they added",
    )
    kind, text = verdict(sigma, tau, proved)
    {"same": st.info, "careful": st.success, "open": st.warning, "refuted": st.error}[kind](text)


def verdict(sigma: float, tau: float, proved: float) -> tuple[str, str]:
    """How the published figure compares with the proved one: "same", "careful", "open" or "refuted", and why."""
    published = published_angle(sigma, tau)
    apart = f"{math.degrees(abs(published - proved)):.1f}°"
    shown = f"{degrees_down(published)}°"
    if published == 0.0:
        return "same", "At τ = 0.5 both figures are 0: **nothing is promised** about turned shapes. Raise τ."
    if proved == math.pi:
        if published >= math.pi:
            return "same", (
                f"**Every rotation is certified.** No rotation is by more than 180°, so the published figure of {shown}"
                " says the same here."
            )
        return "careful", (
            f"**Every rotation is certified.** The published figure stops at {shown}: true here, and far too careful."
        )
    if turning.refuted(sigma, tau, published):
        return "refuted", (
            f"**The published figure is refuted here.** Some base model with p > τ loses its majority to a turn by at "
            f"most {shown}. The proof reaches {degrees_down(proved)}°; the figure promises about {apart} too "
            "much."
        )
    if published > proved and apart != "0.0°":
        return "open", (
            f"The published figure promises {apart} more than is proved. The computation is not fine enough here to "
            "refute it: **take the proved angle**."
        )
    if published > proved:
        return "same", (
            "The two agree within the rounding of the computation; only the certified angle is rounded to the safe "
            "side."
        )
    if apart == "0.0°":
        return "same", (
            "The two agree to a tenth of a degree: for weak noise, turns by small angles almost add. The published "
            "figure is true here, because the proof covers it."
        )
    return "careful", (
        f"The published figure is {apart} smaller: **true here, and too careful**. That it is true follows from the "
        "proof below, not from the published argument."
    )


def _proved(sigma: float, tau: float) -> float:
    return engine.perturbations[turning.FAMILY].radius(sigma=sigma, tau=tau)


def show_over_tau(sigma: float, tau: float, proved: float) -> None:
    """Both angles for every tau, at the chosen sigma."""
    angles, taus = turning.curve(sigma)
    if angles[-1] == math.pi and taus[-1] < 1.0:
        angles, taus = np.append(angles, math.pi), np.append(taus, 1.0)
    published = np.array([published_angle(sigma, float(each)) for each in _TAUS])
    figure = _both(taus, angles, _TAUS, published, "τ")
    _marker(figure, tau, proved)
    top = 1.1 * math.degrees(max(_proved(sigma, 0.999), published_angle(sigma, 0.999)))
    _limits(figure, min(top, _TOP))
    figure.update_xaxes(range=[0.495, 1.005])
    chart(figure, key="rotation_over_tau", x="τ, the threshold of the probability", y="angle in degrees")


def show_over_sigma(sigma: float, tau: float, proved: float) -> None:
    """Both angles for the strengths computed so far, at the chosen tau."""
    known = {each: _proved(each, tau) for each in turning.swept()} | {sigma: proved}
    sigmas = np.array(sorted(known))
    line = np.array([0.0, 3.0])
    figure = _both(
        sigmas, np.array([known[float(each)] for each in sigmas]), line, line * published_angle(1.0, tau), "σ",
        dots=True,
    )  # fmt: skip
    _marker(figure, sigma, proved)
    highest = max(max(known.values()), 3.0 * published_angle(1.0, tau))
    _limits(figure, max(1.0, min(1.1 * math.degrees(highest), _TOP)))
    figure.update_xaxes(range=[0.0, 3.05])
    chart(figure, key="rotation_over_sigma", x="σ in radians, the strength of the random turns", y="angle in degrees")


def _both(
    x: NDArray[np.float64],
    proved: NDArray[np.float64],
    x_published: NDArray[np.float64],
    published: NDArray[np.float64],
    symbol: str,
    *,
    dots: bool = False,
) -> go.Figure:
    """The proved line and, over it, the published one; angles in radians."""
    figure = go.Figure()
    figure.add_scatter(
        x=x, y=np.degrees(proved), customdata=[promised(float(angle)) for angle in proved], name="proved",
        mode="lines+markers" if dots else "lines", line={"color": BLUE, "width": 3}, marker={"size": 5},
        hovertemplate=f"{symbol} = %{{x:.3~f}}: %{{customdata}}<extra>proved</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=x_published, y=np.degrees(published), name="as published, not proved", mode="lines",
        customdata=[f"{degrees_down(angle)}°" for angle in published],
        line={"color": ORANGE, "width": 2.5, "dash": "dash"},
        hovertemplate=f"{symbol} = %{{x:.3~f}}: %{{customdata}}<extra>published</extra>",
    )  # fmt: skip
    return figure


def _marker(figure: go.Figure, x: float, angle: float) -> None:
    figure.add_scatter(
        x=[x], y=[math.degrees(angle)], mode="markers", name="your choice", customdata=[promised(angle)],
        marker={"color": RED, "size": 12, "symbol": "diamond"}, hovertemplate="%{customdata}<extra>proved</extra>",
    )  # fmt: skip


def _limits(figure: go.Figure, top: float) -> None:
    figure.update_yaxes(range=[-0.02 * top, 1.06 * top])
    if top > 170.0:
        guide(figure, ALL, y=180.0)
        figure.update_yaxes(tickvals=[0, 30, 60, 90, 120, 150, 180])


def show_side(angle: float, proved: float) -> None:
    """Whether a turn by `angle` radians is one of those that the certified angle covers."""
    shown = f"{math.degrees(angle):.0f}°"
    if angle <= proved:
        within = "every rotation is certified" if proved == math.pi else f"{shown} is within {promised(proved)}"
        st.success(
            f"**Inside**: {within}. No point whose class has p > τ can be flipped by this turn.",
            icon=":material/verified_user:",
        )
    else:
        st.warning(
            f"**Outside**: {shown} is more than {promised(proved)}. Nothing is promised about this turn; it need not "
            "do harm.",
            icon=":material/gpp_maybe:",
        )


def changed(before: NDArray[np.uint8], after: NDArray[np.uint8], certificate: engine.Certificate | None) -> str:
    """How many points the base model answers otherwise after the turn: counted, and no promise."""
    moved = before != after
    text = (
        f"At this turn the **base model** changes its class at **{wording.share(int(moved.sum()), moved.size)}** of "
        f"the {moved.size:,} points"
    )
    if certificate is not None and certificate.certified_count:
        on = int((moved & certificate.certified).sum())
        text += f", {on:,} of them certified"
    return f"{text}. It promises nothing; what is certified is the majority of its answers under random turns."
