"""Single-step k-FWER: every test at level k alpha / N, so that more than b = k - 1 errors are unlikely."""

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import BELOW_ONE, Control, Correction, single_step


def level(components: int, alpha: float, budget: int = 0) -> float:
    """k alpha / N with k = budget + 1, below 1."""
    return min(BELOW_ONE, (budget + 1) * alpha / components)


def cutoff(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0) -> int:
    """Reject p <= k alpha / N; see `CutoffRule`."""
    return single_step(p_values, level(int(histogram.sum()), alpha, budget))


def threshold(rank: int, components: int, alpha: float, budget: int = 0) -> float:  # noqa: ARG001 - one level for all
    """The same for every rank; see `level`."""
    return level(components, alpha, budget)


CORRECTION = Correction(
    name="k-single-step",
    title="k-FWER, single step",
    control=Control.K_FWER,
    needs="none, it holds under any dependence between components",
    summary="Bonferroni with an error budget b: all but at most b of the certified components hold.",
    source="Lehmann and Romano 2005, Theorem 2.1; Fischer et al. 2021, section 5.2 and appendix A.2",
    cutoff=cutoff,
    threshold=threshold,
    level=level,
    budgeted=True,
)
