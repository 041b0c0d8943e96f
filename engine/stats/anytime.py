"""Tests and bounds that may be looked at after every draw: a binomial e-process and its confidence sequence.

After t draws with k hits, E_t(tau) is the mean over q in (tau, 1] of (q/tau)^k ((1-q)/(1-tau))^(t-k) under a fixed
density. If the true probability is at most tau, every likelihood ratio in it is a nonnegative supermartingale from 1,
so E_t ever reaches 1/level with probability at most level (Ville). Hence min(1, 1/E_t) is a p-value at any stopping
time, however the stop was chosen.

The density is that of q = tau + u (1 - tau) with u ~ Beta(1, SHAPE): then the u-mean is over
(1 + u (1-tau)/tau)^k (1-u)^(t-k), which falls strictly in tau for k > 0 whatever u is. So {tau : E_t(tau) >= 1/level}
is an interval from 0, its end is a lower confidence bound for the true probability, valid at all times at once, and
the test at any tau, chosen whenever, agrees with the bound.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

SHAPE = 0.5
"""Below 1 it bets on probabilities near 1, where most components of a usable model are. It was fixed once, from
binomial power alone, and must never depend on the data."""

_ROUNDING = 1e-9  # log E is lowered by this relative to the largest of its terms, more than their rounding errors
_BISECTIONS = 52


def log_e_values(hits: NDArray[np.int64], draws: int, tau: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """log E_t(tau), rounded down, for int64 `hits` of `draws`; `tau` in (0, 1) broadcasts against them."""
    k, misses = hits.astype(np.float64), draws - hits.astype(np.float64)
    log_tau, log_rest = np.log(tau), np.log1p(-np.asarray(tau))
    with np.errstate(divide="ignore"):  # hits far below tau: the incomplete beta function vanishes, E is 0
        log_tail = np.log(special.betaincc(k + 1.0, misses + SHAPE, tau))
    log_beta = special.betaln(k + 1.0, misses + SHAPE)
    likelihood = k * log_tau + misses * log_rest
    rounding = _ROUNDING * (1.0 + np.abs(log_beta) + np.abs(likelihood))
    return np.asarray(np.log(SHAPE) - SHAPE * log_rest + log_beta + log_tail - likelihood - rounding)


def anytime_p_value_table(draws: int, tau: float) -> NDArray[np.float64]:
    """p-values of H: p <= tau after `draws` draws for every number of hits, float64 (draws+1,), non-increasing.

    Each is valid at any stopping time. Source: Ville 1939; Robbins 1970; METHOD "anytime mode".
    """
    logs = log_e_values(np.arange(draws + 1), draws, tau)
    return np.asarray(np.maximum.accumulate(np.minimum(1.0, np.exp(-logs))[::-1])[::-1])


def anytime_lower_bounds(hits: NDArray[np.int64], draws: int, level: float) -> NDArray[np.float64]:
    """Lower confidence bounds of p, float64 like `hits`, rounded down; 0 where not even 1/2 is exceeded.

    With probability at least 1 - level the bound of one component is below its p at every time at once.
    """
    wanted = -np.log(level)
    low, high = np.full(hits.shape, 0.5), np.ones(hits.shape)
    above_half = log_e_values(hits, draws, 0.5) >= wanted
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        passed = log_e_values(hits, draws, np.minimum(middle, 1.0 - 1e-15)) >= wanted
        low, high = np.where(passed, middle, low), np.where(passed, high, middle)
    return np.where(above_half, low, 0.0)
