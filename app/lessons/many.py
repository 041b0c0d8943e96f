"""Lesson: many pixels at once, and why the level must be divided."""

import secrets

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

import engine
from app.lessons.base import Lesson, percent, try_this
from app.pictures.style import BLUE, GREY, ORANGE, RED, guide
from app.views.charts import chart
from app.words.numbers import plain

_SEED = "many_seed"
_TITLES = {
    "none": "No correction",
    "bonferroni": "Bonferroni",
    "holm": "Holm",
    "k-step-down": "Budget b",
}
_FLOOR = 1e-14
_WORK = 100_000  # pixels times repetitions of the measurement


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "One test errs with probability α. An image has thousands of pixels; test each at α and some *will* be "
        "certified wrongly. A certificate for **all** pixels at once needs a stricter level for each."
    )
    cells = st.columns(5)
    n_pixels = int(cells[0].select_slider("N · pixels", [2, 5, 10, 20, 50, 100, 200, 500, 1000], 50, key="many_N"))
    n = int(cells[1].slider("n · draws", 10, 200, 60, 5, key="many_n"))
    tau = float(cells[2].slider("τ · threshold", 0.50, 0.95, 0.75, 0.05, key="many_tau"))
    alpha = float(cells[3].select_slider("α · allowed error", [0.2, 0.1, 0.05, 0.01, 0.001], 0.1, key="many_alpha"))
    budget = int(cells[4].slider("b · error budget", 0, 10, 0, key="many_b"))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    share = float(
        left.slider("Pixels that are traps: p = τ exactly, a certificate would be false", 0, 100, 40, 5,
                    format="%d %%", key="many_traps")
    ) / 100.0  # fmt: skip
    right.button("Draw again", icon=":material/casino:", on_click=_draw_again, type="primary", width="stretch")
    seed = int(st.session_state.setdefault(_SEED, 1))
    right.caption(f"Seed {seed}")
    p = engine.teaching.coins.pixel_probabilities(n_pixels, share, tau)
    hits = engine.teaching.coins.draw_hits(p, n, 1, seed)[0]
    cutoffs = {
        name: engine.teaching.coins.cutoff_of(name, hits, n, tau=tau, alpha=alpha, budget=budget) for name in _TITLES
    }
    _numbers(hits, p, cutoffs, tau)
    st.markdown(
        "**The staircase.** Sort the p-values. Holm compares the smallest with α/N, the next with α/(N−1), and so on, "
        "and **stops at the first that fails**. Bonferroni keeps α/N for all."
    )
    stairs, relaxed = st.columns(2)
    stairs.latex(r"p_{(i)}\le\frac{\alpha}{N+1-i}\quad\text{(Holm)}")
    relaxed.latex(r"p_{(i)}\le\frac{(b+1)\,\alpha}{N+b+1-\max(i,\,b+1)}\;\text{(}b\text{)}")
    rank = int(st.slider("Walk down to rank i", 1, n_pixels, min(n_pixels, 10), key="many_rank"))
    _staircase(hits, p, n, cutoffs, tau=tau, alpha=alpha, budget=budget, rank=rank)
    _measured(p, n, tau=tau, alpha=alpha, budget=budget, seed=seed)
    try_this(
        "Set N to 2, then to 1000: the red bar of *no correction* climbs to 100 %, the others stay below α.",
        "Set all pixels to traps: every certificate is false now. Holm = Bonferroni, since there is nothing to step "
        "down.",
        "Set n = 20 with N = 1000. No pixel can pass: τⁿ > α/N. Draws are the price of many pixels.",
        "Give a budget b = 5. More pixels pass, and the promise is weaker: *all but at most 5* of them hold.",
    )


def _draw_again() -> None:
    st.session_state[_SEED] = secrets.randbelow(1_000_000)


def _numbers(hits: NDArray[np.int64], p: NDArray[np.float64], cutoffs: dict[str, int], tau: float) -> None:
    for cell, (name, title) in zip(st.columns(4), _TITLES.items(), strict=True):
        certified = hits >= cutoffs[name]
        wrong = int((certified & (p <= tau)).sum())
        cell.metric(title, f"{int(certified.sum())} certified", f"{wrong} of them false", delta_arrow="off",
                    delta_color="inverse" if wrong else "off")  # fmt: skip


def _staircase(
    hits: NDArray[np.int64],
    p: NDArray[np.float64],
    n: int,
    cutoffs: dict[str, int],
    *,
    tau: float,
    alpha: float,
    budget: int,
    rank: int,
) -> None:
    order = np.argsort(-hits, kind="stable")
    values = engine.stats.p_value_table(n, tau)[hits[order]]
    total, ranks, k = len(hits), np.arange(1, len(hits) + 1), budget + 1
    certified, trap = hits[order] >= cutoffs["holm"], p[order] <= tau
    figure = go.Figure()
    for mask, name, colour, symbol in (
        (certified & ~trap, "certified (Holm)", BLUE, "circle"),
        (certified & trap, "certified, FALSE", RED, "x"),
        (~certified & ~trap, "abstain", BLUE, "circle-open"),
        (~certified & trap, "abstain, a trap", RED, "x-thin-open"),
    ):
        figure.add_scatter(
            x=ranks[mask], y=np.maximum(values[mask], _FLOOR), name=name, mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 8},
        )  # fmt: skip
    holm = alpha / (total + 1 - ranks)
    figure.add_scatter(x=ranks, y=holm, name="Holm α/(N+1−i)", line={"color": ORANGE, "width": 3, "shape": "hv"})
    if budget:
        levels = np.minimum(1.0, k * alpha / (total + k - np.maximum(ranks, k)))
        figure.add_scatter(
            x=ranks, y=levels, name=f"budget b = {budget}",
            line={"color": "#8E6BB0", "width": 3, "shape": "hv", "dash": "dash"},
        )  # fmt: skip
    figure.add_scatter(
        x=ranks, y=np.full(total, alpha / total), name="Bonferroni α/N", line={"color": GREY, "dash": "dot"}
    )
    guide(figure, f" i = {rank}", x=rank, dash="solid")
    figure.update_yaxes(type="log", exponentformat="power", range=[np.log10(max(_FLOOR, values.min() / 5)), 0.3])
    chart(figure, key="many_stairs", x="rank i of the p-value (smallest first)", y="p-value (log scale)", height=400)
    first_failure = np.flatnonzero(values > holm)
    stop = int(first_failure[0]) + 1 if len(first_failure) else total + 1
    value, level = values[rank - 1], holm[rank - 1]
    sign = "≤" if value <= level else ">"
    verdict = "**certified**" if rank < stop else f"**abstain**: the walk stopped at rank {stop}"
    if rank == stop:
        verdict = "**stop here**; this rank and all after it abstain"
    st.markdown(f"Rank {rank}: p-value {_short(value)} {sign} α/({total} + 1 − {rank}) = {_short(level)} → {verdict}.")


@st.cache_data(max_entries=64, show_spinner=False)
def _rows(
    components: int, n: int, tau: float, alpha: float, budget: int, traps: tuple[float, ...], seed: int
) -> list[engine.teaching.coins.FamilyRow]:
    p = np.asarray(traps)
    repetitions = max(100, min(500, _WORK // components))
    hits = engine.teaching.coins.draw_hits(p, n, repetitions, seed + 1)
    return engine.teaching.coins.family_errors(tuple(_TITLES), p, hits, n, tau=tau, alpha=alpha, budget=budget)


def _measured(p: NDArray[np.float64], n: int, *, tau: float, alpha: float, budget: int, seed: int) -> None:
    rows = _rows(len(p), n, tau, alpha, budget, tuple(p.tolist()), seed)
    st.markdown(
        f"**Measured.** The same picture, certified {rows[0].repetitions:,} times with fresh draws: how often did at "
        "least one false certificate appear (for the budget: more than b)? A simulation; bars are exact 99 % intervals."
    )
    figure = go.Figure()
    figure.add_bar(
        x=[f"{_TITLES[row.name]}<br><b>{percent(row.rate)}</b>" for row in rows],
        y=[row.rate for row in rows],
        marker_color=[RED if row.low > alpha else BLUE for row in rows],
        error_y={
            "type": "data", "symmetric": False, "thickness": 2, "width": 8, "color": GREY,
            "array": [row.high - row.rate for row in rows], "arrayminus": [row.rate - row.low for row in rows],
        },
        showlegend=False,
    )  # fmt: skip
    figure.add_hline(
        y=alpha, line_dash="dash", line_color=ORANGE, line_width=3, annotation_text=f"α = {alpha:g}, the promise"
    )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    chart(figure, key="many_measured", x="procedure", y="pictures with a broken promise", height=320)
    mean = " · ".join(f"{_TITLES[row.name]} {100 * row.certified:.1f} %" for row in rows)
    st.caption(f"Mean share of certified pixels: {mean}. Seed {plain(str(seed))}; independent pixels.")


def _short(value: float) -> str:
    return f"{value:.4f}" if value >= 0.001 else f"{value:.1e}"


LESSON = Lesson(name="pixels", title="Many pixels", show=show)
