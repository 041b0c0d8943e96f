"""Fault 8: the clean input counted as the first draw."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import Draws
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge, errors


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Draw 0 answered from the clean image."""
    outcomes = np.concatenate([draws.clean[None], draws.outcomes[1:]])
    return errors([judge], draws.with_outcomes(outcomes))[judge]


FAULT = Fault(
    number=8,
    name="clean-draw",
    title="The clean image counted as draw 0",
    explanation="The model's answer without noise is counted as the first noisy one. It is a hit for nothing, which "
    "weighs a factor 1/τ.",
    model=PLAIN.name,
    settings=replace(HOLM, tau=0.6, n0=101, n=10),
    repetitions=1000,
    shows=in_draws(PLAIN, breaks),
)
