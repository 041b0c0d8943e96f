"""Exact binomial statistics of one component: NumPy and SciPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def p_value_table(n: int, tau: float) -> NDArray[np.float64]:
    """p-values of H: p <= tau for every possible number of hits.

    Returns float64 (n+1,): entry k is P(Bin(n, tau) >= k), the chance of k or more hits at the edge of H. It is
    non-increasing in k and never computed per component. Source: Fischer et al. 2021, Algorithm 2.
    """
    return np.asarray(stats.binom.sf(np.arange(-1, n), n, tau), dtype=np.float64)


def lower_tail_table(n: int, tau: float) -> NDArray[np.float64]:
    """P(Bin(n, tau) <= k) for k = 0..n, float64 (n+1,): small values speak against p >= tau."""
    return np.asarray(stats.binom.cdf(np.arange(0, n + 1), n, tau), dtype=np.float64)


def upper_bound(errors: int, trials: int, confidence: float) -> float:
    """Exact (Clopper-Pearson) one-sided upper confidence bound of a probability, for measured error rates."""
    return 1.0 if errors >= trials else float(stats.beta.ppf(confidence, errors + 1, trials - errors))
