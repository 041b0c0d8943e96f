"""Holm's step-down procedure: at least as strong as Bonferroni under the same assumptions."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Control, Correction


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:  # noqa: ARG001
    """Step down through alpha/N, alpha/(N-1), ..., alpha and stop at the first failure; see `CutoffRule`.

    Components with equal hits have equal p-values, and the level only rises from one to the next: a group passes
    whole if its first member passes at alpha / (N - rejected before it).
    """
    remaining = int(histogram.sum())
    rejected_from = len(p_values)
    for hits in np.flatnonzero(histogram)[::-1]:
        if p_values[hits] > alpha / remaining:
            break
        rejected_from = int(hits)
        remaining -= int(histogram[hits])
    return rejected_from


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - it has no budget
    """alpha / (N + 1 - rank)."""
    return alpha / (components + 1 - rank)


CORRECTION = Correction(
    name="holm",
    title="Holm",
    control=Control.FWER,
    needs="none, it holds under any dependence between components",
    summary="Bonferroni that relaxes its level with every component it certifies; never certifies less.",
    source="Holm 1979; Fischer et al. 2021, section 5.2",
    cutoff=cutoff,
    threshold=threshold,
)
