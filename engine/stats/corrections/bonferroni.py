"""Bonferroni: every test at level alpha / N."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Correction


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float) -> int:
    """Reject p <= alpha / N; see `CutoffRule`."""
    passed = p_values * int(histogram.sum()) <= alpha
    return int(np.argmax(passed)) if passed.any() else len(p_values)


CORRECTION = Correction(
    name="bonferroni",
    title="Bonferroni",
    controls="family-wise error rate: P(at least one false certificate) <= alpha",
    needs="none, it holds under any dependence between components",
    summary="Divides alpha evenly over all components.",
    source="Fischer et al. 2021, section 5.2",
    cutoff=cutoff,
)
