"""Lesson: the test of a single pixel."""

import secrets

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import engine
from app.lessons.base import Lesson, percent, try_this
from app.pictures.style import BLUE, GREY, ORANGE, RED, guide
from app.views.charts import chart
from app.views.render import render
from engine.core import floored

_SEED = "coin_seed"


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "Nobody can integrate a neural network, so p stays the model's secret. All we can do is ask: add noise, look "
        "whether the class comes out, repeat. Each answer is a **coin** that shows the class with probability p. The "
        "question is whether p is above τ, and the answer must hardly ever be a wrong *yes*."
    )
    cells = st.columns(4)
    secret = cells[0].slider("p · the model's secret", 0.50, 1.00, 0.85, 0.01, key="coin_p")
    n = cells[1].slider("n · draws", 5, 200, 60, 5, key="coin_n")
    tau = cells[2].slider("τ · threshold", 0.50, 0.95, 0.75, 0.05, key="coin_tau")
    alpha = cells[3].select_slider("α · allowed error", [0.1, 0.05, 0.01, 0.001, 0.0001], 0.01, key="coin_alpha")
    seed = int(st.session_state.setdefault(_SEED, 1))
    drawn = engine.teaching.coins.flips(float(secret), int(n), seed)
    test = engine.teaching.coins.coin_test(
        int(drawn.sum()), int(n), tau=float(tau), alpha=float(alpha), p=float(secret)
    )  # fmt: skip
    row = st.columns([1, 4], vertical_alignment="center")
    row[0].button("Draw again", icon=":material/casino:", on_click=_draw_again, type="primary", width="stretch")
    row[0].caption(f"Seed {seed}")
    row[1].html(render("coins", drawn=drawn.tolist(), hit=BLUE, miss=ORANGE))
    _numbers(test, p=float(secret), tau=float(tau), alpha=float(alpha))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**How surprising is that, if p were only τ?** The p-value is the red area.")
        st.latex(r"\text{p-value}=\Pr[\mathrm{Bin}(n,\tau)\ge \text{hits}]")
        _tail(test, float(tau))
    with right:
        st.markdown("**How often would this test say yes?** For every secret the model may have.")
        st.latex(r"\Pr[\text{certified}\mid p]=\Pr[\mathrm{Bin}(n,p)\ge \text{needed}]")
        _power(test, tau=float(tau), alpha=float(alpha), secret=float(secret))
    try_this(
        "Set p = τ, the most treacherous model. Press **Draw again** twenty times: a certificate would be false now, "
        f"and comes with probability {percent(test.type_one, 2)} only, at these settings.",
        "Keep p = 0.85 and move n. Evidence, not luck, is what more draws buy.",
        "Raise τ: the radius grows, and the curve on the right moves away from the pixel.",
        "Draw until you are certified, then stop? That *is* a wrong yes in the making: lesson 5 measures it.",
    )


def _draw_again() -> None:
    st.session_state[_SEED] = secrets.randbelow(1_000_000)


def _numbers(test: engine.teaching.coins.CoinTest, *, p: float, tau: float, alpha: float) -> None:
    cells = st.columns(4)
    cells[0].metric("Hits", f"{test.hits} of {test.n}", help="all that the certifier sees")
    cells[1].metric("p-value", _small(test.p_value))
    needed = f"{test.cutoff} hits" if test.cutoff <= test.n else "impossible"
    cells[2].metric("Needed", needed, help="the fewest hits whose p-value is at most α")
    cells[3].metric("Wrong yes at p = τ", percent(test.type_one, 3), help="exact type I error of this test: at most α")
    if test.certified:
        radius = engine.perturbations["l2"].radius(sigma=0.25, tau=tau)
        if p <= tau:
            st.error(
                f"**A wrong certificate**, as we know and the certifier cannot: p = {p:g} does not exceed τ = {tau:g}.",
                icon=":material/gpp_bad:",
            )
        st.success(
            f"p-value {_small(test.p_value)} ≤ α = {alpha:g}: **certified**. The test errs with probability at most "
            f"α = {alpha:g}; unless it just did, the pixel cannot be flipped by any change of l2 size up to "
            f"σ·ppf(τ) = {floored(radius)} (σ = 0.25). The radius comes from τ, not from the hits.",
            icon=":material/verified_user:",
        )
    elif test.cutoff > test.n:
        st.warning(
            f"Even {test.n} hits of {test.n} have a p-value of {_small(tau**test.n)} > α = {alpha:g}: **this n can "
            "certify nothing**. The smallest useful n has τⁿ ≤ α.",
            icon=":material/block:",
        )
    else:
        st.info(
            f"p-value {_small(test.p_value)} > α = {alpha:g}: **abstain**. That does not say p ≤ τ, only that the "
            "draws do not prove the contrary.",
            icon=":material/help:",
        )


def _tail(test: engine.teaching.coins.CoinTest, tau: float) -> None:
    chances = engine.teaching.coins.hit_distribution(test.n, tau)
    hits = np.arange(test.n + 1)
    shown = (chances > 1e-6) | (np.abs(hits - test.hits) <= 1)
    figure = go.Figure()
    for mask, name, colour in (
        (shown & (hits < test.hits), "fewer hits", GREY),
        (shown & (hits >= test.hits), "as many or more: the p-value", RED),
    ):
        figure.add_bar(x=hits[mask], y=chances[mask], name=name, marker_color=colour, marker_line_width=0)
    figure.add_vline(x=test.hits - 0.5, line_color=RED)
    if test.cutoff <= test.n:
        guide(figure, " needed", x=test.cutoff - 0.5, colour=BLUE, dash="dash")
    figure.update_layout(barmode="overlay", bargap=0.05)
    chart(figure, key="coin_tail", x=f"hits in {test.n} draws", y="probability if p = τ")


def _power(test: engine.teaching.coins.CoinTest, *, tau: float, alpha: float, secret: float) -> None:
    p = np.linspace(0.5, 1.0, 201)
    says_yes = engine.teaching.coins.power_curve(test.cutoff, test.n, p)
    figure = go.Figure()
    for mask, name, colour in ((p <= tau + 1e-9, "a wrong yes", RED), (p >= tau - 1e-9, "a right yes", BLUE)):
        figure.add_scatter(x=p[mask], y=says_yes[mask], name=name, line={"color": colour, "width": 3})
    figure.add_scatter(
        x=[secret], y=[test.power], name="this model", mode="markers",
        marker={"size": 12, "symbol": "diamond", "color": ORANGE},
    )  # fmt: skip
    guide(figure, "α", y=alpha)
    guide(figure, " τ", x=tau, dash="solid")
    figure.update_yaxes(range=[-0.02, 1.03])
    chart(figure, key="coin_power", x="p, the true probability of the class", y="probability of a certificate")


def _small(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


LESSON = Lesson(name="pixel", title="One pixel's test", show=show)
