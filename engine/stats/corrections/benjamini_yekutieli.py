"""Benjamini and Yekutieli: the false discovery rate under any dependence; no robustness certificate either."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Control, Correction, step_up


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:  # noqa: ARG001
    """Benjamini-Hochberg at alpha / (1 + 1/2 + ... + 1/N); see `CutoffRule`."""
    return step_up(histogram, p_values, alpha / _harmonic(int(histogram.sum())))


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - it has no budget
    """rank alpha / (N (1 + 1/2 + ... + 1/N))."""
    return rank * alpha / (components * _harmonic(components))


def _harmonic(components: int) -> float:
    return float(np.sum(1.0 / np.arange(1, components + 1)))


CORRECTION = Correction(
    name="fdr-by",
    title="Benjamini-Yekutieli (FDR, not a certificate)",
    control=Control.FDR,
    needs="none, it holds under any dependence between components",
    summary="Benjamini-Hochberg for any dependence. NOT a robustness certificate: any single one may be false.",
    source="Benjamini and Yekutieli 2001",
    cutoff=cutoff,
    threshold=threshold,
    step_up=True,
)
