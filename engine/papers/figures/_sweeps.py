"""The two sweeps that all figures are made of: over the error rate gamma, and over the number of components N."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, Progress
from engine.core.version import VERSION
from engine.papers.figures._oracle import Oracle, draw_histograms, indiv_class, joint_class, seg_certify
from engine.papers.figures.base import ExperimentResult, Finding, Quality, Series, Steps
from engine.stats.corrections.base import tolerated

HOLM, BONFERRONI, INDIV, JOINT = "SegCertify, Holm", "SegCertify, Bonferroni", "IndivClass", "JointClass"
METHODS = (HOLM, BONFERRONI, INDIV, JOINT)

GAMMAS = np.arange(101) / 1000.0
SIZES = np.unique(np.round(10.0 ** np.linspace(2.0, 6.0, 41)).astype(np.int64))

GAMMA_AXIS = "γ, error rate (5γ on the bad component)"
SIZE_AXIS = "N, number of components"
MARKS = ((0.05, "bad component at τ"),)
RATE_AXIS = "share of components certified"

Judge = Callable[[Mapping[str, Series]], Sequence[Finding]]


def over_gamma(
    oracle: Oracle, methods: Sequence[str], *, seed: int, quality: Quality, steps: Steps
) -> dict[str, Series]:
    """Each method's mean rate at every gamma from 0 to 0.1 in steps of 0.001; the same draws for all methods."""
    rows = []
    for index, gamma in enumerate(GAMMAS):
        rows.append(_rates(replace(oracle, gamma=float(gamma)), methods, quality, _generator(seed, index)))
        steps.done()
    return {name: _series(name, GAMMAS, [row[name] for row in rows]) for name in methods}


def over_components(
    oracle: Oracle, rules: Mapping[str, tuple[str, float]], *, seed: int, quality: Quality, steps: Steps
) -> dict[str, Series]:
    """SegCertify's mean rate at every N from 100 to a million, 10 per decade; the same draws for all rules.

    rules: for each name to draw, a correction and its error budget: a number of errors, or below 1 a share of N.
    """
    rows = []
    for index, size in enumerate(SIZES):
        here = replace(oracle, components=int(size))
        histograms = draw_histograms(here, quality.repetitions, _generator(seed, index))
        rows.append(
            {
                name: seg_certify(histograms, here, rule, tolerated(budget, int(size)))
                for name, (rule, budget) in rules.items()
            }
        )
        steps.done()
    return {name: _series(name, SIZES.astype(np.float64), [row[name] for row in rows]) for name in rules}


def result_of(
    name: str, curves: Mapping[str, Series], findings: Sequence[Finding], *,
    settings: Mapping[str, Any], x_label: str, seed: int, quality: Quality, started: float, smooth: bool,
) -> ExperimentResult:  # fmt: skip
    """Put together what a figure found. started: `time.perf_counter()` at its beginning."""
    drawn = [curve.smoothed() if smooth else curve for curve in curves.values()]
    return ExperimentResult(
        name=name,
        x_label=x_label,
        y_label=RATE_AXIS,
        x_log=x_label == SIZE_AXIS,
        series=tuple(drawn),
        findings=tuple(findings),
        settings=settings,
        seed=seed,
        quality=quality,
        seconds=time.perf_counter() - started,
        version=VERSION,
    )


def gamma_figure(
    name: str, draws: int, judge: Judge, *, smooth: bool,
    seed: int, quality: Quality, progress: Progress, cancelled: Cancel,
) -> ExperimentResult:  # fmt: skip
    """Figures 2a, 2b and 5a: all methods over gamma, N = 100 with one bad component, n0 = n = `draws`."""
    started = time.perf_counter()
    oracle = Oracle(components=100, bad=1, gamma=0.0, n0=draws, n=draws, alpha=0.001)
    steps = Steps(GAMMAS.size, progress, cancelled)
    curves = over_gamma(oracle, METHODS, seed=seed, quality=quality, steps=steps)
    return result_of(
        name, curves, judge(curves), settings=settings_of(oracle, "gamma"), x_label=GAMMA_AXIS,
        seed=seed, quality=quality, started=started, smooth=smooth,
    )  # fmt: skip


def settings_of(oracle: Oracle, swept: str) -> dict[str, Any]:
    """What was held fixed, for the record."""
    names = ("components", "bad", "gamma", "n0", "n", "alpha", "tau")
    return {name: getattr(oracle, name) for name in names if name != swept}


def _rates(
    oracle: Oracle, methods: Sequence[str], quality: Quality, generator: np.random.Generator
) -> dict[str, float]:
    histograms = draw_histograms(oracle, quality.repetitions, generator)
    made = {
        HOLM: lambda: seg_certify(histograms, oracle, "holm"),
        BONFERRONI: lambda: seg_certify(histograms, oracle, "bonferroni"),
        INDIV: lambda: indiv_class(histograms, oracle),
        JOINT: lambda: joint_class(oracle, quality.repetitions, generator),
    }
    return {name: made[name]() for name in methods}


def _generator(seed: int, index: int) -> np.random.Generator:
    """Independent noise for every point. Raises InvalidSetting for a seed outside its bound."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not BOUNDS["seed"].contains(seed):
        raise InvalidSetting(f"seed must be a whole number in {BOUNDS['seed']}, got {seed!r:.40}")
    return np.random.default_rng([seed, index])


def _series(name: str, x: np.ndarray, rates: Sequence[float]) -> Series:
    raw = np.asarray(rates, dtype=np.float64)
    return Series(name=name, x=x, raw=raw, y=raw)
