"""Holm's step-down procedure: at least as strong as Bonferroni under the same assumptions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Correction


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float) -> int:
    """Step down through alpha/N, alpha/(N-1), ..., alpha and stop at the first failure; see `CutoffRule`.

    Components with equal hits have equal p-values, and the level only rises from one to the next: a group passes
    whole if its first member passes at alpha / (N - rejected before it).
    """
    remaining = int(histogram.sum())
    rejected_from = len(p_values)
    for hits in range(len(p_values) - 1, -1, -1):
        if histogram[hits] == 0:
            continue
        if p_values[hits] * remaining > alpha:
            break
        rejected_from = hits
        remaining -= int(histogram[hits])
    return rejected_from


CORRECTION = Correction(
    name="holm",
    title="Holm",
    controls="family-wise error rate: P(at least one false certificate) <= alpha",
    needs="none, it holds under any dependence between components",
    summary="Bonferroni that relaxes its level with every component it certifies; never certifies less.",
    source="Holm 1979; Fischer et al. 2021, section 5.2",
    cutoff=cutoff,
)
