"""IndivClass, JointClass and Cohen's procedures against sums written out by hand and brute force."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy import optimize, stats

from engine.certification import baselines
from engine.core.errors import InvalidSetting
from engine.inputs.labels import ABSTAIN
from engine.stats.binomial import p_value_table
from engine.stats.corrections import corrections


def upper_tail(hits: int, draws: int, p: float) -> float:
    """P(Bin(draws, p) >= hits), summed term by term."""
    return sum(comb(draws, k) * p**k * (1.0 - p) ** (draws - k) for k in range(hits, draws + 1))


def bound_by_inversion(hits: int, draws: int, level: float) -> float:
    """The p at which so many hits or more have probability `level`: what Clopper-Pearson means, without beta.ppf."""
    return float(optimize.brentq(lambda p: upper_tail(hits, draws, p) - level, 1e-12, 1.0 - 1e-12, xtol=1e-13))


@pytest.mark.parametrize(("hits", "draws", "alpha"), [(9, 10, 0.05), (75, 100, 0.001), (100, 100, 0.001)])
def test_certify_inverts_the_binomial_tail(hits: int, draws: int, alpha: float) -> None:
    found = baselines.cohen_certify(hits, draws, alpha)
    assert found.p_lower == pytest.approx(bound_by_inversion(hits, draws, alpha), abs=1e-8)


def test_certify_of_unanimous_draws_by_hand() -> None:
    # All of 100 draws agree: the bound is alpha^(1/n) = 0.001^0.01 = 0.933254...
    found = baselines.cohen_certify(100, 100, 0.001)
    assert found.certified
    assert found.p_lower == pytest.approx(0.9332543, abs=1e-6)
    # 0.25 * ppf(0.9332543) with ppf(0.9332543) = 1.50055 from tables
    assert found.radius(0.25) == pytest.approx(0.3751, abs=2e-4)
    assert baselines.cohen_certify(50, 100, 0.001).radius(0.25) == 0.0
    assert not baselines.cohen_certify(0, 100, 0.001).certified


@pytest.mark.parametrize(
    ("first", "second", "alpha", "names"),
    [
        # 2 * P(Bin(10, 1/2) <= 0) = 2/1024 = 0.00195; with one dissent 2 * 11/1024 = 0.0215
        (10, 0, 0.002, True),
        (10, 0, 0.0019, False),
        (9, 1, 0.022, True),
        (9, 1, 0.021, False),
        (5, 5, 0.5, False),
        (0, 0, 0.999, False),
    ],
)
def test_predict_is_the_two_sided_test(first: int, second: int, alpha: float, names: bool) -> None:
    counts = np.array([second, 0, first])
    assert baselines.cohen_predict(counts, alpha) == (2 if names else ABSTAIN)


def test_predict_ignores_all_but_the_two_leading_classes() -> None:
    assert baselines.cohen_predict(np.array([40, 12, 11, 10, 9]), 0.001) == 0  # 2 P(Bin(52,1/2)<=12) = 0.00014


def test_predict_errs_at_most_at_alpha() -> None:
    # Two classes of probability 1/2 each: naming either is an error of Hung and Fithian's kind, at most alpha.
    alpha, n = 0.05, 60
    named = sum(
        float(stats.binom.pmf(k, n, 0.5))
        for k in range(n + 1)
        if baselines.cohen_predict(np.array([k, n - k]), alpha) != ABSTAIN
    )
    assert 0.01 < named <= alpha


def test_indiv_class_is_decided_by_its_worst_component() -> None:
    hits = np.array([[100, 99], [90, 73]])
    found = baselines.indiv_class(hits, 100, 0.001)
    assert found.p_lower == pytest.approx(bound_by_inversion(73, 100, 0.001 / 4), abs=1e-8)
    assert found.certified
    hits[1, 1] = 55
    assert not baselines.indiv_class(hits, 100, 0.001).certified
    assert baselines.indiv_class(hits, 100, 0.001).radius(1.0) == 0.0


def test_indiv_class_of_one_component_is_certify() -> None:
    for hits in (0, 50, 66, 100):
        assert baselines.indiv_class(np.array([hits]), 100, 0.01) == baselines.cohen_certify(hits, 100, 0.01)


@pytest.mark.parametrize("tau", [0.5, 0.75, 0.9])
def test_thresholded_indiv_class_decides_as_bonferroni(tau: float) -> None:
    # The Clopper-Pearson bound exceeds tau exactly if the binomial p-value at tau is below alpha/N.
    n, alpha = 100, 0.001
    hits = np.arange(n + 1)
    cutoff = corrections["bonferroni"].cutoff(np.ones(n + 1, dtype=np.int64), p_value_table(n, tau), alpha)
    assert (baselines.indiv_class_thresholded(hits, n, alpha, tau) == (hits >= cutoff)).all()


def test_joint_class_counts_whole_outputs() -> None:
    right, one_off = [1, 2, 0], [1, 2, 1]
    selection = np.array([right] * 3 + [one_off] * 2)
    estimation = np.array([right] * 90 + [one_off] * 10)
    found, chosen = baselines.joint_class(selection, estimation, 0.01)
    assert chosen.tolist() == right
    assert found.p_lower == pytest.approx(bound_by_inversion(90, 100, 0.01), abs=1e-8)  # alpha is not divided by N


def test_joint_class_fails_where_each_component_alone_is_fine() -> None:
    # 100 components right with 0.99 each, independently: all are right together with 0.99^100 = 0.366 only.
    generator = np.random.default_rng(1)
    draws = (generator.random((1000, 100)) < 0.01).astype(np.int64)
    found, chosen = baselines.joint_class(draws[:500], draws[500:], 0.001)
    assert not chosen.any()
    assert not found.certified
    hits = (draws[500:] == 0).sum(axis=0)
    assert baselines.indiv_class(hits, 500, 0.001).certified


def test_joint_class_takes_the_smallest_output_at_ties() -> None:
    _, chosen = baselines.joint_class(np.array([[1, 0], [0, 1]]), np.array([[0, 1]]), 0.5)
    assert chosen.tolist() == [0, 1]


@pytest.mark.parametrize(
    "call",
    [
        lambda: baselines.cohen_certify(101, 100, 0.001),
        lambda: baselines.cohen_certify(-1, 100, 0.001),
        lambda: baselines.cohen_certify(50, 100, 0.0),
        lambda: baselines.indiv_class(np.array([], dtype=np.int64), 100, 0.001),
        lambda: baselines.indiv_class_thresholded(np.array([5]), 10, 0.1, 1.0),
        lambda: baselines.cohen_predict(np.array([5]), 0.1),
        lambda: baselines.cohen_predict(np.array([5, -1]), 0.1),
        lambda: baselines.cohen_predict(np.array([5, 1]), 1.0),
        lambda: baselines.joint_class(np.zeros((5, 3), int), np.zeros((5, 2), int), 0.1),
    ],
)
def test_what_cannot_be_is_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidSetting):
        call()
