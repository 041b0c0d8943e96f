"""The sentences of every mode and correction promise what is proved there, no more."""

from __future__ import annotations

import pytest

import engine
from app.words import promise
from app.words.fine_print import fine_print
from app.words.kinds import PIXELS
from tests.material.pictures import coin_certificate


def made(compute: engine.core.Compute, **changes: object) -> engine.Certificate:
    return coin_certificate(compute, **changes)


def test_a_budget_is_named_in_the_guarantee(compute: engine.core.Compute) -> None:
    certificate = made(compute, correction="k-step-down", budget=3)
    assert f"at most 3 of the {certificate.certified_count:,} coloured pixels" in promise.guarantee(certificate)
    assert "all but at most 3" in promise.reservations(certificate.settings, certificate.labels.size, PIXELS)


def test_a_budget_that_covers_everything_promises_nothing(compute: engine.core.Compute) -> None:
    certificate = made(compute, correction="k-step-down", budget=384)
    assert promise.guarantee(certificate).startswith("Nothing is promised: the error budget of 384 covers all")


def test_an_assumption_stands_before_the_promise(compute: engine.core.Compute) -> None:
    certificate = made(compute, correction="sidak")
    assert promise.guarantee(certificate).startswith(
        "If the pixels are independent or positively dependent, which nobo"
    )
    assert "if the pixels are independent" in promise.reservations(certificate.settings, 384, PIXELS)
    ledger = engine.certification.ledger_of([("a", certificate)])
    assert promise.joint(ledger).startswith("If the pixels and points are independent or positively dependent")


@pytest.mark.parametrize("correction", ["fdr-bh", "fdr-by"])
def test_a_false_discovery_rate_is_no_certificate(compute: engine.core.Compute, correction: str) -> None:
    certificate = made(compute, correction=correction)
    assert not promise.is_promise(certificate.settings)
    assert promise.passed(certificate.settings) == "Selected"
    assert promise.guarantee(certificate).startswith("No robustness certificate")
    assert ("if the pixels are" in promise.guarantee(certificate)) == (correction == "fdr-bh")
    assert "cannot be flipped" not in fine_print(certificate)
    assert promise.joint(engine.certification.ledger_of([("a", certificate)])) == "No certificate yet."


@pytest.mark.parametrize("correction", ["holm", "bonferroni"])
def test_nothing_is_left_open_where_nothing_is(compute: engine.core.Compute, correction: str) -> None:
    certificate = made(compute, correction=correction)
    assert promise.reservations(certificate.settings, 384, PIXELS) == ""
    assert promise.guarantee(certificate).startswith("With probability at least 90 %, none of the")


def test_noise_used_twice_voids_the_joint_promise(compute: engine.core.Compute) -> None:
    twice = engine.certification.ledger_of([("a", made(compute)), ("b", made(compute, tau=0.7))])
    assert promise.joint(twice).startswith("1 of these certificates were made from noise")
    fresh = engine.certification.ledger_of([("a", made(compute)), ("b", made(compute, tau=0.7, seed=8))])
    assert promise.joint(fresh) == "With probability at least 80 %, all 2 certificates hold at once."


@pytest.mark.parametrize("mode", ["fixed", "explore", "anytime", "free"])
def test_the_fine_print_says_what_the_mode_allows(compute: engine.core.Compute, mode: str) -> None:
    certificate = made(compute, mode=mode, correction="bonferroni", n=90)
    assert engine.stats.modes[mode].promise in fine_print(certificate)
