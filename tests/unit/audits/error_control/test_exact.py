"""Exact probabilities against enumeration, closed forms and simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from engine.audits.error_control.exact import crossing, more_than, pair_law, selected_heads, step_up_selects
from engine.audits.error_control.expected import exact_error
from engine.audits.error_control.judges import Judge
from engine.audits.error_control.models import AT_TAU, BLOCKS, EXCLUSIVE, FACTOR, INDEPENDENT, MIXED, ONE_COIN, Scenario
from engine.audits.error_control.rows import claim_holds, lower99, upper99
from engine.certification.settings import Settings
from engine.stats import corrections, modes, p_value_table

SETTINGS = Settings(sigma=0.25, tau=0.75, n0=21, n=100, alpha=0.1)


def expected(name: str, dependence, pattern=AT_TAU, *, mode_name: str = "fixed", budget: float = 0.0) -> float | None:
    made = Judge(mode=modes[mode_name], entry=corrections[name], alpha=0.1, tau=0.75, budget=budget)
    return exact_error(made, Scenario(dependence=dependence, pattern=pattern), SETTINGS)


def test_one_look_is_a_binomial_tail() -> None:
    assert crossing(0.75, {40: 33}) == pytest.approx(binom.sf(32, 40, 0.75))
    assert crossing(0.75, {40: 41}) == 0.0


def test_crossing_at_several_looks_against_all_paths() -> None:
    cutoffs, p, total = {3: 3, 5: 4, 8: 6}, 0.6, 0.0
    for path in product((0, 1), repeat=8):
        if any(sum(path[:look]) >= cutoff for look, cutoff in cutoffs.items()):
            total += p ** sum(path) * (1 - p) ** (8 - sum(path))
    assert crossing(p, cutoffs) == pytest.approx(total, abs=1e-12)


def test_more_errors_than_the_budget() -> None:
    assert more_than(0, [(1, 0.1)] * 5) == pytest.approx(1 - 0.9**5)
    assert more_than(1, [(1, 0.1)] * 5) == pytest.approx(binom.sf(1, 5, 0.1))
    assert more_than(3, [(4, 0.1)] * 4) == pytest.approx(1 - 0.9**4)
    assert more_than(4, [(4, 0.1)] * 4) == pytest.approx(binom.sf(1, 4, 0.1))


def test_votes_of_an_odd_and_an_even_number() -> None:
    assert selected_heads(0.75, 21) == pytest.approx(binom.sf(10, 21, 0.75))
    assert selected_heads(0.75, 2) == pytest.approx(0.75**2)  # one to one is a tie, and goes to tails


def test_the_joint_law_of_two_pixels() -> None:
    law = pair_law(12, 0.6, 0.6, 0.2)
    assert law.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(law.sum(axis=1), binom.pmf(np.arange(13), 12, 0.6))
    hits = np.arange(13)
    covariance = (law * np.outer(hits, hits)).sum() - (12 * 0.6) ** 2
    assert covariance == pytest.approx(12 * (0.2 - 0.36))


def test_step_up_of_one_and_of_two() -> None:
    table, law = p_value_table(20, 0.75), binom.pmf(np.arange(21), 20, 0.75)
    one = step_up_selects(law, 1, 1, table, np.array([0.1]))
    assert one == pytest.approx(table[table <= 0.1].max())
    both = table[:, None] + 0 * table, table[None, :] + 0 * table[:, None]
    rejected = (np.minimum(*both) <= 0.05) | (np.maximum(*both) <= 0.1)
    levels = np.array([0.05, 0.1])
    assert step_up_selects(law, 2, 1, table, levels) == pytest.approx((np.outer(law, law) * rejected).sum())


def test_bonferroni_on_independent_pixels_is_the_textbook_formula() -> None:
    table, heads = p_value_table(100, 0.75), binom.sf(10, 21, 0.75)
    level = table[table <= 0.1 / 16].max()  # the tails' pixels have p = .25 and never reach it
    assert expected("bonferroni", INDEPENDENT) == pytest.approx(1 - (1 - heads * level) ** 16, abs=1e-9)
    assert expected("holm", INDEPENDENT) == expected("bonferroni", INDEPENDENT)
    assert expected("bonferroni", ONE_COIN) == pytest.approx(heads * level, abs=1e-9)
    assert expected("k-step-down", BLOCKS, budget=3.0) == expected("k-single-step", BLOCKS, budget=3.0)


def test_nothing_is_computed_where_nobody_can() -> None:
    assert expected("bonferroni", FACTOR) is None
    assert expected("holm", INDEPENDENT, MIXED) is None
    assert expected("fdr-by", INDEPENDENT, MIXED) is None
    assert expected("k-single-step", INDEPENDENT, mode_name="anytime", budget=1.0) is None


@pytest.mark.parametrize("name", corrections)
def test_no_exact_error_is_above_alpha(name: str) -> None:
    for mode_name in ("fixed", "anytime", "explore", "free"):
        if modes[mode_name].tau_free and corrections[name].level is None:
            continue
        for dependence in (INDEPENDENT, BLOCKS, ONE_COIN):
            found = expected(name, dependence, mode_name=mode_name)
            assert found is None or 0.0 < found <= 0.1


def test_two_exclusive_pixels() -> None:
    # METHOD, fault 6: .488 with the stop, by exact summation, when heads are under test in both.
    settings = Settings(sigma=0.25, tau=0.6, n0=1001, n=39, alpha=0.497)
    made = Judge(mode=modes["fixed"], entry=corrections["holm"], alpha=0.497, tau=0.6)
    assert exact_error(made, Scenario(dependence=EXCLUSIVE, pattern=AT_TAU), settings) == pytest.approx(0.488, abs=5e-4)


def test_when_a_claim_holds() -> None:
    assert claim_holds(900, 10_000, 0.1, None)  # upper bound .0970
    assert not claim_holds(1_000, 10_000, 0.1, None)  # upper bound .1072
    assert claim_holds(1_000, 10_000, 0.1, 0.0990)
    assert not claim_holds(1_000, 10_000, 0.1, 0.0900)  # far from what was computed
    assert not claim_holds(1_010, 10_000, 0.1, 0.1010)  # as computed, and above alpha


def test_bounds_are_clopper_pearson() -> None:
    assert upper99(0, 100) == pytest.approx(1 - 0.01 ** (1 / 100))
    assert lower99(100, 100) == pytest.approx(0.01 ** (1 / 100))
    assert lower99(0, 100) == 0.0
