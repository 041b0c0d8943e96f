"""Fault 2: wrong levels in the step-down procedure with an error budget."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import Draws
from engine.audits.error_control.faults._plain import HOLM
from engine.audits.error_control.faults.base import Fault, false_beyond, in_draws
from engine.audits.error_control.judges import Judge
from engine.audits.error_control.models import AT_TAU, FACTOR, Scenario
from engine.stats.corrections.base import BELOW_ONE

SCENARIO = Scenario(dependence=FACTOR, pattern=AT_TAU)


def wrong_levels(components: int, alpha: float, k: int) -> NDArray[np.float64]:
    """The published mistake: k alpha / (N + 1 - i) at rank i, float64 (components,)."""
    return np.minimum(BELOW_ONE, k * alpha / (components + 1 - np.arange(1, components + 1)))


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Step down through those levels."""
    levels = wrong_levels(draws.pixels, judge.alpha, judge.tolerated(draws.pixels) + 1)
    return false_beyond(draws, judge, levels, step_up=False)


FAULT = Fault(
    number=2,
    name="wrong-k-levels",
    title="Wrong levels in the step-down k-FWER",
    explanation="Rank i is tested at kα/(N+1-i) instead of kα/(N+k-i). It shows where all N pixels may be false but "
    "one (k = N) and their errors come together.",
    model=SCENARIO.name,
    settings=replace(HOLM, alpha=0.2, correction="k-step-down", budget=FACTOR.pixels - 1),
    repetitions=2000,
    shows=in_draws(SCENARIO, breaks),
)
