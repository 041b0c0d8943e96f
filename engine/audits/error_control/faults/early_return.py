"""Fault 5: a component ends as soon as it looks certain, at an uncorrected level."""

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import BATCH, TOLERANCE, Draws
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge
from engine.stats.binomial import p_value_table


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Certified is what has a p-value of at most alpha after any batch."""
    certified = np.zeros(draws.top.shape, dtype=bool)
    for done, hits in draws.running_hits():
        if done % BATCH == 0:
            certified |= p_value_table(done, judge.tau)[hits] <= judge.alpha
    return np.asarray((certified & (draws.p <= judge.tau + TOLERANCE)).any(axis=1))


FAULT = Fault(
    number=5,
    name="early-return",
    title="Stopping as soon as a pixel looks certain",
    explanation="After every batch a pixel is certified if its fixed-n p-value is below α, uncorrected. Looking often "
    "enough, something always is.",
    model=PLAIN.name,
    settings=HOLM,
    repetitions=500,
    shows=in_draws(PLAIN, breaks),
)
