"""Lesson: randomized smoothing in two dimensions, with nothing hidden and nothing sampled."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import engine
from app.components.pick_point import pick_point, picked
from app.lessons import plane_picture as picture
from app.lessons.base import Lesson, try_this
from app.pictures.style import BLUE, ORANGE, RED, guide
from app.views.charts import chart
from engine.core import floored

_MODEL = engine.teaching.plane.THREE_REGIONS
_EXACT = 0
_ALPHA = 0.001
_CLOUD = np.random.default_rng(7).standard_normal((160, 2))
_PRESETS = {
    "On the sliver": (0.42, 0.26),
    "Beside the sliver": (0.42, 0.345),
    "At the coast": (0.20, 0.61),
    "Deep inside": (0.86, 0.10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """All that is known about the chosen point."""

    point: tuple[float, float]
    sigma: float
    base: int
    chances: tuple[float, ...]
    draws: int
    label: int
    p_lower: float
    radius: float

    @property
    def p(self) -> float:
        return self.chances[self.label]


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "A classifier that sees only two numbers: its input is a **point**, and its answer a colour. The thin dark "
        "line through the blue is an *adversarial sliver*: a place where a tiny step changes the answer. Smoothing "
        "asks the classifier about many noisy copies of the point and takes the majority:"
    )
    asked, promised = st.columns(2)
    asked.latex(r"p_c(x)=\Pr\,[\,f(x+\varepsilon)=c\,],\ \varepsilon\sim\mathcal N(0,\sigma^2 I)")
    promised.latex(r"R=\sigma\,\Phi^{-1}(p_c)")
    left, right = st.columns(2)
    sigma = left.slider("σ · noise (1 = side of the picture)", 0.02, 0.25, 0.08, 0.01, key="plane_sigma")
    draws = right.selectbox(
        "What is known about p", [_EXACT, 100, 1000, 10_000], format_func=_knowledge, key="plane_draws"
    )
    with st.container(horizontal=True):
        for number, name in enumerate(_PRESETS):
            st.button(name, key=f"plane_preset_{number}", on_click=_go, args=(name,), icon=":material/near_me:")
    first, second = st.columns(2, gap="medium")
    with first:
        st.markdown("**Base model.** Click anywhere, or use the arrow keys.")
        holder = st.container()
    spot = _spot(_current(), float(sigma), int(draws))
    length = _attack_length(spot)
    attack = _worst(spot, (length,))[0]
    flip = engine.teaching.plane.nearest_change(_base_labels(), spot.point)
    with holder:
        _pick(spot, flip)
    with second:
        st.markdown("**Smoothed model.** Full colour: large disc. Hatched: no majority.")
        st.image(
            picture.draw(
                picture.smoothed_regions(spot.sigma),
                spot.point,
                rings=(picture.Ring(radius=spot.radius),),
                arrows=((attack.point, True),),
            ),
            width="stretch",
            output_format="PNG",
            alt="Regions of the smoothed model with the certified disc and the worst attack of the chosen length",
        )
    _numbers(spot, attack, flip)
    _theorem(spot, length)
    try_this(
        "Press **On the sliver** and raise σ from 0.02. When does the smoothed model stop seeing the sliver? Smoothing "
        "removes what is thinner than the noise.",
        "Push the attack past the circle. How far beyond R does the class really survive? The certificate holds for "
        "*every* classifier with this p, so for most classifiers it is careful.",
        "Raise σ at **At the coast**. R grows while p falls; at some σ the product turns. There is a best σ for each "
        "point.",
        "Set what is known to 100 draws: the same point, a smaller disc. Not knowing p costs radius.",
    )
    st.caption(
        "How exact: along one axis the probabilities are differences of normal distribution functions, along the other "
        "a trapezoidal rule; their error is below 10⁻⁶ and is subtracted before a radius is computed. The map of "
        f"regions is computed at {picture.MAP_SIDE} × {picture.MAP_SIDE} points. Worst attacks are searched in 36 "
        "directions, so they are found, not proved, to be the worst."
    )


def _knowledge(draws: int) -> str:
    return "p exactly, by integration" if draws == _EXACT else f"{draws:,} noisy copies, 99.9 % sure"


def _go(name: str) -> None:
    number = st.session_state.get("plane_visit", (0, None))[0] + 1
    st.session_state["plane_visit"] = (number, name)


def _key() -> str:
    return f"plane_point_{st.session_state.get('plane_visit', (0, None))[0]}"


def _start() -> tuple[float, float]:
    x, y = _PRESETS[st.session_state.get("plane_visit", (0, "Beside the sliver"))[1]]
    return x, 1.0 - y


def _current() -> tuple[float, float]:
    """The chosen point with y upwards, before the picture is sent: the picture shows what belongs to it."""
    x, y = picked(_key(), _start())
    return x, 1.0 - y


@st.cache_data(max_entries=1, show_spinner=False)
def _base_labels() -> np.ndarray:
    centres = (np.arange(480) + 0.5) / 480
    x, y = np.meshgrid(centres, centres[::-1])
    return _MODEL.predict(x, y)


def _spot(point: tuple[float, float], sigma: float, draws: int) -> _Spot:
    place = np.array([point])
    chances = _MODEL.probabilities(place, sigma)[0]
    label = int(chances.argmax())
    if draws == _EXACT:
        p_lower = float(chances[label]) - engine.teaching.plane.QUADRATURE_ERROR
    else:
        hits = engine.teaching.coins.flips(float(chances[label]), draws, seed=0).sum()
        p_lower = engine.stats.lower_bound(int(hits), draws, 1.0 - _ALPHA)
    radius = engine.perturbations["l2"].radius(sigma=sigma, tau=p_lower) if p_lower > 0.5 else 0.0
    return _Spot(
        point=point, sigma=sigma, base=int(_MODEL.predict(place[:, 0], place[:, 1])[0]),
        chances=tuple(float(chance) for chance in chances), draws=draws, label=label, p_lower=p_lower, radius=radius,
    )  # fmt: skip


def _attack_length(spot: _Spot) -> float:
    share = st.slider(
        "Length of the attack on the smoothed model, in certified radii R", 0.0, 3.0, 0.95, 0.05, key="plane_attack"
    )
    return float(share) * (spot.radius if spot.radius > 0.0 else spot.sigma)


def _worst(spot: _Spot, lengths: tuple[float, ...]) -> list[engine.teaching.plane.Attack]:
    return engine.teaching.plane.worst_attacks(
        _MODEL, spot.point, spot.label, sigma=spot.sigma, lengths=np.asarray(lengths)
    )  # fmt: skip


def _pick(spot: _Spot, flip: tuple[float, tuple[float, float]] | None) -> None:
    reachable = flip is not None and flip[0] < spot.radius
    arrows = ((flip[1], True),) if flip is not None and reachable else ()
    cloud = np.asarray(spot.point) + spot.sigma * _CLOUD
    disc = (picture.Ring(radius=spot.radius),)
    png = picture.draw(picture.base_regions(), spot.point, rings=disc, arrows=arrows, noise=cloud, marked=False)
    pick_point(png, key=_key(), label="Regions of the base model in the plane", default=_start())


def _numbers(spot: _Spot, attack: engine.teaching.plane.Attack, flip: tuple[float, tuple[float, float]] | None) -> None:
    cells = st.columns(4)
    cells[0].metric("Base model says", picture.NAMES[spot.base])
    cells[1].metric("Smoothed model says", picture.NAMES[spot.label] if spot.p > 0.5 else "no majority")
    cells[2].metric(f"p of {picture.NAMES[spot.label]}", f"{spot.p:.4f}", help=f"lower bound used: {spot.p_lower:.4f}")
    cells[3].metric("Certified radius R", floored(spot.radius), help="σ·ppf(lower bound of p), rounded down")
    st.markdown(_sentence(spot, attack, flip))


def _sentence(spot: _Spot, attack: engine.teaching.plane.Attack, flip: tuple[float, tuple[float, float]] | None) -> str:
    name = picture.NAMES[spot.label]
    if spot.radius <= 0.0:
        return "No class has a proven majority of the noisy copies here: **nothing is certified** at this point."
    text = [] if spot.draws == _EXACT else [f"With 99.9 % confidence over the {spot.draws:,} noisy copies:"]
    if flip is not None and flip[0] < spot.radius:
        text.append(
            f"The base model gives another answer only **{flip[0]:.3f}** away (arrow in the first picture), inside the "
            f"disc. The smoothed model cannot be flipped from {name} by any step shorter than "
            f"**{floored(spot.radius)}**."
        )
    else:
        text.append(f"No step shorter than **{floored(spot.radius)}** can flip the smoothed model from {name}.")
    there = f"leaves {name} a probability of **{attack.probability:.3f}**"
    majority = ": still a majority" if attack.probability > 0.5 else ""
    if attack.length <= spot.radius:
        text.append(f"The worst step found of length {attack.length:.3f}, inside the disc, {there}{majority}.")
    elif attack.probability > 0.5:
        text.append(f"Outside the disc, at {attack.length:.3f}, the worst step found {there}: lucky, not promised.")
    else:
        text.append(
            f"Outside the disc, at {attack.length:.3f}, the worst step found {there}: **the majority is lost**."
        )
    return " ".join(text)


def _theorem(spot: _Spot, length: float) -> None:
    if spot.radius <= 0.0:
        return
    lengths = np.linspace(0.0, 3.0 * spot.radius, 16)
    worst = _worst(spot, tuple(lengths))
    bound = engine.teaching.plane.guaranteed_probability(spot.p_lower, lengths, spot.sigma)
    figure = go.Figure()
    figure.add_scatter(
        x=lengths,
        y=[a.probability for a in worst],
        name="worst step found",
        mode="lines",
        line={"color": ORANGE, "width": 3},
    )
    figure.add_scatter(
        x=lengths,
        y=bound,
        name="guaranteed: Φ(Φ⁻¹(p) − length/σ)",
        mode="lines",
        line={"color": BLUE, "width": 3, "dash": "dash"},
    )
    figure.add_scatter(
        x=[length], y=[_worst(spot, (length,))[0].probability], name="your attack", mode="markers",
        marker={"color": RED, "size": 12, "symbol": "diamond"},
    )  # fmt: skip
    guide(figure, "½", y=0.5)
    guide(figure, " R", x=spot.radius, dash="solid")
    figure.update_yaxes(range=[0.0, 1.03])
    st.markdown(
        "**Why R is what it is.** No step of a given length can lower p further than the dashed curve, whatever the "
        "classifier. R is where that curve meets ½."
    )
    chart(
        figure, key="plane_theorem", x="length of the step (1 = side of the picture)",
        y=f"probability of {picture.NAMES[spot.label]}",
    )  # fmt: skip


LESSON = Lesson(name="plane", title="Smoothing in two dimensions", show=show)
