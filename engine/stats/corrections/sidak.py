"""Sidak: a little more than Bonferroni, for components that are independent or positively dependent."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Control, Correction, single_step


def level(components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - it has no budget
    """1 - (1 - alpha)^(1/N), without losing digits for large N."""
    return -math.expm1(math.log1p(-alpha) / components)


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:
    """Reject p <= 1 - (1 - alpha)^(1/N); see `CutoffRule`."""
    return single_step(p_values, level(int(histogram.sum()), alpha, budget))


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - one level for all
    """The same for every rank; see `level`."""
    return level(components, alpha, budget)


CORRECTION = Correction(
    name="sidak",
    title="Šidák",
    control=Control.FWER,
    needs="independent or positively orthant dependent components: answers of one network need not be, so this is an "
    "assumption that nobody has checked",
    summary="Like Bonferroni with a slightly larger level; sound only under an assumption on the dependence.",
    source="Šidák 1967; Fischer et al. 2021, section 5.2",
    cutoff=cutoff,
    threshold=threshold,
    assumes=True,
    level=level,
)
