"""What every registered multiple-testing procedure must do, whichever it is.

A new file in engine/stats/corrections is tested here without a line added. Levels are checked on simulated binomial
counts with an exact binomial test; a procedure that says it controls something other than the family-wise error is
judged by its own claim only where this file knows how, and fails here until it does.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from engine import Correction, correction, corrections, p_value_table

EVERY = list(corrections().values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])
N, TAU = 40, 0.75


@every
def test_it_says_what_it_does(entry: Correction) -> None:
    for text in (entry.name, entry.title, entry.controls, entry.needs, entry.summary, entry.source):
        assert text.strip()
    assert entry.name == entry.name.lower()
    assert correction(entry.name) is entry
    assert corrections()[entry.name] is entry
    assert "family-wise" in entry.controls, "teach this file how to check the new kind of claim"


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


@every
@pytest.mark.parametrize("components", [1, 2, 16])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_the_level_is_kept_under_independent_nulls(entry: Correction, components: int, alpha: float) -> None:
    families, draws = 4000, 100
    hits = np.random.default_rng(components).binomial(draws, TAU, (families, components))
    table = p_value_table(draws, TAU)
    failures = sum(row.max() >= entry.cutoff(np.bincount(row, minlength=draws + 1), table, alpha) for row in hits)
    assert binom.sf(failures - 1, families, alpha) > 1e-4, f"{failures} of {families} at alpha {alpha}"


@every
def test_the_level_is_kept_among_true_signals(entry: Correction) -> None:
    families, draws, alpha = 4000, 100, 0.1
    p = np.array([0.99] * 12 + [TAU] * 4)
    hits = np.random.default_rng(1).binomial(draws, p, (families, 16))
    table = p_value_table(draws, TAU)
    failures = sum(row[12:].max() >= entry.cutoff(np.bincount(row, minlength=draws + 1), table, alpha) for row in hits)
    assert binom.sf(failures - 1, families, alpha) > 1e-4


@every
def test_uniform_p_values_keep_the_level(entry: Correction) -> None:
    # 1,000 possible "hits" with p = k / 1000: uniform p-values up to that grid, eight to a family.
    table = np.arange(1000, 0, -1) / 1000
    families, alpha = 4000, 0.1
    hits = np.random.default_rng(2).integers(0, 1000, (families, 8))
    failures = sum(row.max() >= entry.cutoff(np.bincount(row, minlength=1000), table, alpha) for row in hits)
    assert binom.sf(failures - 1, families, alpha) > 1e-4
    assert failures > families * alpha / 2  # and the level is used, not given away
