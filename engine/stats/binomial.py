"""Exact binomial statistics of one component: NumPy and SciPy only."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.core.errors import InvalidSetting


def p_value_table(draws: int, tau: float) -> NDArray[np.float64]:
    """p-values of H: p <= tau for every possible number of hits.

    Returns float64 (draws+1,): entry k is P(Bin(draws, tau) >= k), the chance of k or more hits at the edge of H. It is
    non-increasing in k and never computed per component. Source: Fischer et al. 2021, Algorithm 2.

    >>> p_value_table(2, 0.5).round(9).tolist()  # of no hit, one hit and two
    [1.0, 0.75, 0.25]
    """
    return np.asarray(stats.binom.sf(np.arange(-1, draws), draws, tau), dtype=np.float64)


def lower_tail_table(n: int, tau: float) -> NDArray[np.float64]:
    """P(Bin(n, tau) <= k) for k = 0..n, float64 (n+1,): small values speak against p >= tau."""
    return np.asarray(stats.binom.cdf(np.arange(0, n + 1), n, tau), dtype=np.float64)


def upper_bound(errors: int, trials: int, confidence: float) -> float:
    """Exact (Clopper-Pearson) one-sided upper confidence bound of a probability, for measured error rates.

    Raises InvalidSetting unless 0 <= errors <= trials, trials >= 1 and confidence lies in (0, 1).

    >>> round(upper_bound(0, 20, 0.95), 4), round(1 - 0.05 ** (1 / 20), 4)  # where (1 - p)^20 is as small as 5 %
    (0.1391, 0.1391)
    """
    _check(errors, trials, confidence)
    return 1.0 if errors >= trials else float(stats.beta.ppf(confidence, errors + 1, trials - errors))


def upper_bounds(hits: NDArray[np.int64], draws: int, level: float) -> NDArray[np.float64]:
    """Clopper-Pearson upper confidence bounds of p at confidence 1 - level, float64 like `hits`, rounded up."""
    k = hits.astype(np.float64)
    bounds = stats.beta.isf(level, k + 1.0, np.maximum(draws - k, 1.0))
    return np.where(hits < draws, np.minimum(bounds * (1.0 + 1e-10), 1.0), 1.0)


def lower_bound(errors: int, trials: int, confidence: float) -> float:
    """The one-sided lower bound to `upper_bound`, rounded down. Raises as that. Source: Clopper & Pearson 1934.

    >>> round(lower_bound(20, 20, 0.95), 4), round(0.05 ** (1 / 20), 4)  # where p^20 is as small as 5 %
    (0.8609, 0.8609)
    """
    _check(errors, trials, confidence)
    return float(lower_bounds(np.array([errors]), trials, 1.0 - confidence)[0])


def interval(errors: int, trials: int, confidence: float) -> tuple[float, float]:
    """The two-sided Clopper-Pearson interval of a probability, for `errors` in so many independent `trials`.

    Raises as `upper_bound`. Source: Clopper & Pearson 1934.

    >>> low, high = interval(0, 20, 0.95)
    >>> low, round(high, 4), round(1 - 0.025 ** (1 / 20), 4)  # where (1 - p)^20 is as small as 2.5 %
    (0.0, 0.1684, 0.1684)
    """
    _check(errors, trials, confidence)
    one_sided = 0.5 * (1.0 + confidence)
    return lower_bound(errors, trials, one_sided), upper_bound(errors, trials, one_sided)


def lower_bounds(hits: NDArray[np.int64], draws: int, level: float) -> NDArray[np.float64]:
    """Clopper-Pearson lower confidence bounds of p at confidence 1 - level, float64 like `hits`, rounded down."""
    k = hits.astype(np.float64)
    bounds = stats.beta.ppf(level, np.maximum(k, 1.0), draws - k + 1.0)
    return np.where(hits > 0, bounds * (1.0 - 1e-10), 0.0)


def _check(errors: int, trials: int, confidence: float) -> None:
    if not 0 <= errors <= trials or trials < 1:
        raise InvalidSetting(f"need 0 <= errors <= trials and trials >= 1, got {errors} of {trials}")
    if not 0.0 < confidence < 1.0:
        raise InvalidSetting(f"confidence must lie in (0, 1), got {confidence!r:.40}")
