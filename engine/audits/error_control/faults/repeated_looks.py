"""Fault 18: confidence bounds for a fixed n, looked at after every batch, the run ended when it suits."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import BATCH, TOLERANCE, Draws
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge
from engine.stats.binomial import lower_bounds


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Clopper-Pearson bounds at level alpha / N after every batch, one of them above its p at some look."""
    broken, limits = np.zeros(draws.families, dtype=bool), np.maximum(draws.p, 0.5) + TOLERANCE
    for done, hits in draws.running_hits():
        if done % BATCH == 0:
            bounds = lower_bounds(np.arange(done + 1), done, judge.alpha / draws.pixels)
            broken |= (bounds[hits] > limits).any(axis=1)
    return broken


FAULT = Fault(
    number=18,
    name="repeated-looks",
    title="Clopper-Pearson, looked at after every batch",
    explanation="Bounds that hold after a number of draws fixed before are computed after every batch, at the same α, "
    "and the run ends when they please. Corrected for the pixels, not for the looks.",
    model=PLAIN.name,
    settings=replace(HOLM, mode="free", correction="bonferroni"),
    repetitions=500,
    shows=in_draws(PLAIN, breaks),
)
