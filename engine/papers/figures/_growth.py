"""Figures 2c and 5b: SegCertify as the number of components grows, with n as printed and with a tenth of it."""

import time
from collections.abc import Callable, Mapping, Sequence

from engine.core.progress import Cancel, Progress
from engine.papers.figures._oracle import Oracle
from engine.papers.figures._sweeps import SIZE_AXIS, SIZES, over_components, result_of, settings_of
from engine.papers.figures.base import ExperimentResult, Finding, Quality, Series, Steps

PRINTED, FEWER = 1000, 100
_RULES = {"Holm": ("holm", 0.0), "Bonferroni": ("bonferroni", 0.0)}


def label(rule: str, n: int) -> str:
    return f"SegCertify, {rule}, n = {n}"


def growth_figure(
    name: str, judge: Callable[[Mapping[str, Series]], Sequence[Finding]], *, smooth: bool,
    seed: int, quality: Quality, progress: Progress, cancelled: Cancel,
) -> ExperimentResult:  # fmt: skip
    """gamma = 0.05 on all components, alpha = 0.1, n0 = n, N from 100 to a million."""
    started = time.perf_counter()
    steps = Steps(2 * SIZES.size, progress, cancelled)
    curves: dict[str, Series] = {}
    for n in (FEWER, PRINTED):
        oracle = Oracle(components=0, bad=0, gamma=0.05, n0=n, n=n, alpha=0.1)
        rules = {label(rule, n): entry for rule, entry in _RULES.items()}
        curves |= over_components(oracle, rules, seed=seed, quality=quality, steps=steps)
    settings = settings_of(oracle, "components") | {"n0": [FEWER, PRINTED], "n": [FEWER, PRINTED]}
    return result_of(
        name, curves, judge(curves), settings=settings, x_label=SIZE_AXIS,
        seed=seed, quality=quality, started=started, smooth=smooth,
    )  # fmt: skip
