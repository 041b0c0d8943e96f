"""Verification: an honest certificate passes; every kind of tampering fails, and fails the check that names it.

The honest certificate comes from the model that ships, on so little noise that its weights do not matter.
Tampered ones differ from it in exactly one respect.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.certification import Certificate, Settings, Verification, verify
from engine.certification.certificates import decide, issue
from engine.certification.selection import Selection
from engine.core import InvalidInput
from engine.inputs import ABSTAIN, Image, image_from_array
from tests.material.totals import totals_of

CLASSES = 11


def failed(outcome: Verification) -> set[str]:
    return {check.name for check in outcome.checks if not check.passed}


def changed(certificate: Certificate, name: str, where: tuple[int, ...], value: int) -> Certificate:
    """The certificate with one entry of one array set to another value."""
    array = getattr(certificate, name).copy()
    assert array[where] != value, "the tampering changes nothing"
    array[where] = value
    return replace(certificate, **{name: array})


@pytest.fixture(scope="module")
def mixed(street_certificate: Certificate) -> Certificate:
    """A consistent certificate with certified and abstained pixels: its counts are made up, its decisions follow."""
    settings = Settings(sigma=0.25, tau=0.75, n0=10, n=100, alpha=0.001, size=64)
    rng = np.random.default_rng(4)
    votes = np.zeros((CLASSES, 48, 64), dtype=np.uint16)
    winner = rng.integers(0, CLASSES - 1, (48, 64))
    np.put_along_axis(votes, winner[None], 7, axis=0)
    np.put_along_axis(votes, winner[None] + 1, 3, axis=0)
    selection = Selection.from_votes(votes)
    hits = rng.choice([70, 85, 92, 97, 100], (48, 64)).astype(np.int32)
    decision = decide(settings, selection.top, hits, settings.n)
    return issue(settings, street_certificate.provenance, selection, hits, totals_of(hits, settings.n), decision)


def pixel(certificate: Certificate, *, certified: bool) -> tuple[int, int]:
    row, column = np.argwhere(certificate.certified == certified)[0]
    return int(row), int(column)


def test_an_honest_certificate_passes(street_certificate: Certificate, street_image: Image) -> None:
    outcome = verify(street_certificate, subject=street_image)
    assert outcome.passed
    assert [check.name for check in outcome.checks] == [
        "selection",
        "totals",
        "decisions",
        "radius",
        "weights",
        "input",
    ]
    assert all(check.detail for check in outcome.checks)


def test_a_loaded_certificate_passes(street_certificate: Certificate) -> None:
    assert verify(Certificate.load(street_certificate.to_bytes())).passed


def test_the_made_up_certificate_passes_and_is_mixed(mixed: Certificate) -> None:
    assert verify(mixed).passed
    assert 0.2 < mixed.certified_fraction < 0.8


def test_abstention_turned_into_a_class(mixed: Certificate) -> None:
    where = pixel(mixed, certified=False)
    assert failed(verify(changed(mixed, "labels", where, int(mixed.top[where])))) == {"decisions"}


def test_class_turned_into_abstention(mixed: Certificate) -> None:
    assert failed(verify(changed(mixed, "labels", pixel(mixed, certified=True), ABSTAIN))) == {"decisions"}


def test_class_exchanged(mixed: Certificate) -> None:
    where = pixel(mixed, certified=True)
    other = (int(mixed.labels[where]) + 1) % CLASSES
    assert failed(verify(changed(mixed, "labels", where, other))) == {"decisions"}


def test_hits_raised_for_an_abstained_pixel(mixed: Certificate) -> None:
    assert failed(verify(changed(mixed, "hits", pixel(mixed, certified=False), 100))) == {"totals", "decisions"}


def test_hits_lowered_for_a_certified_pixel(mixed: Certificate) -> None:
    assert failed(verify(changed(mixed, "hits", pixel(mixed, certified=True), 0))) == {"totals", "decisions"}


@pytest.mark.parametrize("by", [-1, 1])
def test_cutoff(mixed: Certificate, by: int) -> None:
    assert failed(verify(replace(mixed, cutoff=mixed.cutoff + by))) == {"decisions"}


@pytest.mark.parametrize("radius", [0.0, 0.17, 0.168622438, float("inf"), float("nan")])
def test_radius(mixed: Certificate, radius: float) -> None:
    assert failed(verify(replace(mixed, radius=radius))) == {"radius"}


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ({"tau": 0.5}, {"decisions", "radius"}),
        ({"tau": 0.99}, {"decisions", "radius"}),
        ({"alpha": 1e-9}, {"decisions"}),
        ({"alpha": 0.5}, {"decisions"}),
        ({"sigma": 0.5}, {"radius"}),
        ({"n0": 11}, {"selection"}),
    ],
)
def test_settings(mixed: Certificate, change: dict[str, Any], checks: set[str]) -> None:
    assert failed(verify(replace(mixed, settings=replace(mixed.settings, **change)))) == checks


@pytest.mark.parametrize("n", [150, 1000])
def test_number_of_draws(mixed: Certificate, n: int) -> None:
    settings = replace(mixed.settings, n=n)
    with pytest.raises(InvalidInput, match="number of draws"):  # in fixed mode exactly n are drawn
        replace(mixed, settings=settings)
    with pytest.raises(InvalidInput, match="number of draws"):
        replace(mixed, draws=n)
    assert failed(verify(replace(mixed, settings=settings, draws=n, totals=totals_of(mixed.hits, n)))) == {"decisions"}


def test_correction_exchanged(mixed: Certificate) -> None:
    # 24 hits of 30, tau 1/2, alpha .4 for three pixels: Holm takes 20 hits at level alpha once two have passed.
    settings = Settings(n=30, n0=1, tau=0.5, alpha=0.4, size=64)
    hits = np.array([[30, 30, 18]], dtype=np.int32)
    votes = np.zeros((CLASSES, 1, 3), dtype=np.uint16)
    votes[0] = 1
    selection = Selection.from_votes(votes)
    made = issue(
        settings, mixed.provenance, selection, hits, totals_of(hits, 30), decide(settings, selection.top, hits, 30)
    )
    assert verify(made).passed
    assert failed(verify(replace(made, settings=replace(settings, correction="bonferroni")))) == {"decisions"}


def test_vote_moved_so_that_another_class_wins(mixed: Certificate) -> None:
    votes = mixed.votes.copy()
    votes[:, 5, 5] = np.roll(votes[:, 5, 5], 1)
    assert failed(verify(replace(mixed, votes=votes))) == {"selection"}


def test_vote_added(mixed: Certificate) -> None:
    where = (int(mixed.top[3, 3]), 3, 3)
    assert failed(verify(changed(mixed, "votes", where, 8))) == {"selection"}


def test_class_under_test_exchanged(mixed: Certificate) -> None:
    where = pixel(mixed, certified=False)
    assert failed(verify(changed(mixed, "top", where, (int(mixed.top[where]) + 1) % CLASSES))) == {"selection"}


@pytest.mark.parametrize(
    ("change", "checks", "words"),
    [
        ({"input_sha256": "0" * 64}, {"input"}, "not the image"),
        ({"weights_sha256": "0" * 64}, {"weights"}, "other weights"),
        ({"model": "another"}, {"weights"}, "unknown model"),
        ({"classes": tuple("abcdefghijk")}, {"weights"}, "classes"),
    ],
)
def test_provenance(
    street_certificate: Certificate, street_image: Image, change: dict[str, Any], checks: set[str], words: str
) -> None:
    tampered = replace(street_certificate, provenance=replace(street_certificate.provenance, **change))
    outcome = verify(tampered, subject=street_image)
    assert failed(outcome) == checks
    assert any(words in check.detail for check in outcome.checks if not check.passed)


def test_another_image(street_certificate: Certificate, street_image: Image) -> None:
    pixels = np.array(street_image.pixels)
    pixels[0, 0, 0] += np.float32(0.01)
    assert failed(verify(street_certificate, subject=image_from_array(pixels))) == {"input"}


@pytest.mark.parametrize("change", [{"source_sha256": "0" * 64}, {"source_size": (9, 9)}], ids=str)
def test_the_recorded_source_is_checked(
    street_certificate: Certificate, street_image: Image, change: dict[str, object]
) -> None:
    edited = replace(street_certificate, provenance=replace(street_certificate.provenance, **change))
    assert failed(verify(edited, subject=street_image)) == {"input"}


def test_what_was_not_checked_is_said(street_certificate: Certificate, street_image: Image) -> None:
    assert verify(street_certificate).on_trust[:2] == ("the counts were not drawn again", "the image was not given")
    always = verify(street_certificate, subject=street_image, resample=True).on_trust
    assert len(always) == 2
    assert "settings and seed were fixed before the draws" in always[1]  # no later check can show it
