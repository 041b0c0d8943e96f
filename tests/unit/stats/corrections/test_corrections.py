"""Procedures on hand-made cases, against exact rational definitions and against statsmodels.

The procedures here see a histogram of hits. The reference sees one p-value per component: `statsmodels.stats.multitest.
multipletests`, an independent implementation, and the definitions written out in `fractions.Fraction` (no rounding at
the levels alpha / (N - i), so no case has to be left out).
"""

from __future__ import annotations

from fractions import Fraction
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from engine.stats import corrections, p_value_table

BOTH = ("bonferroni", "holm")


def rejected(name: str, hits: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Which components a procedure rejects, by its cut-off."""
    histogram = np.bincount(hits, minlength=len(p_values))
    return hits >= corrections[name].cutoff(histogram, p_values, alpha)


def by_definition(name: str, p: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """The textbook rule in exact arithmetic."""
    level, exact = Fraction(alpha), [Fraction(value) for value in p]
    if name == "bonferroni":
        return np.array([value * len(exact) <= level for value in exact])
    decision = np.zeros(len(exact), dtype=bool)
    for step, position in enumerate(np.argsort(p, kind="stable")):
        if exact[position] * (len(exact) - step) > level:
            break
        decision[position] = True
    return decision


def by_statsmodels(name: str, p: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    with patch("gc.collect"):  # statsmodels' Holm collects garbage at every call: a tenth of a second each
        return multipletests(p, alpha, method=name)[0]


@st.composite
def families_of_hits(draw: st.DrawFn) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Hits with many ties and values near the end that matters, the p-value table, alpha."""
    n = draw(st.integers(1, 40))
    tau = draw(st.sampled_from([0.5, 0.6, 0.75, 0.9]))
    lowest = draw(st.integers(0, n))
    highest = min(n, lowest + draw(st.sampled_from([1, 2, 4, n])))
    hits = draw(st.lists(st.integers(lowest, highest), min_size=1, max_size=60))
    table = p_value_table(n, tau)
    near = float(table[draw(st.sampled_from(hits))]) * draw(st.integers(1, len(hits)))  # about where a level decides
    alpha = min(0.5, max(1e-9, near * draw(st.sampled_from([0.8, 0.95, 1.05, 1.25]))))
    return np.array(hits), table, alpha


@pytest.mark.parametrize("name", BOTH)
@given(case=families_of_hits())
def test_agrees_with_the_definition_in_exact_arithmetic(name: str, case) -> None:
    hits, table, alpha = case
    levels = alpha / np.arange(1, len(hits) + 1)
    assume(not (abs(table[hits][:, None] - levels) < 1e-14 * levels).any())  # where float rounding may decide
    np.testing.assert_array_equal(rejected(name, hits, table, alpha), by_definition(name, table[hits], alpha))


@pytest.mark.parametrize("name", BOTH)
@given(case=families_of_hits())
def test_agrees_with_statsmodels(name: str, case) -> None:
    hits, table, alpha = case
    p = table[hits]
    levels = alpha / np.arange(1, len(hits) + 1)
    assume(not (abs(p[:, None] - levels) < 1e-12 * levels).any())  # there both are right within rounding
    np.testing.assert_array_equal(rejected(name, hits, table, alpha), by_statsmodels(name, p, alpha))


@pytest.mark.parametrize(
    ("name", "theirs"),
    [(name, name) for name in ("bonferroni", "sidak", "holm")] + [("fdr-bh", "fdr_bh"), ("fdr-by", "fdr_by")],
)
def test_decisions_on_200_random_problems_are_those_of_statsmodels(name: str, theirs: str) -> None:
    table, rng, mixed = p_value_table(60, 0.75), np.random.default_rng(8), 0
    for _ in range(200):
        hits = rng.binomial(60, rng.choice([0.75, 0.85, 0.95], int(rng.integers(1, 120))))
        alpha = float(rng.choice([0.001, 0.013, 0.05, 0.2]))
        expected = by_statsmodels(theirs, table[hits], alpha)
        np.testing.assert_array_equal(rejected(name, hits, table, alpha), expected)
        mixed += 0 < expected.sum() < len(hits)
    assert mixed > 100


def test_sidak_by_hand() -> None:
    # 1 - (1 - .19)^(1/2) = .1, a little more than .19 / 2; for a million components 1.0005 * alpha / N at alpha = .001,
    # -log1p(-.001) / 1e6 to first order.
    level = corrections["sidak"].level
    assert level(2, 0.19) == pytest.approx(0.1, rel=1e-12)
    assert level(1_000_000, 0.001) == pytest.approx(1.000500333583534e-09, rel=1e-9)


def test_benjamini_hochberg_steps_up_and_yekutieli_pays_for_dependence() -> None:
    # .03 > .05/2 but .05 <= .05 takes both; Yekutieli divides alpha by 1 + 1/2: .05 > .0333, and .03 > .0167.
    hits, p = np.array([2, 1]), np.array([1.0, 0.05, 0.03])
    assert rejected("fdr-bh", hits, p, 0.05).all()
    assert not rejected("fdr-by", hits, p, 0.05).any()
    assert rejected("fdr-by", hits, p, 0.0751).all()


@given(case=families_of_hits())
def test_holm_never_certifies_less_than_bonferroni(case) -> None:
    hits, table, alpha = case
    assert not (rejected("bonferroni", hits, table, alpha) & ~rejected("holm", hits, table, alpha)).any()


@pytest.mark.parametrize("name", BOTH)
def test_a_large_family_agrees_with_statsmodels(name: str) -> None:
    rng = np.random.default_rng(11)
    hits = rng.binomial(200, rng.beta(9, 1, 100_000))
    table = p_value_table(200, 0.75)
    expected = by_statsmodels(name, table[hits], 0.001)
    assert 0 < expected.sum() < len(hits)
    np.testing.assert_array_equal(rejected(name, hits, table, 0.001), expected)


@pytest.mark.parametrize("name", BOTH)
def test_one_component_is_a_plain_test_for_every_k(name: str) -> None:
    table = p_value_table(12, 0.5)
    for k in range(13):
        assert rejected(name, np.array([k]), table, 0.1)[0] == (table[k] <= 0.1)


@pytest.mark.parametrize("name", BOTH)
def test_a_level_is_inclusive(name: str) -> None:
    # (1/2)^2 = 0.25 is exactly alpha with one component, and exactly alpha / 2 with two at alpha = 0.5.
    table = np.array([1.0, 0.75, 0.25])  # as it is, not as SciPy's last digit has it
    assert rejected(name, np.array([2]), table, 0.25).all()
    assert rejected(name, np.array([2, 2]), table, 0.5).all()
    assert not rejected(name, np.array([2]), table, 0.2499).any()


@pytest.mark.parametrize("name", BOTH)
def test_nothing_rejected_gives_n_plus_one(name: str) -> None:
    histogram = np.array([4, 0, 0])
    assert corrections[name].cutoff(histogram, p_value_table(2, 0.5), 0.1) == 3


def test_holm_relaxes_its_level_with_each_rejection() -> None:
    # p-values .01, .02, .04 at alpha .05 (levels .05/3, .05/2, .05): Holm rejects all, Bonferroni only the first.
    hits, p = np.array([3, 2, 1]), np.array([1.0, 0.04, 0.02, 0.01])
    np.testing.assert_array_equal(rejected("holm", hits, p, 0.05), [True, True, True])
    np.testing.assert_array_equal(rejected("bonferroni", hits, p, 0.05), [True, False, False])


def test_holm_stops_at_its_first_failure() -> None:
    # .03 > .05/2, so Holm stops although .04 <= .05/1 would pass alone (METHOD, fault 6).
    hits, p = np.array([2, 1]), np.array([1.0, 0.04, 0.03])
    assert not rejected("holm", hits, p, 0.05).any()


def test_holm_stops_between_groups_too() -> None:
    # .001 passes at .05/4; .02 > .05/3 stops; .024 <= .05/2 and .04 <= .05 would have passed.
    hits, p = np.array([4, 3, 2, 1]), np.array([1.0, 0.04, 0.024, 0.02, 0.001])
    np.testing.assert_array_equal(rejected("holm", hits, p, 0.05), [True, False, False, False])


def test_ties_are_decided_together() -> None:
    # Three p-values of .02 at alpha .06: the first passes at .06/3, so all three do.
    hits, p = np.array([1, 1, 1]), np.array([1.0, 0.02])
    assert rejected("holm", hits, p, 0.0600001).all()
    assert not rejected("holm", hits, p, 0.0599999).any()


def test_a_passed_group_is_taken_out_whole() -> None:
    # Two at .001, then .045 and .045: after the pair two remain, .045 > .05/2. Counting the pair once would leave 3.
    hits = np.array([2, 2, 1])
    assert rejected("holm", hits, np.array([1.0, 0.045, 0.001]), 0.05).all()  # one remains: .045 <= .05
    assert not rejected("holm", np.array([2, 2, 1, 1]), np.array([1.0, 0.045, 0.001]), 0.05)[2:].any()
