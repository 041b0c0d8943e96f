"""Benjamini and Hochberg: controls a mean share of errors, which is no robustness certificate."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Control, Correction, step_up


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:  # noqa: ARG001
    """Reject the R smallest p-values, R the largest rank with p <= R alpha / N; see `CutoffRule`."""
    return step_up(histogram, p_values, alpha)


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - it has no budget
    """rank alpha / N."""
    return rank * alpha / components


CORRECTION = Correction(
    name="fdr-bh",
    title="Benjamini-Hochberg (FDR, not a certificate)",
    control=Control.FDR,
    needs="independent or positively regression dependent components, which nobody has checked here",
    summary="Keeps the mean share of false ones small. NOT a robustness certificate: any single one may be false.",
    source="Benjamini and Hochberg 1995",
    cutoff=cutoff,
    threshold=threshold,
    step_up=True,
    assumes=True,
    stoppable=False,
)
