"""Fault 6: Holm without the stop at the first failure."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import Draws
from engine.audits.error_control.faults._plain import HOLM
from engine.audits.error_control.faults.base import Fault, false_beyond, in_draws
from engine.audits.error_control.judges import Judge
from engine.audits.error_control.models import AT_TAU, EXCLUSIVE, Scenario

SCENARIO = Scenario(dependence=EXCLUSIVE, pattern=AT_TAU)


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Holm's levels, rank by rank: a later rank that passes takes all before it along."""
    return false_beyond(draws, judge, judge.alpha / np.arange(draws.pixels, 0, -1), step_up=True)


FAULT = Fault(
    number=6,
    name="no-stop",
    title="Holm without the stop",
    explanation="The p-values are compared rank by rank, but a failure does not end it. That is unsound where pixels "
    "exclude each other.",
    model=SCENARIO.name,
    settings=replace(HOLM, tau=0.6, n0=101, n=39, alpha=0.497),
    repetitions=5000,
    shows=in_draws(SCENARIO, breaks),
)
