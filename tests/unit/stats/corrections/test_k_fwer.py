"""Procedures with an error budget: their definition, the step from Holm, and the levels that published code has wrong.

Expected decisions: the rules written out on sorted p-values in `fractions.Fraction` (Lehmann and Romano 2005, Theorems
2.1 and 2.2). Expected errors of the counterexample: worked out beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from engine.stats import corrections, p_value_table

N = 60


def problem(seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Hits of 1 to 80 components, some good and some bad; their p-values by hits; alpha."""
    rng = np.random.default_rng(seed)
    components = int(rng.integers(1, 80))
    tau = float(rng.choice([0.5, 0.6, 0.75]))
    hits = rng.binomial(N, rng.choice([tau, 0.8, 0.9, 0.97], components))
    return hits, p_value_table(N, tau), float(rng.choice([0.001, 0.01, 0.05, 0.2]))


def rejected(name: str, hits: NDArray[np.int64], table: NDArray[np.float64], alpha: float, k: int) -> NDArray[np.bool_]:
    return hits >= corrections[name].cutoff(np.bincount(hits, minlength=len(table)), table, alpha, k - 1)


def step_down(p: NDArray[np.float64], level: Callable[[int], Fraction]) -> NDArray[np.bool_]:
    """Reject the smallest p-values, the i-th (from 1) at level(i), up to the first that fails."""
    decision = np.zeros(len(p), dtype=bool)
    for i, position in enumerate(np.argsort(p, kind="stable"), start=1):
        if Fraction(p[position]) > level(i):
            break
        decision[position] = True
    return decision


def lehmann_romano(p: NDArray[np.float64], alpha: float, k: int) -> NDArray[np.bool_]:
    a, size = Fraction(alpha), len(p)
    return step_down(p, lambda i: k * a / size if i <= k else k * a / (size + k - i))


def published_and_wrong(p: NDArray[np.float64], alpha: float, k: int) -> NDArray[np.bool_]:
    return step_down(p, lambda i: k * Fraction(alpha) / (len(p) + 1 - i))


@pytest.mark.parametrize("k", [1, 2, 5, 20])
def test_step_down_is_its_definition_on_200_problems(k: int) -> None:
    for seed in range(200):
        hits, table, alpha = problem(seed)
        expected = lehmann_romano(table[hits], alpha, k)
        if k * alpha >= len(hits):  # every level is 1 and more: all is rejected that has any evidence
            expected = table[hits] < 1 - 1e-9
        np.testing.assert_array_equal(rejected("k-step-down", hits, table, alpha, k), expected)


@pytest.mark.parametrize("k", [1, 2, 5, 20])
def test_single_step_is_its_definition_on_200_problems(k: int) -> None:
    for seed in range(200):
        hits, table, alpha = problem(seed)
        expected = np.array([Fraction(p) * len(hits) <= k * Fraction(alpha) and p < 1 - 1e-9 for p in table[hits]])
        np.testing.assert_array_equal(rejected("k-single-step", hits, table, alpha, k), expected)


@pytest.mark.parametrize(("name", "without"), [("k-step-down", "holm"), ("k-single-step", "bonferroni")])
def test_without_a_budget_it_is_the_family_wise_procedure(name: str, without: str) -> None:
    for seed in range(200):
        hits, table, alpha = problem(seed)
        histogram = np.bincount(hits, minlength=N + 1)
        assert corrections[name].cutoff(histogram, table, alpha, 0) == corrections[without].cutoff(
            histogram, table, alpha
        )


def test_step_down_gains_over_the_single_step() -> None:
    more = 0
    for seed in range(200):
        hits, table, alpha = problem(seed)
        one, down = (rejected(name, hits, table, alpha, 3) for name in ("k-single-step", "k-step-down"))
        assert not (one & ~down).any()
        more += (down & ~one).any()
    assert more > 20


def test_step_down_by_hand() -> None:
    # Five components, k = 2, alpha = .05: levels .02, .02, .025, .1/3, .05.
    table = np.array([1.0, 0.05, 0.0333, 0.025, 0.02, 0.001])
    assert rejected("k-step-down", np.array([5, 4, 3, 2, 1]), table, 0.05, 2).all()
    fails_third = np.array([1.0, 0.05, 0.0333, 0.0251, 0.02, 0.001])
    decision = rejected("k-step-down", np.array([5, 4, 3, 2, 1]), fails_third, 0.05, 2)
    np.testing.assert_array_equal(decision, [True, True, False, False, False])


def antithetic(alpha: float, families: int, steps: int) -> NDArray[np.int64]:
    """METHOD section 10, fault 2, on a grid of `steps` p-values: N = 4, k = 2, two certain, two true nulls.

    With probability 2 alpha both null p-values lie within 2 alpha, one in (0, alpha] and the other in (alpha, 2 alpha];
    otherwise both are uniform on the rest. Each is uniform: alpha falls to either half of the small ones. Entry "h
    hits" has p = (steps - h) / steps; one more entry has p = 0.
    """
    rng, edge = np.random.default_rng(21), round(alpha * steps)
    low = rng.integers(1, edge + 1, families)
    small = np.stack([low, edge + low], axis=1)  # p in steps of 1 / steps
    small = np.where(rng.random((families, 1)) < 0.5, small, small[:, ::-1])
    large = rng.integers(2 * edge + 1, steps + 1, (families, 2))
    nulls = np.where(rng.random((families, 1)) < 2 * alpha, small, large)
    return np.concatenate([np.full((families, 2), steps), steps - nulls], axis=1)


def test_the_counterexample_has_uniform_nulls() -> None:
    alpha, families, steps = 0.05, 40_000, 1000
    nulls = (steps - antithetic(alpha, families, steps)[:, 2:]) / steps
    for level in (0.02, 0.05, 0.1, 0.5, 1.0):
        error = 5 * np.sqrt(level * (1 - level) / families)
        assert (abs((nulls <= level).mean(axis=0) - level) <= error).all()
    small = (nulls <= 2 * alpha).all(axis=1)
    assert ((nulls[small] <= alpha).sum(axis=1) == 1).all()


def test_published_levels_spend_twice_alpha_where_the_right_ones_do_not() -> None:
    # Two or more false among N = 4, k = 2. Wrong levels: 2a/4, 2a/3, 2a/2 = a for the third and 2a for the fourth, so
    # both nulls fall whenever both are within 2a: with probability 2a. Right levels: a/2, a/2, 2a/3, a: both must be
    # within a, which never happens here: the error is 0.
    alpha, families, steps, k = 0.05, 20_000, 1000, 2
    table = np.append(np.arange(steps, 0, -1) / steps, 0.0)
    right, wrong = 0, 0
    for hits in antithetic(alpha, families, steps):
        right += rejected("k-step-down", hits, table, alpha, k)[2:].sum() >= k
        wrong += published_and_wrong(table[hits], alpha, k)[2:].sum() >= k
    assert right == 0
    assert wrong / families == pytest.approx(2 * alpha, abs=5 * np.sqrt(2 * alpha / families))
    assert binom.sf(wrong - 1, families, alpha) < 1e-4  # the check that catches it


def test_a_level_never_reaches_one() -> None:
    # k alpha / N = 5 here: by the definition p = 1 would pass too, and certify what was never seen.
    table = np.array([1.0, 0.9, 0.5])
    for name in ("k-single-step", "k-step-down"):
        assert corrections[name].cutoff(np.array([2, 2, 0]), table, 0.5, 39) == 1
