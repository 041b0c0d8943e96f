"""Robustness curves: each point is an attack of its own, under the noise that its model meets."""

from __future__ import annotations

import pytest

from engine.attacks import (
    AttackSettings,
    Attempt,
    aim_at,
    attack_input,
    attacked_input,
    curve_ledger,
    flipped,
    robustness_curve,
    settle,
)
from engine.certification import Certificate
from engine.certification.pipeline import noisy_prediction
from engine.core import Compute
from engine.inputs import Image
from engine.models import BaseModel
from tests.material.tiny_models import Halving, toy_model


def test_a_curve_starts_at_nothing(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    seen: list[tuple[int, int]] = []
    points = robustness_curve(
        street, street, street_image, clean, Attempt(steps=3), shares=(0.0, 20.0), denoised=street,
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert [point.share for point in points] == [0.0, 20.0]
    assert points[0].undefended == 0.0
    assert points[0].certified == 0.0
    assert points[0].denoised == 0.0
    assert points[1].undefended > 0.0
    assert points[1].denoised is not None
    assert points[1].denoised > 0.0
    assert seen == [(1, 2), (2, 2)]


def seed_of(certificate: Certificate) -> int:
    """What an attempt's random choices are made from."""
    return certificate.settings.fresh("attack").streams.number()


def test_every_budget_adds_one_certificate_to_that_of_the_clean_input(
    street: BaseModel, street_image: Image, clean: Certificate
) -> None:
    points = robustness_curve(street, street, street_image, clean, Attempt(steps=1), shares=(0.0, 0.5, 1.0))
    ledger = curve_ledger(clean, points)
    assert len(ledger.entries) == 4
    assert ledger.alpha == pytest.approx(4 * clean.settings.alpha)  # the union bound
    assert ledger.reused == 0


def test_the_certified_curve_is_that_of_an_attack_under_the_certificates_noise(
    street: BaseModel, street_image: Image, clean: Certificate
) -> None:
    budget = AttackSettings(budget=5.0 * clean.radius, steps=3, seed=seed_of(clean))
    (point,) = robustness_curve(street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(5.0,))
    assert point.denoised is None
    found = attack_input(
        street, street_image, aim_at(street, street_image), budget, victim="smoothed", sigma=clean.settings.sigma
    )
    asked = clean.settings.fresh("budget", 0)
    _, verdict = settle(street, clean, attacked_input(street_image, found), found.norm, asked=asked)
    assert point.certified == verdict.violations / verdict.certified
    assert point.abstained == verdict.now_abstain / verdict.certified
    assert not verdict.inside


def test_the_denoised_line_is_attacked_through_the_denoiser(
    street: BaseModel, street_image: Image, clean: Certificate, compute: Compute
) -> None:
    """By the same attack on the pipeline itself, asked on the curve's one noisy draw."""
    guarded = toy_model(compute, denoise=Halving())
    budget = AttackSettings(budget=20.0 * clean.radius, steps=3, seed=seed_of(clean))
    (point,) = robustness_curve(
        street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(20.0,), denoised=guarded
    )
    found = attack_input(
        guarded, street_image, aim_at(guarded, street_image), budget, victim="smoothed", sigma=0.25, draws=1
    )
    before, after = (
        noisy_prediction(guarded, image, clean.settings)
        for image in (street_image, attacked_input(street_image, found))
    )
    assert point.denoised == flipped(before, after) > 0.0
