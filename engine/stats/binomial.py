"""Exact binomial statistics of one component: NumPy and SciPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.core.errors import InvalidSetting


def p_value_table(draws: int, tau: float) -> NDArray[np.float64]:
    """p-values of H: p <= tau for every possible number of hits.

    Returns float64 (draws+1,): entry k is P(Bin(draws, tau) >= k), the chance of k or more hits at the edge of H. It is
    non-increasing in k and never computed per component. Source: Fischer et al. 2021, Algorithm 2.
    """
    return np.asarray(stats.binom.sf(np.arange(-1, draws), draws, tau), dtype=np.float64)


def lower_tail_table(n: int, tau: float) -> NDArray[np.float64]:
    """P(Bin(n, tau) <= k) for k = 0..n, float64 (n+1,): small values speak against p >= tau."""
    return np.asarray(stats.binom.cdf(np.arange(0, n + 1), n, tau), dtype=np.float64)


def upper_bound(errors: int, trials: int, confidence: float) -> float:
    """Exact (Clopper-Pearson) one-sided upper confidence bound of a probability, for measured error rates."""
    return 1.0 if errors >= trials else float(stats.beta.ppf(confidence, errors + 1, trials - errors))


def lower_bound(errors: int, trials: int, confidence: float) -> float:
    """The one-sided lower bound to `upper_bound`, rounded down."""
    return float(lower_bounds(np.array([errors]), trials, 1.0 - confidence)[0])


def interval(errors: int, trials: int, confidence: float) -> tuple[float, float]:
    """The two-sided Clopper-Pearson interval of a probability. Raises InvalidSetting unless 0 <= errors <= trials."""
    if not 0 <= errors <= trials or trials < 1:
        raise InvalidSetting(f"need 0 <= errors <= trials and trials >= 1, got {errors} of {trials}")
    one_sided = 0.5 * (1.0 + confidence)
    return lower_bound(errors, trials, one_sided), upper_bound(errors, trials, one_sided)


def lower_bounds(hits: NDArray[np.int64], draws: int, level: float) -> NDArray[np.float64]:
    """Clopper-Pearson lower confidence bounds of p at confidence 1 - level, float64 like `hits`, rounded down."""
    k = hits.astype(np.float64)
    bounds = stats.beta.ppf(level, np.maximum(k, 1.0), draws - k + 1.0)
    return np.where(hits > 0, bounds * (1.0 - 1e-10), 0.0)
