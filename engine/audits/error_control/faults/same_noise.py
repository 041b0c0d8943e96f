"""Fault 1: the same noise for a whole batch."""

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import BATCH, Draws
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge, errors


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """The answers to the first draw of every batch, counted BATCH times."""
    first = np.arange(len(draws.outcomes)) // BATCH * BATCH
    return errors([judge], draws.with_outcomes(draws.outcomes[first]))[judge]


FAULT = Fault(
    number=1,
    name="same-noise",
    title="The same noise for a whole batch",
    explanation="A stale loop variable adds one noise to every sample of a batch. Ten equal answers are counted as ten "
    "independent ones, so chance alone looks like certainty.",
    model=PLAIN.name,
    settings=HOLM,
    repetitions=500,
    shows=in_draws(PLAIN, breaks),
)
