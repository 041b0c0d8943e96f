"""What every registered multiple-testing procedure must do, whichever it is.

A new file in engine/stats/corrections is tested here without a line added. Each is judged by the error that it says it
controls, on simulated counts: family-wise errors (`control` FWER; K_FWER by "more than b false ones", for several b)
by an exact binomial test of level 1e-4, false discovery rates by their mean share, four standard errors above alpha.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from engine.stats import Control, Correction, corrections, p_value_table

EVERY = list(corrections.values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])
N, TAU = 40, 0.75
BUDGETS = (0, 1, 3)
CASES = [
    pytest.param(entry, budget, id=f"{entry.name}-{budget}" if entry.budgeted else entry.name)
    for entry in EVERY
    for budget in (BUDGETS if entry.budgeted else (0,))
]
each_budget = pytest.mark.parametrize(("entry", "budget"), CASES)


def false_ones(
    entry: Correction, hits: np.ndarray, table: np.ndarray, alpha: float, budget: int, null: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How many of the `null` components, and how many of all, are rejected in each family (row) of `hits`."""
    rows = (np.bincount(row, minlength=len(table)) for row in hits)
    cutoffs = np.array([entry.cutoff(row, table, alpha, budget) for row in rows])
    rejected = hits >= cutoffs[:, None]
    return (rejected & null).sum(axis=1), rejected.sum(axis=1)


def claim_is_refuted(entry: Correction, false: np.ndarray, rejected: np.ndarray, alpha: float, budget: int) -> bool:
    """Do the families contradict what `entry.control` says?"""
    if entry.control is Control.FDR:
        share = false / np.maximum(rejected, 1)
        return bool(share.mean() > alpha + 4 * np.sqrt(alpha * (1 - alpha) / len(share)))  # a share's variance is less
    assert entry.control in (Control.FWER, Control.K_FWER), "teach this file how to check the new kind of claim"
    failures = int((false > budget).sum())
    return bool(binom.sf(failures - 1, len(false), alpha) < 1e-4)


@every
def test_it_says_what_it_does(entry: Correction) -> None:
    for text in (entry.name, entry.title, entry.controls, entry.needs, entry.summary, entry.source):
        assert text.strip()
    assert entry.name == entry.name.lower()
    assert corrections[entry.name] is entry
    assert corrections[entry.name] is entry
    assert entry.controls == entry.control.value
    assert entry.budgeted == (entry.control is Control.K_FWER)
    assert entry.certifies == (entry.control is not Control.FDR)


@every
def test_what_is_no_certificate_says_so(entry: Correction) -> None:
    assert ("NOT a robustness certificate" in entry.summary) == ("not a certificate" in entry.title)
    assert ("not a certificate" in entry.title) == (not entry.certifies)


SINGLE_STEP = [entry for entry in EVERY if entry.level is not None]


@pytest.mark.parametrize("entry", SINGLE_STEP, ids=[entry.name for entry in SINGLE_STEP])
@pytest.mark.parametrize("components", [1, 7, 3072, 1_000_000])
def test_a_single_level_is_the_one_it_tests_at(entry: Correction, components: int) -> None:
    # Single-step: all components of one p-value, just at the level or just above it.
    assert entry.level is not None
    for budget in BUDGETS if entry.budgeted else (0,):
        level = entry.level(components, 0.05, budget)
        assert 0 < level < 1
        histogram = np.array([0, components])
        assert entry.cutoff(histogram, np.array([1.0, level]), 0.05, budget) == 1
        assert entry.cutoff(histogram, np.array([1.0, level * (1 + 1e-12)]), 0.05, budget) == 2


@every
def test_a_budget_counts_only_where_there_is_one(entry: Correction) -> None:
    table, lower = p_value_table(N, TAU), 0
    for seed in range(30):
        histogram = np.bincount(np.random.default_rng(seed).integers(25, N + 1, 80), minlength=N + 1)
        cutoffs = [entry.cutoff(histogram, table, 0.1, budget) for budget in (0, 1, 5, 20, 79, 80, 1000)]
        assert cutoffs == sorted(cutoffs, reverse=True)
        assert cutoffs[0] == entry.cutoff(histogram, table, 0.1)  # 0 is the default
        lower += cutoffs[-1] < cutoffs[0]
    assert lower == (30 if entry.budgeted else 0)


@every
def test_nothing_at_p_one_is_rejected_whatever_the_budget(entry: Correction) -> None:
    for budget in (0, 10, 499, 500, 10_000):
        histogram = np.zeros(N + 1, dtype=np.int64)
        histogram[0] = 500
        assert entry.cutoff(histogram, p_value_table(N, TAU), 0.5, budget) > 0


@every
def test_nothing_is_rejected_without_evidence(entry: Correction) -> None:
    histogram = np.zeros(N + 1, dtype=np.int64)
    histogram[0] = 500
    assert entry.cutoff(histogram, p_value_table(N, TAU), 0.5) > 0  # p = 1 everywhere


@every
def test_everything_is_rejected_with_all_the_evidence(entry: Correction) -> None:
    histogram = np.zeros(101, dtype=np.int64)
    histogram[100] = 500
    assert entry.cutoff(histogram, p_value_table(100, 0.5), 0.01) <= 100


@every
def test_more_alpha_never_rejects_less(entry: Correction) -> None:
    table = p_value_table(N, TAU)
    for seed in range(30):
        rng = np.random.default_rng(seed)
        histogram = np.bincount(rng.binomial(N, rng.beta(8, 1, 200)), minlength=N + 1)
        cutoffs = [entry.cutoff(histogram, table, alpha) for alpha in np.geomspace(1e-6, 0.5, 25)]
        assert cutoffs == sorted(cutoffs, reverse=True)
        assert len(set(cutoffs)) > 2


@every
def test_more_hits_never_lose_a_component(entry: Correction) -> None:
    table, rng = p_value_table(N, TAU), np.random.default_rng(3)
    for _ in range(50):
        hits = rng.binomial(N, rng.beta(8, 1, 60))
        raised = np.minimum(hits + rng.integers(0, 3, 60), N)
        before, after = (entry.cutoff(np.bincount(k, minlength=N + 1), table, 0.1) for k in (hits, raised))
        assert not ((hits >= before) & (raised < after)).any()


@every
def test_the_cutoff_is_a_number_of_hits(entry: Correction) -> None:
    table = p_value_table(N, TAU)
    for seed in range(30):
        histogram = np.bincount(np.random.default_rng(seed).integers(0, N + 1, 50), minlength=N + 1)
        before = histogram.copy()
        cutoff = entry.cutoff(histogram, table, 0.1)
        assert isinstance(cutoff, int)
        assert 0 <= cutoff <= N + 1
        np.testing.assert_array_equal(histogram, before)  # its inputs are left alone


@every
def test_no_component_passes_above_alpha_itself(entry: Correction) -> None:
    table = p_value_table(N, TAU)
    for seed in range(30):
        histogram = np.bincount(np.random.default_rng(seed).integers(25, N + 1, 80), minlength=N + 1)
        cutoff = entry.cutoff(histogram, table, 0.05)
        assert cutoff > N or table[cutoff] <= 0.05


@each_budget
@pytest.mark.parametrize("components", [1, 2, 16])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_the_claim_holds_under_independent_nulls(entry: Correction, budget: int, components: int, alpha: float) -> None:
    families, draws = 4000, 100
    hits = np.random.default_rng(components).binomial(draws, TAU, (families, components))
    null = np.ones(components, dtype=bool)
    false, rejected = false_ones(entry, hits, p_value_table(draws, TAU), alpha, budget, null)
    assert not claim_is_refuted(entry, false, rejected, alpha, budget), f"{false.mean()} false ones at alpha {alpha}"


@each_budget
def test_the_claim_holds_among_true_signals(entry: Correction, budget: int) -> None:
    families, draws, alpha = 4000, 100, 0.1
    p = np.array([0.99] * 12 + [TAU] * 4)
    hits = np.random.default_rng(1).binomial(draws, p, (families, 16))
    false, rejected = false_ones(entry, hits, p_value_table(draws, TAU), alpha, budget, p == TAU)
    assert not claim_is_refuted(entry, false, rejected, alpha, budget)


@each_budget
def test_uniform_p_values_keep_the_level(entry: Correction, budget: int) -> None:
    # 1,000 possible "hits" with p = k / 1000: uniform p-values up to that grid, eight to a family.
    table = np.arange(1000, 0, -1) / 1000
    families, alpha = 4000, 0.1
    hits = np.random.default_rng(2).integers(0, 1000, (families, 8))
    false, rejected = false_ones(entry, hits, table, alpha, budget, np.ones(8, dtype=bool))
    assert not claim_is_refuted(entry, false, rejected, alpha, budget)
    if budget == 0 and "any dependence" not in entry.summary:  # Benjamini-Yekutieli pays for dependence everywhere
        assert (false > 0).sum() > families * alpha / 2  # and the level is used, not given away


@each_budget
@pytest.mark.parametrize("dependence", ["one value for all", "pairs of opposites"])
def test_the_claim_holds_under_the_dependence_it_allows(entry: Correction, budget: int, dependence: str) -> None:
    # Eight null p-values on a grid of 1/1000: all equal (positive dependence), or opposite ends of one uniform.
    if dependence == "pairs of opposites" and "any dependence" not in entry.needs:
        assert entry.assumes  # it says that this is not what it allows
        return
    table = np.arange(1000, 0, -1) / 1000
    families, alpha = 4000, 0.1
    rng = np.random.default_rng(3)
    if dependence == "one value for all":
        hits = np.repeat(rng.integers(0, 1000, (families, 1)), 8, axis=1)
    else:
        half = rng.integers(0, 1000, (families, 4))
        hits = np.concatenate([half, 999 - half], axis=1)
    false, rejected = false_ones(entry, hits, table, alpha, budget, np.ones(8, dtype=bool))
    assert not claim_is_refuted(entry, false, rejected, alpha, budget)


def test_every_kind_of_control_is_judged() -> None:
    assert {entry.control for entry in EVERY} == set(Control)


def test_the_judge_refutes_a_procedure_that_spends_twice_alpha() -> None:
    rng, all_null = np.random.default_rng(4), np.ones((4000, 8), dtype=bool)
    failing = (rng.random(4000) < 0.2)[:, None] & all_null
    for entry in EVERY:
        false = failing.sum(axis=1)
        assert claim_is_refuted(entry, false, false, 0.1, 0)
