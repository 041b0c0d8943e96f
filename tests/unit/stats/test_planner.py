"""The fewest draws that can certify anything, against exact search in rational arithmetic; draws worth making."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from engine.core import InvalidSetting
from engine.stats import corrections, expected_share, modes, p_value_table, smallest_useful_n, useful_n


def exact(tau: Fraction, alpha: Fraction, components: int) -> int:
    n, power = 1, tau
    while power * components > alpha:
        n, power = n + 1, power * tau
    return n


@pytest.mark.parametrize("tau", [Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(19, 20)])
@pytest.mark.parametrize("alpha", [Fraction(1, 1000), Fraction(1, 20), Fraction(1, 2)])
@pytest.mark.parametrize("components", [1, 2, 63, 76_800])
def test_against_exact_arithmetic(tau: Fraction, alpha: Fraction, components: int) -> None:
    assert smallest_useful_n(tau=float(tau), alpha=float(alpha), components=components) == exact(tau, alpha, components)


def test_hand_computed() -> None:
    assert smallest_useful_n(tau=0.5, alpha=0.25, components=1) == 2  # (1/2)^2 is just enough
    assert smallest_useful_n(tau=0.5, alpha=0.125, components=16) == 7  # 2^-7 = 1/8 / 16
    assert (
        smallest_useful_n(tau=0.75, alpha=0.001, components=76_800) == 64
    )  # 0.75^63 * 76800 = 1.04e-3, one draw too few


@pytest.mark.parametrize("name", ["bonferroni", "holm"])
@pytest.mark.parametrize("components", [1, 100, 3072])
def test_it_is_where_the_procedures_start_to_certify(name: str, components: int) -> None:
    n = smallest_useful_n(tau=0.75, alpha=0.01, components=components)
    for draws, cutoff in ((n, n), (n - 1, n)):  # n - 1 draws: n is one more than can be hit, so nothing is certified
        histogram = np.zeros(draws + 1, dtype=np.int64)
        histogram[draws] = components
        assert corrections[name].cutoff(histogram, p_value_table(draws, 0.75), 0.01) == cutoff


@pytest.mark.parametrize(("mode", "name"), [("fixed", "bonferroni"), ("fixed", "holm"), ("free", "bonferroni")])
@pytest.mark.parametrize("tau", [0.5, 0.75, 0.9, 0.99])
@pytest.mark.parametrize("components", [1, 2_048, 76_800])
def test_a_useful_n_certifies_what_misses_a_tenth_as_often_as_tau_allows(
    mode: str, name: str, tau: float, components: int
) -> None:
    asked = {"tau": tau, "alpha": 0.001, "components": components, "mode_name": mode, "correction_name": name}
    draws = useful_n(**asked)  # type: ignore[arg-type]
    assert draws >= smallest_useful_n(**asked)  # type: ignore[arg-type]
    p = 1 - (1 - tau) / 10
    chance = {  # that its p-value is at most alpha / N, which both procedures ask of the first
        n: sum(
            stats.binom.pmf(hits, n, p)
            for hits, p_value in enumerate(modes[mode].p_values(n, tau))
            if p_value <= 0.001 / components
        )
        for n in (draws, draws - 10)
    }
    assert chance[draws] >= 0.9 > chance[draws - 10]


@pytest.mark.parametrize("arguments", [(0.0, 0.1, 5), (1.0, 0.1, 5), (0.7, 0.0, 5), (0.7, 1.0, 5), (0.7, 0.1, 0)])
def test_bad_arguments(arguments: tuple[float, float, int]) -> None:
    with pytest.raises(InvalidSetting, match="need tau and alpha"):
        smallest_useful_n(**dict(zip(("tau", "alpha", "components"), arguments, strict=True)))


@pytest.mark.parametrize(("name", "budget"), [("holm", 0), ("k-step-down", 2)])
@pytest.mark.parametrize("components", [2, 5, 20, 100, 1000])
@pytest.mark.parametrize("p", [0.8, 0.85, 0.9, 0.95])
def test_expected_share_of_a_few_is_near_the_mean_over_independent_ones(
    name: str, budget: int, components: int, p: float
) -> None:
    repetitions = max(50, 4000 // components)
    rng, table, shares = np.random.default_rng(0), p_value_table(100, 0.75), []
    for hits in rng.binomial(100, p, (repetitions, components)):
        cutoff = corrections[name].cutoff(np.bincount(hits, minlength=101), table, 0.01, budget)
        shares.append(np.mean(hits >= cutoff))
    told = expected_share(
        p=p, draws=100, tau=0.75, alpha=0.01, components=components, mode_name="fixed", correction_name=name,
        budget=budget,
    )  # fmt: skip
    assert told == pytest.approx(np.mean(shares), abs=0.06 + 4 * np.std(shares) / repetitions**0.5)


@pytest.mark.parametrize("name", ["holm", "fdr-bh", "fdr-by", "sidak", "bonferroni"])
def test_of_one_component_every_procedure_reaches_the_power_of_one_test(name: str) -> None:
    share = expected_share(
        p=0.9, draws=10, tau=0.5, alpha=0.01, components=1, mode_name="fixed", correction_name=name
    )  # fmt: skip
    assert share == pytest.approx(0.9**10)  # all must hit, for nine or more have the p-value 11/1024
