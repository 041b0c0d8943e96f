"""Verification by drawing again: what only fresh draws can tell, and what is drawn for nothing.

Tampered certificates here are consistent in themselves; every other kind is in test_verify.py.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from engine.certification import Certificate, Verification, verify
from engine.certification.certificates import Decision, decide, issue
from engine.certification.replication import EACH, contradicted
from engine.certification.selection import Selection
from engine.core import Cancelled, InvalidSetting
from engine.inputs import Image
from tests.material.totals import totals_of


def failed(outcome: Verification) -> set[str]:
    return {check.name for check in outcome.checks if not check.passed}


def test_resampling_with_the_recorded_seed_agrees(street_certificate: Certificate, street_image: Image) -> None:
    outcome = verify(street_certificate, subject=street_image, resample=True)
    assert outcome.passed
    assert outcome.checks[-1].name == "resample"
    assert "counts of all 3,072 components agree" in outcome.checks[-1].detail


def test_resampling_finds_hits_that_were_never_drawn(street_certificate: Certificate, street_image: Image) -> None:
    # Raised hits with all decisions recomputed: consistent in itself, and only fresh draws can tell.
    hits = street_certificate.hits.copy()
    hits[7, 7] += 1 if hits[7, 7] < street_certificate.settings.n else -1
    decision = decide(street_certificate.settings, street_certificate.top, hits, street_certificate.draws)
    tampered = replace(
        street_certificate, hits=hits, totals=totals_of(hits, street_certificate.draws), labels=decision.labels,
        cutoff=decision.cutoff,
    )  # fmt: skip
    assert verify(tampered, subject=street_image).passed
    outcome = verify(tampered, subject=street_image, resample=True)
    assert failed(outcome) == {"resample"}
    assert "counts of 1 of 3,072 components differ" in outcome.checks[-1].detail


def test_resampling_finds_draws_in_another_order(street_certificate: Certificate, street_image: Image) -> None:
    totals = street_certificate.totals[::-1].copy()
    tampered = replace(street_certificate, totals=totals)
    assert verify(tampered, subject=street_image).passed
    assert failed(verify(tampered, subject=street_image, resample=True)) == {"resample"}


def test_resampling_finds_another_sigma(street_certificate: Certificate, street_image: Image) -> None:
    settings = replace(street_certificate.settings, sigma=1.0)
    tampered = replace(street_certificate, settings=settings, radius=street_certificate.radius * 50)
    assert verify(tampered, subject=street_image).passed
    assert failed(verify(tampered, subject=street_image, resample=True)) == {"resample"}


def test_replication_with_another_seed_passes(street_certificate: Certificate, street_image: Image) -> None:
    outcome = verify(street_certificate, subject=street_image, resample=True, seed=99)
    assert outcome.passed
    names = [check.name for check in outcome.checks[-3:]]
    assert names == ["replication", "replication of hits", "replication of draws"]
    assert outcome.checks[-3].detail.startswith("0 of ")
    assert "contradicted" in outcome.checks[-3].detail


def test_replication_finds_a_class_that_is_not_there(street_certificate: Certificate, street_image: Image) -> None:
    # Votes, hits and labels all moved to the next class, as if the network had answered it.
    votes = np.roll(street_certificate.votes, 1, axis=0)
    top = np.argmax(votes, axis=0).astype(np.uint8)
    decision = decide(street_certificate.settings, top, street_certificate.hits, street_certificate.draws)
    forged = replace(street_certificate, top=top, votes=votes, labels=decision.labels)
    assert verify(forged, subject=street_image).passed
    found = failed(verify(forged, subject=street_image, resample=True, seed=99))
    assert found == {"replication", "replication of hits", "replication of draws"}


def forged_labels(certificate: Certificate, hits: int) -> Certificate:
    """All pixels certified as class 1 from `hits` of n draws."""
    shape = certificate.labels.shape
    settings = certificate.settings
    votes = np.zeros((2, *shape), dtype=np.uint16)
    votes[1] = settings.n0
    counts = np.full(shape, hits, dtype=np.int32)
    selection = Selection.from_votes(votes)
    decision = Decision(labels=selection.top.astype(np.int16), cutoff=hits, radius=certificate.radius)
    return issue(settings, certificate.provenance, selection, counts, totals_of(counts, settings.n), decision)


def test_contradictions_by_hand(coin_cert: Certificate) -> None:
    # tau 0.6, n 60, level 0.001 / 3, 384 certified pixels: P(Bin(60, .6) <= k) < 8.68e-7 up to k = 17 and no longer at
    # 18, by sums in fractions.Fraction.
    tau, n = Fraction(3, 5), 60
    tail = [sum(comb(n, j) * tau**j * (1 - tau) ** (n - j) for j in range(k + 1)) for k in range(n + 1)]
    few = max(k for k in range(n + 1) if tail[k] * 384 * 3000 < 1)
    assert (few, EACH) == (17, pytest.approx(1 / 3000))
    certificate = forged_labels(coin_cert, 60)
    hits = np.full((16, 24), 60, dtype=np.int32)
    hits[0, :4] = [few, few + 1, 0, 36]
    np.testing.assert_array_equal(contradicted(certificate, hits, n)[0, :4], [True, False, True, False])
    assert contradicted(certificate, hits, n).sum() == 2


def test_replication_finds_few_forged_pixels(street_certificate: Certificate, street_image: Image) -> None:
    # Abstained pixels claimed for a class that was never drawn there, with a perfect record: even one must be found.
    settings, abstained = street_certificate.settings, np.argwhere(~street_certificate.certified)
    assert len(abstained) > 0
    row, column = abstained[len(abstained) // 2]
    absent = int(np.flatnonzero(street_certificate.votes[:, row, column] == 0)[-1])
    votes, hits = street_certificate.votes.copy(), street_certificate.hits.copy()
    votes[:, row, column] = 0
    votes[absent, row, column], hits[row, column] = settings.n0, settings.n
    selection = Selection.from_votes(votes)
    decision = decide(settings, selection.top, hits, settings.n)
    forged = issue(settings, street_certificate.provenance, selection, hits, totals_of(hits, settings.n), decision)
    assert forged.labels[row, column] == absent
    assert verify(forged, subject=street_image).passed
    for seed in (7, 8, 9):
        found = failed(verify(forged, subject=street_image, resample=True, seed=seed))
        assert {"replication", "replication of hits"} <= found


def test_resampling_finds_edited_votes(street_certificate: Certificate, street_image: Image) -> None:
    votes = street_certificate.votes.copy()
    rows, columns = np.nonzero((votes > 0).sum(axis=0) >= 2)
    row, column = rows[0], columns[0]
    first, second = np.argsort(-votes[:, row, column].astype(int), kind="stable")[:2]
    votes[first, row, column] += 1
    votes[second, row, column] -= 1
    edited = replace(street_certificate, votes=votes)
    assert verify(edited, subject=street_image).passed
    assert failed(verify(edited, subject=street_image, resample=True)) == {"resample"}


def test_resampling_needs_the_image(street_certificate: Certificate) -> None:
    with pytest.raises(InvalidSetting, match="needs the image"):
        verify(street_certificate, resample=True)


def test_nothing_is_sampled_once_a_check_has_failed(street_certificate: Certificate, street_image: Image) -> None:
    def fail() -> bool:
        raise AssertionError("sampling was started")

    tampered = replace(street_certificate, cutoff=0)
    assert failed(verify(tampered, subject=street_image, resample=True, cancelled=fail)) == {"decisions", "resample"}


def test_resampling_can_be_cancelled(street_certificate: Certificate, street_image: Image) -> None:
    with pytest.raises(Cancelled):
        verify(street_certificate, subject=street_image, resample=True, cancelled=lambda: True)
