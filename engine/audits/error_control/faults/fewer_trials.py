"""Fault 3: hits of n draws tested against n - n0 trials."""

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import Draws
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge, Look, Truth, broken


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """All hits, judged as if there had been n0 draws less."""
    trials = draws.settings.n - draws.settings.n0
    look = Look(trials, np.minimum(draws.hits(), trials).astype(np.uint8))
    return broken(judge, look, Truth(draws.p), np.zeros(draws.families))[0]


FAULT = Fault(
    number=3,
    name="fewer-trials",
    title="Hits of n draws tested against n - n0 trials",
    explanation="The selection draws are taken off the number of trials but not off the hits, so hits are made from "
    "nothing.",
    model=PLAIN.name,
    settings=HOLM,
    repetitions=500,
    shows=in_draws(PLAIN, breaks),
)
