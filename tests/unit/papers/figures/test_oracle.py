"""The synthetic setting: shortcuts (histograms, kinds of outputs) against drawing every component of every draw."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engine.certification import baselines
from engine.papers.figures import _oracle as toy
from engine.papers.figures._oracle import Oracle

SMALL = Oracle(components=4, bad=1, gamma=0.1, n0=7, n=40, alpha=0.05)


def brute_force(oracle: Oracle, repetitions: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors of every component in every draw: bool (repetitions, n0, N) and (repetitions, n, N)."""
    generator = np.random.default_rng(seed)
    error = np.concatenate([np.full(size, 1.0 - p) for size, p in oracle.groups()])
    return tuple(  # type: ignore[return-value]
        generator.random((repetitions, draws, oracle.components)) < error for draws in (oracle.n0, oracle.n)
    )


def hits_of(selection: np.ndarray, estimation: np.ndarray) -> np.ndarray:
    guess = selection.sum(axis=1) > selection.shape[1] / 2  # class 1 stands for an error; class 0 wins ties
    wrong = estimation.sum(axis=1)
    return np.where(guess, wrong, estimation.shape[1] - wrong)


def test_groups_have_five_times_the_error_on_the_bad_components() -> None:
    assert SMALL.groups() == ((3, pytest.approx(0.9)), (1, pytest.approx(0.5)))
    assert Oracle(components=4, bad=2, gamma=0.3, n0=1, n=1, alpha=0.1).groups()[1] == (2, 0.0)


def test_prescribed_share() -> None:
    # Figure 2's caption: an optimal method certifies 1.0, or 0.99 once 1 - 5 gamma <= 0.75.
    for gamma, share in ((0.04, 1.0), (0.06, 0.99)):
        assert Oracle(components=100, bad=1, gamma=gamma, n0=1, n=1, alpha=0.1).prescribed() == pytest.approx(share)


def test_wrong_guess_needs_a_strict_majority() -> None:
    assert toy.wrong_guess(0.9, 1) == pytest.approx(0.1)
    assert toy.wrong_guess(0.9, 2) == pytest.approx(0.01)  # both draws
    assert toy.wrong_guess(0.9, 3) == pytest.approx(0.001 + 3 * 0.9 * 0.01)


def test_histograms_follow_the_law_of_drawn_components() -> None:
    repetitions = 20_000
    selection, estimation = brute_force(SMALL, repetitions, 3)
    drawn = np.stack([np.bincount(row, minlength=41) for row in hits_of(selection, estimation)]).mean(axis=0)
    quick = toy.draw_histograms(SMALL, repetitions, np.random.default_rng(4))
    assert (quick.sum(axis=1) == 4).all()
    assert np.abs(quick.mean(axis=0) - drawn).max() < 0.03  # five standard errors of a mean of at most 4 of 41 bins


def test_indiv_class_agrees_with_the_baseline_on_drawn_components() -> None:
    repetitions = 4000
    oracle = Oracle(components=4, bad=1, gamma=0.05, n0=7, n=40, alpha=0.05)
    hits = hits_of(*brute_force(oracle, repetitions, 5))
    expected = np.mean([baselines.indiv_class(row, oracle.n, oracle.alpha).certified for row in hits])
    histograms = toy.draw_histograms(oracle, repetitions, np.random.default_rng(6))
    assert 0.1 < expected < 0.9
    assert toy.indiv_class(histograms, oracle) == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("gamma", [0.02, 0.05, 0.09])
def test_joint_class_agrees_with_the_baseline_on_drawn_outputs(gamma: float) -> None:
    repetitions = 1500
    oracle = Oracle(components=4, bad=1, gamma=gamma, n0=7, n=40, alpha=0.05)
    selection, estimation = (part.astype(np.int64) for part in brute_force(oracle, repetitions, 7))
    expected = np.mean(
        [
            baselines.joint_class(chosen, tested, oracle.alpha)[0].certified
            for chosen, tested in zip(selection, estimation, strict=True)
        ]
    )
    found = toy.joint_class(oracle, 20_000, np.random.default_rng(8))
    assert found == pytest.approx(expected, abs=0.05)


def test_joint_class_where_a_component_is_never_right() -> None:
    oracle = Oracle(components=3, bad=1, gamma=0.2, n0=5, n=60, alpha=0.05)
    # The bad component is always wrong, the others right with 0.8 each: that output has probability 0.64.
    expected = stats.binom.sf(int(stats.binom.isf(0.05, 60, 0.5)), 60, 0.64)
    assert toy.joint_class(oracle, 20_000, np.random.default_rng(9)) == pytest.approx(expected, abs=0.03)


def test_bonferroni_share_is_a_binomial_tail() -> None:
    # One level for all: each component passes with P(Bin(100, 0.95) >= cutoff), cutoff the least k with
    # P(Bin(100, 0.75) >= k) <= 0.1 / 1000; summed here by stats.binom alone.
    oracle = Oracle(components=1000, bad=0, gamma=0.05, n0=100, n=100, alpha=0.1)
    cutoff = next(k for k in range(101) if stats.binom.sf(k - 1, 100, 0.75) <= 1e-4)
    histograms = toy.draw_histograms(oracle, 200, np.random.default_rng(10))
    expected = float(stats.binom.sf(cutoff - 1, 100, 0.95))
    assert toy.seg_certify(histograms, oracle, "bonferroni") == pytest.approx(expected, abs=0.002)
