"""Fault 14: Holm's levels used for simultaneous confidence bounds."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import TOLERANCE, Draws
from engine.audits.error_control.faults._plain import HOLM
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge
from engine.audits.error_control.models import INDEPENDENT, SPREAD, Scenario
from engine.stats.binomial import lower_bounds

SCENARIO = Scenario(dependence=INDEPENDENT, pattern=SPREAD)


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Clopper-Pearson bounds at level alpha / (N + 1 - i) for the pixel of i-th most hits, one of them above its p.

    Holm stops at the first rank that fails, and the first false one has at most as many null hypotheses behind it as
    its level allows for. Bounds make a claim about every pixel, with no such stop: the levels have to sum to alpha.
    """
    hits, pixels = draws.hits(), draws.pixels
    counts, n = np.arange(draws.settings.n + 1), draws.settings.n
    table = np.stack([lower_bounds(counts, n, judge.alpha / (pixels - before)) for before in range(pixels)])
    rank = np.argsort(np.argsort(-hits.astype(np.int64), axis=1, kind="stable"), axis=1)
    bounds = table[rank, hits]
    return np.asarray((bounds > np.maximum(draws.p, 0.5) + TOLERANCE).any(axis=1))


FAULT = Fault(
    number=14,
    name="holm-bounds",
    title="Holm's levels for confidence bounds",
    explanation="Lower bounds for every τ at once are computed at Holm's levels, α/N for the pixel of most hits and α "
    "for the one of fewest, because Holm beats Bonferroni. It does so by stopping, and bounds do not stop.",
    model=SCENARIO.name,
    settings=replace(HOLM, n=250, mode="explore", correction="bonferroni"),
    repetitions=1000,
    shows=in_draws(SCENARIO, breaks),
)
