"""An attacked input against its certificate: verdicts, on models whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attacks import (
    AttackSettings,
    Attempt,
    aim_at_certified,
    attack,
    attack_input,
    attacked_input,
    flipped,
    judge,
    settle,
)
from engine.certification import Certificate, base_prediction
from engine.core import Compute, InvalidInput
from engine.inputs import ABSTAIN, Image
from engine.models import BaseModel
from tests.material.pictures import plain_image
from tests.material.tiny_models import toy_model


def test_a_verdict_by_hand(clean: Certificate) -> None:
    labels = np.full(clean.labels.shape, ABSTAIN, dtype=np.int16)
    labels[0, :4] = (0, 0, 0, 0)
    after = labels.copy()
    after[0, :4] = (0, 5, ABSTAIN, 0)
    after[1, 0] = 3  # certified only now: no promise was made about it
    before, attacked = replace(clean, labels=labels), replace(clean, labels=after)
    verdict = judge(before, attacked, {"l2": clean.radius})
    assert (verdict.certified, verdict.violations, verdict.now_abstain, verdict.inside) == (4, 1, 1, True)
    assert not judge(before, attacked, {"l2": np.nextafter(clean.radius, 1.0)}).inside


def test_flipped_shares() -> None:
    before, after = np.array([[0, 1], [2, 3]]), np.array([[0, 9], [9, 3]])
    assert flipped(before, after) == 0.5
    assert flipped(before, after, np.array([[True, False], [False, True]])) == 0.0
    assert flipped(before, after, np.zeros((2, 2), dtype=bool)) == 0.0


def test_attacked_images_get_other_noise(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    again, verdict = settle(street, clean, street_image, {})
    assert again.settings == clean.settings.fresh("attacked")
    assert not np.array_equal(again.hits, clean.hits)
    assert verdict.violations == 0  # the same image, certified twice


def test_a_duel_is_an_attempt_and_its_verdict(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    """The one call for people gives what its three steps give by hand."""
    how = Attempt(share=0.9, victim="smoothed", loss="ce", steps=3, draws=2)
    duel = attack(street, street_image, against=clean, how=how)
    wanted = AttackSettings(budget=0.9 * clean.radius, steps=3, seed=clean.settings.fresh("attack").streams.number())
    aim = aim_at_certified(street, street_image, clean)
    found = attack_input(street, street_image, aim, wanted, victim="smoothed", sigma=clean.settings.sigma, draws=2)
    changed = attacked_input(street_image, found)
    again, verdict = settle(street, clean, changed, {"l2": found.norm})
    assert duel.changed.sha256 == changed.sha256
    assert duel.verdict == verdict
    assert verdict.inside
    np.testing.assert_array_equal(duel.attacked.hits, again.hits)
    np.testing.assert_array_equal(duel.before, base_prediction(street, street_image))
    np.testing.assert_array_equal(duel.after, base_prediction(street, changed))


def test_a_duel_in_another_norm_stays_inside(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    duel = attack(street, street_image, against=clean, how=Attempt(norm="linf", steps=3))
    entries = street_image.values.size
    assert duel.result.settings.budget == pytest.approx(clean.radius / entries**0.5)
    assert duel.verdict.inside


def test_a_duel_needs_the_certificate_of_its_input(street: BaseModel, clean: Certificate) -> None:
    with pytest.raises(InvalidInput, match="of another input"):
        attack(street, plain_image(48, 64), against=clean)


def test_a_duel_needs_the_certificate_of_its_model(street_image: Image, clean: Certificate, compute: Compute) -> None:
    with pytest.raises(InvalidInput, match="of another model than toy"):
        attack(toy_model(compute), street_image, against=clean)


def test_a_share_replaces_that_of_the_attempt(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    duel = attack(street, street_image, against=clean, share=0.5, how=Attempt(share=2.0, steps=2))
    assert duel.result.settings.budget == 0.5 * clean.radius
