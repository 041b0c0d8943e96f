"""Robustness curves: each point is an attack of its own, under the noise that its model meets."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.attacks import (
    AttackResult,
    AttackSettings,
    Attempt,
    aim_at,
    attack_input,
    attacked_input,
    certified_bound,
    curve_ledger,
    curve_points,
    flipped,
    robustness_curve,
    settle,
)
from engine.certification import Certificate, Settings, base_prediction, certify
from engine.certification.pipeline import noisy_prediction
from engine.core import Cancelled, Compute
from engine.inputs import Image
from engine.models import BaseModel
from tests.material.tiny_models import Halving, toy_model

ATTEMPT = importlib.import_module("engine.attacks.attempt")  # the package exports its function under that name


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
    _, verdict = settle(street, clean, attacked_input(street_image, found), {"l2": found.norm}, asked=asked)
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


def test_points_come_one_at_a_time(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    """So that others can have a turn, and what is not asked for is not computed."""
    stops = [False]
    points = curve_points(
        street, street, street_image, clean, Attempt(steps=2), shares=(0.0, 1.0, 2.0), cancelled=lambda: stops[0]
    )
    assert next(points).share == 0.0
    assert next(points).share == 1.0
    stops[0] = True
    with pytest.raises(Cancelled):
        next(points)


def test_attacked_inputs_are_certified_where_it_is_asked(
    street: BaseModel, street_image: Image, clean: Certificate
) -> None:
    """Elsewhere there is the vote of n0 draws, the selection that a certificate begins with."""
    shares, how = (0.0, 1.0, 30.0), Attempt(loss="ce", steps=3)
    some = robustness_curve(street, street, street_image, clean, how, shares=shares, certify_at=(1.0,))
    every = robustness_curve(street, street, street_image, clean, how, shares=shares)
    assert [point.attacked is None for point in some] == [True, False, True]
    assert [point.certified is None for point in some] == [point.abstained is None for point in some]
    assert [entry.name for entry in curve_ledger(clean, some).entries] == ["clean", "attacked with 1 R"]
    assert [point.outvoted for point in some] == [point.outvoted for point in every]
    last = every[-1].attacked
    assert last is not None
    assert every[-1].outvoted == float((last.top != clean.labels)[clean.certified].mean()) > 0.0


def test_a_budget_goes_on_from_the_one_before(
    street: BaseModel, street_image: Image, clean: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[Any] = []

    def watched(*arguments: Any, **options: Any) -> AttackResult:
        starts.append(options["start"])
        return attack_input(*arguments, **options)

    monkeypatch.setattr(ATTEMPT, "attack_input", watched)
    how = Attempt(loss="ce", steps=3)
    points = robustness_curve(street, street, street_image, clean, how, shares=(0.0, 4.0, 8.0, 16.0), certify_at=())
    undefended = starts[::2]  # and the smoothed model in turn
    assert undefended[0] is None
    x = street_image.pixels.astype(np.float64)
    assert np.linalg.norm(undefended[1] - x) == pytest.approx(8.0 * clean.radius, rel=0.02)
    losses = [point.undefended for point in points]
    assert losses == sorted(losses)
    assert losses[-1] > losses[1]


def test_the_worst_so_far_counts_at_larger_budgets(
    street: BaseModel, street_image: Image, clean: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found within a smaller budget lies within a larger one too, where the next attack finds nothing."""

    def lazy(model: BaseModel, subject: Image, aim: Any, settings: AttackSettings, **options: Any) -> AttackResult:
        weak = settings.budget > 10.0 * clean.radius
        return attack_input(model, subject, aim, replace(settings, budget=0.0) if weak else settings, **options)

    monkeypatch.setattr(ATTEMPT, "attack_input", lazy)
    first, second = robustness_curve(
        street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(9.0, 11.0), certify_at=()
    )
    assert second.undefended == first.undefended > 0.0


@pytest.mark.parametrize(("mode", "correction"), [("fixed", "holm"), ("explore", "bonferroni")])
def test_the_guarantee_by_hand(
    street: BaseModel, street_image: Image, settings: Settings, mode: str, correction: str
) -> None:
    """One radius for all, or of each its own: counted pixel by pixel."""
    certificate = certify(street, street_image, replace(settings, sigma=0.05, n=200, mode=mode, correction=correction))
    free = mode == "explore"
    radii = certificate.radius_map() if free else np.where(certificate.certified, certificate.radius, 0.0)
    for size in (0.0, 0.5 * certificate.radius, certificate.radius, 1.5 * certificate.radius):
        by_hand = sum(1 for radius in radii.ravel() if radius > 0.0 and radius >= size) / radii.size
        assert certified_bound(certificate, size) == by_hand
    farther = certified_bound(certificate, 1.5 * certificate.radius)
    assert 0.0 < farther < 1.0 if free else farther == 0.0
    (point,) = robustness_curve(
        street, street, street_image, certificate, Attempt(steps=1), shares=(0.5,), certify_at=()
    )
    assert point.certified_bound == certified_bound(certificate, 0.5 * certificate.radius)


def test_the_undefended_line_is_of_its_own_answers(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    how = AttackSettings(budget=9.0 * clean.radius, steps=3, seed=seed_of(clean))
    (point,) = robustness_curve(
        street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(9.0,), certify_at=()
    )
    found = attacked_input(street_image, attack_input(street, street_image, aim_at(street, street_image), how))
    assert point.undefended == flipped(base_prediction(street, street_image), base_prediction(street, found))
