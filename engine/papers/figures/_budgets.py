"""Figures 6a and 6b: what a tolerated number of false certificates buys."""

import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.core.progress import Cancel, Progress
from engine.papers.figures._judge import percent
from engine.papers.figures._oracle import Oracle, draw_histograms, seg_certify
from engine.papers.figures._sweeps import SIZE_AXIS, SIZES, over_components, result_of, settings_of
from engine.papers.figures.base import ExperimentResult, Finding, Quality, Series, Steps

NONE, ONE, PERMILLE, PERCENT = "b = 0 (Holm)", "b = 1", "b = 0.1 % of N", "b = 1 % of N"
_RULES = {
    NONE: ("holm", 0.0),
    ONE: ("k-step-down", 1.0),
    PERMILLE: ("k-step-down", 0.001),
    PERCENT: ("k-step-down", 0.01),
}
_MOST, _CLEAR = int(SIZES[-1]), 0.05
_NEARBY = range(90, 111)
SETTING = (
    "γ = 0.05, one component with 5γ (exactly at τ = 0.75), N from 100 to 1,000,000 (10 points per decade, "
    "unsmoothed). The paper does not print n here; n₀ = n = 100 is used, since with 1000 draws nearly "
    "every component passes without a budget."
)
READING = (
    "A budget b allows b false certificates: the promise becomes “with probability 1 − α at most b of the certified "
    "components are wrong”. That is weaker than b = 0, which allows none. The curves show what the weaker promise "
    "buys. Shares of N are rounded down, so 0.1 % of fewer than 1,000 components is no budget at all."
)
PUBLISHED = (
    "One tolerated error gives a huge gain in power at N = 1,000,000.",
    "Tolerating 1 ‰ or 1 % of the components strengthens the method greatly.",
)


def budget_figure(
    name: str, alpha: float, *, seed: int, quality: Quality, progress: Progress, cancelled: Cancel
) -> ExperimentResult:
    """Four budgets over N at one alpha, all on the same draws."""
    started = time.perf_counter()
    oracle = Oracle(components=0, bad=1, gamma=0.05, n0=100, n=100, alpha=alpha)
    steps = Steps(SIZES.size, progress, cancelled)
    curves = over_components(oracle, _RULES, seed=seed, quality=quality, steps=steps)
    findings = (
        _one_error(curves, oracle, seed),
        *(_share(curves, name) for name in (PERMILLE, PERCENT)),
        _order(curves),
    )
    return result_of(
        name, curves, findings, settings=settings_of(oracle, "components"), x_label=SIZE_AXIS,
        seed=seed, quality=quality, started=started, smooth=False,
    )  # fmt: skip


def _one_error(curves: Mapping[str, Series], oracle: Oracle, seed: int) -> Finding:
    none, one = curves[NONE].at(_MOST), curves[ONE].at(_MOST)
    low, high = _gains_nearby(oracle, seed)
    return Finding(
        statement="A single tolerated error helps much at a million components.",
        published="A huge gain in power.",
        measured=f"From {percent(none)} to {percent(one)} with n = {oracle.n}. It hangs on n, since hits are whole "
        f"numbers: for n from {_NEARBY[0]} to {_NEARBY[-1]} the gain lies between {100 * low:.1f} and "
        f"{100 * high:.1f} percentage points.",
        holds=one - none > _CLEAR,
    )


def _gains_nearby(oracle: Oracle, seed: int) -> tuple[float, float]:
    """The smallest and largest gain of b = 1 over b = 0 for n close by; one draw is enough at a million components."""
    gains = []
    for n in _NEARBY:
        here = replace(oracle, components=_MOST, n0=n, n=n)
        histograms = draw_histograms(here, 4, np.random.default_rng([seed, SIZES.size + n]))
        gains.append(seg_certify(histograms, here, "k-step-down", 1) - seg_certify(histograms, here, "holm"))
    return min(gains), max(gains)


def _share(curves: Mapping[str, Series], name: str) -> Finding:
    none, with_budget = curves[NONE].at(_MOST), curves[name].at(_MOST)
    return Finding(
        statement=f"A budget of {name.removeprefix('b = ')} helps greatly.",
        published="Strengthens the method greatly.",
        measured=f"At a million components: from {percent(none)} to {percent(with_budget)}.",
        holds=with_budget - none > _CLEAR,
    )


def _order(curves: Mapping[str, Series]) -> Finding:
    order = (NONE, ONE, PERMILLE, PERCENT)
    enough = curves[NONE].x >= 1000.0  # below, 0.1 % of N is less than one error
    sorted_ = all((curves[low].raw[enough] <= curves[high].raw[enough]).all() for low, high in pairwise(order))
    return Finding(
        statement="More budget never certifies less.",
        published="Larger budgets give more power.",
        measured="At every N from 1,000 on: 0 ≤ 1 ≤ 0.1 % ≤ 1 %." if sorted_ else "Violated somewhere.",
        holds=sorted_,
    )
