"""Binomial tables against exact rational sums.

Expected values: `exact_upper_tail` adds C(n, j) tau^j (1 - tau)^(n-j) in `fractions.Fraction`; the printed
constants are such sums worked out by hand beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

import mpmath
import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from engine.core import InvalidSetting
from engine.stats import interval, lower_bound, p_value_table
from engine.stats.binomial import lower_bounds, lower_tail_table, upper_bound


def exact_upper_tail(n: int, tau: Fraction, k: int) -> Fraction:
    """P(Bin(n, tau) >= k), exactly."""
    return sum((comb(n, j) * tau**j * (1 - tau) ** (n - j) for j in range(k, n + 1)), Fraction(0))


@pytest.mark.parametrize("n", [1, 2, 7, 20, 100])
@pytest.mark.parametrize("tau", [Fraction(1, 2), Fraction(3, 4), Fraction(19, 20)])
def test_every_entry_is_the_exact_tail(n: int, tau: Fraction) -> None:
    expected = [float(exact_upper_tail(n, tau, k)) for k in range(n + 1)]
    np.testing.assert_allclose(p_value_table(n, float(tau)), expected, rtol=1e-11, atol=0)


@pytest.mark.parametrize(
    ("n", "tau", "k", "p"),
    [
        (2, 0.5, 1, 0.75),  # 1 - 1/4
        (2, 0.5, 2, 0.25),
        (3, 0.75, 3, 27 / 64),
        (3, 0.75, 2, 54 / 64),  # 27/64 + 3 * 9/64 * 1/4
        (10, 0.75, 10, 0.056313514709472656),  # (3/4)^10 = 59049 / 1048576
        (4, 0.75, 3, 189 / 256),  # 81/256 + 4 * 27/64 * 1/4
    ],
)
def test_known_values(n: int, tau: float, k: int, p: float) -> None:
    assert p_value_table(n, tau)[k] == pytest.approx(p, rel=1e-9)


def test_a_table_starts_at_one_and_falls() -> None:
    table = p_value_table(50, 0.75)
    assert table.dtype == np.float64
    assert table.shape == (51,)
    assert table[0] == 1.0  # no hits never speak against the hypothesis
    assert table[50] == pytest.approx(0.75**50, rel=1e-12)
    assert (np.diff(table) <= 0).all()
    assert (np.diff(table)[20:] < 0).all()  # strictly, once it has left 1.0 by more than rounding


def test_tiny_tails_do_not_underflow_to_zero() -> None:
    assert p_value_table(1000, 0.5)[1000] == pytest.approx(2.0**-1000, rel=1e-9)


def test_lower_tail_is_the_complement_one_hit_further() -> None:
    upper = p_value_table(30, 0.7)
    np.testing.assert_allclose(lower_tail_table(30, 0.7)[:-1], 1.0 - upper[1:], atol=1e-14)
    assert lower_tail_table(30, 0.7)[0] == pytest.approx(0.3**30, rel=1e-10)
    assert lower_tail_table(30, 0.7)[30] == 1.0


def test_upper_bound_by_its_definition() -> None:
    # No error in 20 trials at 95 %: (1 - u)^20 = 0.05. One error: (1-u)^20 + 20 u (1-u)^19 = 0.05.
    assert upper_bound(0, 20, 0.95) == pytest.approx(1 - 0.05 ** (1 / 20), rel=1e-12)
    u = upper_bound(1, 20, 0.95)
    assert (1 - u) ** 20 + 20 * u * (1 - u) ** 19 == pytest.approx(0.05, rel=1e-9)
    assert upper_bound(20, 20, 0.95) == 1.0


@pytest.mark.parametrize("draws", [1, 10, 100, 5000])
@pytest.mark.parametrize("level", [0.2, 0.001, 1e-8])
def test_lower_bounds_are_clopper_and_pearsons(draws: int, level: float) -> None:
    # statsmodels' two-sided interval at 2 * level has this one-sided lower end.
    hits = np.arange(draws + 1)
    expected = proportion_confint(hits, draws, alpha=2 * level, method="beta")[0]
    np.testing.assert_allclose(lower_bounds(hits, draws, level), expected, rtol=1e-9)


def test_lower_bounds_by_hand() -> None:
    # All of n: L^n = level. One of two: 1 - (1 - L)^2 = level, .19 for L = .1. None: nothing is known.
    np.testing.assert_allclose(lower_bounds(np.array([3]), 3, 0.008), [0.2], rtol=1e-9)
    np.testing.assert_allclose(lower_bounds(np.array([0, 1]), 2, 0.19), [0.0, 0.1], rtol=1e-9)


@pytest.mark.parametrize(("hits", "draws"), [(1, 100), (51, 100), (97, 100), (100, 100), (90_000, 100_000)])
@pytest.mark.parametrize("level", [0.05, 1e-9, 1e-18])
def test_lower_bounds_are_rounded_down(hits: int, draws: int, level: float) -> None:
    # At the bound itself the exact tail is still at most the level; a millionth above it, it is not.
    def tail(p: float) -> mpmath.mpf:
        with mpmath.workdps(40):
            q, terms = mpmath.mpf(p), mpmath.mpf(0)
            term = mpmath.binomial(draws, hits) * q**hits * (1 - q) ** (draws - hits)
            for j in range(hits, draws + 1):
                terms += term
                if term < terms * mpmath.mpf(10) ** -35:
                    break
                term *= (draws - j) * q / ((j + 1) * (1 - q))
            return terms

    bound = float(lower_bounds(np.array([hits]), draws, level)[0])
    assert tail(bound) <= level < tail(bound * (1 + 1e-6))


@pytest.mark.parametrize(("draws", "level"), [(20, 0.1), (100, 1e-3), (1000, 1e-9)])
def test_a_bound_exceeds_tau_exactly_where_tau_is_rejected(draws: int, level: float) -> None:
    bounds = lower_bounds(np.arange(draws + 1), draws, level)
    assert (np.diff(bounds) > 0).all()
    for tau in np.linspace(0.5, 0.999, 150):
        clear = abs(bounds - tau) > 1e-8  # at equality rounding decides
        rejected = p_value_table(draws, float(tau)) <= level
        np.testing.assert_array_equal((bounds > tau)[clear], rejected[clear])


def test_interval_by_its_definition() -> None:
    # No error in 100: the upper end solves (1 - p)^100 = 0.005; all of 100: the lower end solves p^100 = 0.005.
    assert interval(0, 100, 0.99) == (0.0, pytest.approx(1 - 0.005 ** (1 / 100)))
    assert interval(100, 100, 0.99) == (pytest.approx(0.005 ** (1 / 100)), 1.0)
    low, high = interval(7, 50, 0.99)
    assert binom.sf(6, 50, low) == pytest.approx(0.005, rel=1e-6)
    assert binom.cdf(7, 50, high) == pytest.approx(0.005, rel=1e-6)
    assert lower_bound(7, 50, 0.995) == low


@pytest.mark.parametrize("bound", [interval, lower_bound, upper_bound])
def test_bounds_of_what_cannot_be(bound: Callable[[int, int, float], object]) -> None:
    for counts in ((3, 2), (-1, 5), (0, 0)):
        with pytest.raises(InvalidSetting, match="need 0 <= errors <= trials"):
            bound(*counts, 0.99)
    for confidence in (0.0, 1.0, float("nan")):
        with pytest.raises(InvalidSetting, match=r"confidence must lie in \(0, 1\)"):
            bound(1, 5, confidence)
