"""The tests of a replication against hand-computed tails, that honest counts pass, and that moved ones do not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from engine.audits.error_control.coins import coin_model
from engine.certification import Certificate, Settings, certify
from engine.certification.decisions import decide
from engine.certification.replication import EACH, fresh_draws, overcounted, totals_p_value
from engine.certification.sampling import Sampler
from engine.core import Compute
from tests.material.pictures import plain_image
from tests.material.totals import totals_of

SHAPE, P = (16, 24), 0.7


@pytest.fixture(scope="module")
def coins(compute: Compute) -> tuple[Certificate, Sampler]:
    settings = Settings(sigma=0.25, tau=0.6, n0=20, n=100, alpha=0.1)
    model = coin_model(np.full(SHAPE, P), value=0.5, sigma=0.25, block=1, compute=compute)
    image = plain_image(*SHAPE, 0.5)
    return certify(model, image, settings), Sampler.of(model, image, replace(settings, seed=77))


def moved(certificate: Certificate, share: float, by: int) -> Certificate:
    """So many hits more at a share of the components, everything else made consistent."""
    chosen = np.random.default_rng(3).permutation(certificate.hits.size)[: round(share * certificate.hits.size)]
    hits = certificate.hits.copy()
    hits.flat[chosen] = np.minimum(hits.flat[chosen] + by, certificate.draws)
    made = decide(certificate.settings, certificate.top, hits, certificate.draws)
    totals = totals_of(hits, certificate.draws)
    return replace(certificate, hits=hits, totals=totals, labels=made.labels, cutoff=made.cutoff)


def test_the_larger_half_by_exact_sums(coins: tuple[Certificate, Sampler]) -> None:
    # Of k hits in 2n draws, P(the first half has at least r) = sum of C(n, j) C(n, k - j) / C(2n, k) over j >= r.
    certificate, _ = coins
    n, size = 100, 384

    def tail(recorded: int, fresh: int) -> Fraction:
        k = recorded + fresh
        ways = sum(comb(n, j) * comb(n, k - j) for j in range(recorded, min(n, k) + 1))
        return Fraction(ways, comb(2 * n, k))

    for recorded, fresh in ((100, 70), (100, 80), (95, 70), (85, 52), (85, 56), (70, 70), (70, 100), (100, 100)):
        hits = np.full(SHAPE, 70, dtype=np.int32)
        hits[2, 3] = recorded
        again = np.full(SHAPE, 70, dtype=np.int32)
        again[2, 3] = fresh
        found = overcounted(replace(certificate, hits=hits), again, n)
        assert bool(found[2, 3]) == (tail(recorded, fresh) < Fraction(EACH) / size), (recorded, fresh)
        assert found.sum() == found[2, 3]


def test_honest_counts_pass(coins: tuple[Certificate, Sampler]) -> None:
    certificate, sampler = coins
    assert fresh_draws(certificate) == 100
    hits, totals = sampler.count(certificate.top, 100)
    assert not overcounted(certificate, hits, 100).any()
    assert totals_p_value(certificate, totals) > EACH


def test_one_component_moved_far_is_found(coins: tuple[Certificate, Sampler]) -> None:
    certificate, sampler = coins
    hits, totals = sampler.count(certificate.top, 100)
    forged = moved(certificate, 1 / 384, 100)
    assert overcounted(forged, hits, 100).sum() == 1
    assert totals_p_value(forged, totals) > EACH  # one of 384 does not show there


def test_all_components_moved_a_little_are_found(coins: tuple[Certificate, Sampler]) -> None:
    certificate, sampler = coins
    hits, totals = sampler.count(certificate.top, 100)
    forged = moved(certificate, 1.0, 3)
    assert not overcounted(forged, hits, 100).any()
    assert totals_p_value(forged, totals) < EACH


def test_totals_are_judged_by_permutations(coins: tuple[Certificate, Sampler]) -> None:
    # 100 totals all larger than 100 others: no other order of 200 reaches their sum.
    certificate, _ = coins
    larger = replace(certificate, totals=np.full(100, 5, dtype=np.int32))
    assert totals_p_value(larger, np.full(100, 4, dtype=np.int32)) == pytest.approx(1e-4)
    assert totals_p_value(larger, np.full(100, 5, dtype=np.int32)) == 1.0


def test_a_stopped_run_is_judged_by_its_sequence(coins: tuple[Certificate, Sampler]) -> None:
    # 60 of 60 hits: the sequence's bound at 1/9000/384 lies above what 420 of 600 fresh ones allow, not above 590.
    certificate, _ = coins
    settings = replace(certificate.settings, mode="anytime")
    all_hit = np.full(SHAPE, 60, dtype=np.int32)
    stopped = replace(certificate, settings=settings, draws=60, hits=all_hit, totals=totals_of(all_hit, 60))
    assert fresh_draws(stopped) == 600
    fresh = np.full(SHAPE, 590, dtype=np.int32)
    fresh[0, :2] = 300, 250
    found = overcounted(stopped, fresh, 600)
    assert found[0, :2].tolist() == [True, True]
    assert found.sum() == 2
