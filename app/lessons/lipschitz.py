"""Lesson: a bound on the slope of the scores, beside smoothing, and beside a guess that proves nothing."""

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import engine
from app.components.pick_point import pick_point, picked
from app.lessons import plane_picture as picture
from app.lessons.base import Lesson, question, try_this
from app.pictures.style import BLUE, ORANGE, RED, guide
from app.views.charts import chart
from engine.core import floored

_MODEL = engine.teaching.plane.THREE_REGIONS
_PRESETS = {"Near the coast": (0.20, 0.50), "Deep inside": (0.86, 0.10), "At the border": (0.20, 0.61)}
_STEEP = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
_SMOOTH, _LIPSCHITZ, _TANGENT = "#154A9A", "#E69F00", RED
_WIDEST = 0.9  # sides of the picture: how far the chart looks
_VISIT = "lip_visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """The chosen point: its class there, the lower bound of its probability, and how far each disc reaches."""

    point: tuple[float, float]
    sigma: float
    steepness: float
    label: int
    p: float
    slope: float
    lipschitz: float
    smoothing: float
    tangent: float


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "Noise is one way to a promise. An older one: if a **score** can never change by more than L for each unit of "
        "the input, a class whose score is above ½ stays for (score − ½) / L. Here both are drawn for the same "
        "model, the smoothed one of lesson 1, whose scores are known to be that tame."
    )
    bound, disc = st.columns(2)
    bound.latex(r"|s(x)-s(y)|\le L\,\|x-y\|_2,\quad L=\frac{k}{\sigma\sqrt{2\pi}}")
    disc.latex(r"R_L=\frac{s(x)-\frac12}{L}\ \le\ \sigma\,\Phi^{-1}(p)=R")
    left, right = st.columns(2)
    sigma = float(left.slider("σ · noise (1 = side of the picture)", 0.04, 0.25, 0.08, 0.01, key="lip_sigma"))
    steepness = float(
        right.select_slider(
            "k · slope of the scores", _STEEP, 1.0, format_func="{:g}".format, key="lip_steepness",
            help="The score is s = Φ(k·Φ⁻¹(p)). For k = 1 it is the probability p itself.",
        )
    )  # fmt: skip
    with st.container(horizontal=True):
        for number, name in enumerate(_PRESETS):
            st.button(name, key=f"lip_preset_{number}", on_click=_go, args=(name,), icon=":material/near_me:")
    first, second = st.columns(2, gap="medium")
    spot = _spot(_current(), sigma, steepness)
    with first:
        st.markdown("**Three discs around one point.** Click anywhere, or use the arrow keys.")
        _pick(spot)
        st.markdown(
            "Orange: Lipschitz. Blue: smoothing. Red, dashed: from the slope at the point, which **proves nothing**."
        )
    with second:
        st.markdown("**How fast may the score fall?** Where a line meets ½ its disc ends.")
        lost = _falls(spot)
    _numbers(spot, lost)
    for cell, (title, promises, costs, breaks) in zip(st.columns(3), _KINDS, strict=True):
        cell.markdown(f"{title}  \n*Promises* {promises}.  \n*Costs* {costs}.  \n*Breaks when* {breaks}.")
    try_this(
        "**Deep inside**: p is nearly 1, and the orange disc stays small. Its line falls everywhere as steeply as "
        "scores may fall at a border. However sure the model is, its disc has at most the radius ½ · σ√(2π) / k.",
        "Move k. No answer changes, only how sure the scores sound. Steep scores shrink the orange disc; gentle ones "
        "let it grow into the blue one. Smoothing *is* a Lipschitz margin, on the scale Φ⁻¹(p), where the worst slope "
        "is the same everywhere.",
        "Find a place where the red disc reaches into another colour. Most places will do: the slope *here* says "
        "nothing about the slope *there*.",
        "**At the border** all three nearly agree. Why?",
    )
    question(
        "A network of ten layers, each of which may stretch its input by 3: which L is proved, and what is left of a "
        "margin of 1?",
        "The constants multiply: L = 3¹⁰ = 59,049 for each score. Two scores that may move against each other keep "
        "their order for margin / 2L = 0.0000085, in l2 over a whole picture: nothing, though the true distance may be "
        "far larger. That is why networks are built and trained for small constants, at a price in accuracy, or "
        "smoothed, at a price in draws.",
    )
    st.caption(
        "How exact: p is integrated, its error of at most 10⁻⁶ is subtracted before the two proved radii, which are "
        "rounded down. L holds for every base model, and one whose border is a straight line attains it. On real "
        "pictures p is known from draws only, so that both would hold *with probability 1 − α*. The grey line is the "
        "worst of 36 directions at each length: found, not proved."
    )


_KINDS = (
    (
        ":orange[**Lipschitz**]",
        "every point inside keeps the class; of a network whose L is proved: surely, without draws or α",
        "the L that can be proved is usually far too large; training for a small one costs accuracy",
        "L is estimated from some slopes instead of proved",
    ),
    (
        ":blue[**Smoothing**]",
        "the same of the smoothed model, for *any* network",
        "thousands of noisy copies, α, and answers that are those of the smoothed model",
        "the draws are tested wrongly (lesson 5)",
    ),
    (
        ":red[**Slope at the point**]",
        "nothing",
        "one gradient",
        "the slope grows on the way, as it does nearly everywhere",
    ),
)


def _go(name: str) -> None:
    st.session_state[_VISIT] = (st.session_state.get(_VISIT, (0, ""))[0] + 1, name)


def _visit() -> tuple[str, tuple[float, float]]:
    """The key of the picture, a new one for each preset, and where its marker begins, y downwards."""
    number, name = st.session_state.get(_VISIT, (0, next(iter(_PRESETS))))
    x, y = _PRESETS[name]
    return f"lip_point_{number}", (x, 1.0 - y)


def _current() -> tuple[float, float]:
    x, y = picked(*_visit())
    return x, 1.0 - y


def _spot(point: tuple[float, float], sigma: float, steepness: float) -> _Spot:
    margins = engine.teaching.margins
    chances = _MODEL.probabilities(np.array([point]), sigma)[0]
    label = int(chances.argmax())
    p = float(chances[label]) - engine.teaching.plane.QUADRATURE_ERROR
    slope = margins.slope_at(_MODEL, point, label, sigma=sigma, steepness=steepness)
    return _Spot(
        point=point, sigma=sigma, steepness=steepness, label=label, p=p, slope=slope,
        lipschitz=margins.margin_radius(p, sigma, steepness),
        smoothing=engine.perturbations["l2"].radius(sigma=sigma, tau=p) if p > 0.5 else 0.0,
        tangent=margins.tangent_radius(p, slope, steepness),
    )  # fmt: skip


def _pick(spot: _Spot) -> None:
    rings = (
        picture.Ring(radius=spot.tangent, colour=_TANGENT, dashed=True),
        picture.Ring(radius=spot.smoothing, colour=_SMOOTH),
        picture.Ring(radius=spot.lipschitz, colour=_LIPSCHITZ),
    )
    png = picture.draw(picture.smoothed_regions(spot.sigma), spot.point, rings=rings, marked=False)
    key, start = _visit()
    pick_point(png, key=key, label="Regions of the smoothed model with three discs", default=start)


def _falls(spot: _Spot) -> float | None:
    """The chart of the score along the worst steps; returns the length at which the majority is first seen lost."""
    reach = min(_WIDEST, max(2.5 * spot.smoothing, 2.0 * spot.sigma))
    lengths = np.linspace(0.0, reach, 46)
    found = engine.teaching.plane.worst_attacks(
        _MODEL, spot.point, spot.label, sigma=spot.sigma, lengths=lengths
    )  # fmt: skip
    chances = np.array([one.probability for one in found])
    margins, k = engine.teaching.margins, spot.steepness
    start = float(margins.score(spot.p, k))
    bound = engine.teaching.plane.guaranteed_probability(spot.p, lengths, spot.sigma)
    figure = go.Figure()
    for name, values, colour, dash, width in (
        ("truth: worst step found", margins.score(chances, k), "#8A94A3", "solid", 3),
        ("Lipschitz: slope L everywhere", start - margins.global_slope(spot.sigma, k) * lengths, ORANGE, "solid", 3),
        ("smoothing", margins.score(bound, k), BLUE, "dash", 3),
        ("slope at the point: no bound", start - spot.slope * lengths, RED, "dot", 2),
    ):
        figure.add_scatter(
            x=lengths, y=values, name=name, mode="lines", line={"color": colour, "width": width, "dash": dash}
        )
    guide(figure, "½", y=0.5)
    figure.update_yaxes(range=[0.0, 1.03])
    chart(
        figure, key="lip_falls", x="length of the step (1 = side of the picture)",
        y=f"score of {picture.NAMES[spot.label]}", height=430,
    )  # fmt: skip
    lost = np.flatnonzero(chances <= 0.5)
    return float(lengths[lost[0]]) if len(lost) else None


def _numbers(spot: _Spot, lost: float | None) -> None:
    cells = st.columns(4)
    cells[0].metric(f"p of {picture.NAMES[spot.label]}", f"{spot.p:.4f}")
    cells[1].metric("Lipschitz disc", floored(spot.lipschitz), help="(s − ½) / L, rounded down: proved")
    cells[2].metric("Smoothing disc", floored(spot.smoothing), help="σ·ppf(p), rounded down: proved")
    guess = "no end" if math.isinf(spot.tangent) else f"{spot.tangent:.3g}" if spot.tangent < 100 else "> 100"
    cells[3].metric("Slope at the point", guess, help="(s − ½) / slope here: no proof")
    name = picture.NAMES[spot.label]
    if spot.p <= 0.5:
        st.markdown("No class has a proven majority of the noisy copies here: **no disc at all**.")
        return
    local = f"the slope here is {spot.slope:.3g}, the proved L is {_global(spot):.3g}"
    if lost is None:
        st.markdown(f"{name} was not lost within the reach of the chart; {local}.")
    elif spot.tangent > lost:
        st.error(
            f"{name} loses its majority {lost:.3f} away, well inside the red disc of {guess}: {local}, and the slope "
            "grows on the way. **A gradient is not a certificate.**",
            icon=":material/gpp_bad:",
        )
    else:
        st.info(f"{name} is first seen to lose its majority {lost:.3f} away; {local}.", icon=":material/info:")


def _global(spot: _Spot) -> float:
    return engine.teaching.margins.global_slope(spot.sigma, spot.steepness)


LESSON = Lesson(name="lipschitz", title="Lipschitz margins", show=show)
