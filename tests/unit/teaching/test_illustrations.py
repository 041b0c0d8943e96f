"""The calculations behind the lessons, against numbers worked out by hand or by exact sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import engine
from engine.teaching import coins as ill


def test_coin_test_by_hand() -> None:
    # tau = .5, n = 4: P(4 of 4) = 1/16 = .0625, P(>= 3) = 5/16. At alpha = .1 four hits are needed.
    test = ill.coin_test(3, 4, tau=0.5, alpha=0.1, p=0.9)
    assert (test.cutoff, test.certified) == (4, False)
    assert test.p_value == pytest.approx(5 / 16)
    assert test.type_one == pytest.approx(1 / 16)
    assert test.power == pytest.approx(0.9**4)
    assert ill.coin_test(4, 4, tau=0.5, alpha=0.1, p=0.9).certified
    assert ill.coin_test(4, 4, tau=0.5, alpha=0.01, p=0.9).cutoff == 5  # no number of hits is enough


def test_draws_repeat_with_their_seed() -> None:
    assert (ill.flips(0.7, 50, 3) == ill.flips(0.7, 50, 3)).all()
    assert ill.flips(0.0, 5, 1).sum() == 0
    assert ill.flips(1.0, 5, 1).sum() == 5
    with pytest.raises(engine.core.InvalidSetting):
        ill.flips(1.1, 5, 1)


def test_pixels_at_tau_are_counted() -> None:
    p = ill.pixel_probabilities(20, 0.25, 0.75)
    assert len(p) == 20
    assert (p == 0.75).sum() == 5
    assert (p[:15] > 0.75).all()
    assert (ill.pixel_probabilities(10, 1.0, 0.75) == 0.75).all()


def test_corrections_keep_alpha_where_no_correction_does_not() -> None:
    p = ill.pixel_probabilities(40, 1.0, 0.75)
    hits = ill.draw_hits(p, 60, 1000, seed=5)
    rows = {
        row.name: row
        for row in ill.family_errors(("none", "bonferroni", "holm"), p, hits, 60, tau=0.75, alpha=0.1, budget=0)
    }
    # One false certificate of 40 independent pixels: 1 - (1 - size of one test)^40, exactly.
    size = ill.coin_test(0, 60, tau=0.75, alpha=0.1, p=0.75).type_one
    assert rows["none"].low <= 1 - (1 - size) ** 40 <= rows["none"].high
    assert rows["none"].low > 0.1
    assert rows["bonferroni"].errors <= rows["holm"].errors
    assert rows["holm"].low <= 0.1


def test_a_refutation_stays_valid_while_it_is_looked_at() -> None:
    # 2,000 careful people who add 20 pictures at a time and look, with a true rate of exactly alpha: at most 1 % are
    # ever misled (5 standard errors above 1 % of 2,000 are 42); peeking at plain binomial p-values misleads far more.
    rng = np.random.default_rng(0)
    errors = rng.binomial(20, 0.1, (2000, 30)).cumsum(axis=1)
    misled = np.zeros(2000, dtype=bool)
    plain = np.zeros(2000, dtype=bool)
    for look in range(30):
        trials = 20 * (look + 1)
        valid = np.array([ill.refutation(count, trials, 0.1) for count in range(errors[:, look].max() + 1)])
        misled |= valid[errors[:, look]] <= 0.01
        plain |= stats.binom.sf(errors[:, look] - 1, trials, 0.1) <= 0.01
    assert misled.sum() <= 42
    assert plain.sum() > 60


def test_a_refutation_sees_a_broken_promise() -> None:
    # 70 of 300 are seven standard errors above the promised 30, 36 are hardly more than one.
    assert ill.refutation(70, 300, 0.1) < 0.01 < ill.refutation(36, 300, 0.1)
    assert ill.refutation(10, 300, 0.1) == 1.0


def test_radii_in_other_norms() -> None:
    assert ill.lp_radius(0.5, 2, 100) == 0.5
    assert ill.lp_radius(0.5, 1, 100) == 0.5
    assert ill.lp_radius(0.5, 4, 10_000) == pytest.approx(0.05)
    assert ill.lp_radius(0.5, math.inf, 10_000) == pytest.approx(0.005)
    with pytest.raises(engine.core.InvalidSetting):
        ill.lp_radius(0.5, 0.5, 3)


def test_spread_has_the_size_it_claims() -> None:
    pixels = np.array([1, 7, 76_800])
    assert np.sqrt(3 * pixels * ill.spread(0.169, pixels) ** 2) == pytest.approx(0.169)
