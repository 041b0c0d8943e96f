"""Bonferroni: every test at level alpha / N."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Control, Correction, single_step


def level(components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - it has no budget
    """alpha / N."""
    return alpha / components


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:
    """Reject p <= alpha / N; see `CutoffRule`."""
    return single_step(p_values, level(int(histogram.sum()), alpha, budget))


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - one level for all
    """The same for every rank; see `level`."""
    return level(components, alpha, budget)


CORRECTION = Correction(
    name="bonferroni",
    title="Bonferroni",
    control=Control.FWER,
    needs="none, it holds under any dependence between components",
    summary="Divides alpha evenly over all components.",
    source="Fischer et al. 2021, section 5.2",
    cutoff=cutoff,
    threshold=threshold,
    level=level,
)
