"""Lehmann and Romano's step-down k-FWER procedure: Holm with an error budget b = k - 1."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import BELOW_ONE, Control, Correction


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:
    """k alpha / N up to rank k = budget + 1, k alpha / (N + k - rank) after.

    Published code has k alpha / (N + 1 - rank) here, whose error reaches 2 alpha (N = 4, k = 2).
    """
    k = budget + 1
    return min(BELOW_ONE, k * alpha / (components + k - max(rank, k)))


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:
    """Step down and stop at the first failure; see `CutoffRule`.

    Levels never fall from one rank to the next, so a group of equal p-values passes whole if its first member does.
    """
    components = int(histogram.sum())
    rejected, rejected_from = 0, len(p_values)
    for hits in np.flatnonzero(histogram)[::-1]:
        if p_values[hits] > threshold(rejected + 1, components, alpha, budget):
            break
        rejected_from = int(hits)
        rejected += int(histogram[hits])
    return rejected_from


CORRECTION = Correction(
    name="k-step-down",
    title="k-FWER, step down (Lehmann-Romano)",
    control=Control.K_FWER,
    needs="none, it holds under any dependence between components",
    summary="Holm with an error budget b: all but at most b of the certified components hold. b = 0 is Holm.",
    source="Lehmann and Romano 2005, Theorem 2.2; Fischer et al. 2021, section 5.2 and appendix A.2",
    cutoff=cutoff,
    threshold=threshold,
    budgeted=True,
)
