"""Attacks ended by who watches them, with the best so far, and the answers of the victim that are told meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.attacks import Attempt, Enough, Step, aim_at, attack_input, attempt, losses
from engine.attacks.rotation import RotationSettings, worst_rotation
from engine.attacks.search import Aim, AttackSettings, attacks
from engine.certification import Settings
from engine.core import Compute
from engine.inputs import Image
from engine.inputs.clouds import cloud_from_arrays
from engine.inputs.labels import CAMVID
from tests.material.attack_problems import Bent
from tests.material.cloud_files import sphere
from tests.material.tiny_models import toy_cloud_model, toy_model

ALL = Aim(labels=np.zeros(7, dtype=int), mask=np.ones(7, dtype=bool))
X = np.zeros((5, 4), dtype=np.float32)
SETTINGS = AttackSettings(budget=0.4, steps=40, restarts=2)


class Recording(Bent):
    """Keeps what it answered at every look."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.answers: list[np.ndarray] = []

    def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
        logits = super().logits(x, randomness)
        self.answers.append(logits.detach().argmax(dim=1)[0].numpy())
        return logits


def until(looks: int) -> tuple[list[Step], Callable[[Step], None]]:
    """What is told, and a watch that has enough after so many steps."""
    told: list[Step] = []

    def watch(step: Step) -> None:
        told.append(step)
        if len(told) >= looks:
            raise Enough

    return told, watch


@pytest.mark.parametrize("name", sorted(attacks))
@pytest.mark.parametrize("looks", [1, 4, 30, 60])
def test_every_attack_ends_with_the_best_within_its_budget(name: str, looks: int) -> None:
    told, watch = until(looks)
    made = attacks[name].run(Bent(4), X, ALL, SETTINGS, watch=watch)
    whole = attacks[name].run(Bent(4), X, ALL, SETTINGS)
    assert len(told) == looks < len(whole.history)
    assert made.history[:looks] == whole.history[:looks]
    assert float(np.linalg.norm(made.adversarial.astype(np.float64))) <= SETTINGS.budget
    assert made.share == max(step.share for step in made.history if step.stretch <= 1.0)
    answer = Bent(4).logits(torch.from_numpy(made.adversarial), torch.Generator()).argmax(dim=1)[0]
    assert made.share == pytest.approx(float((answer != 0).float().mean()))
    assert made.settings.loss in (attacks[name].own_losses or (SETTINGS.loss,))


@pytest.mark.parametrize("name", ["sea", "sapgd"])
def test_what_was_found_beyond_the_budget_is_moved_into_it(name: str) -> None:
    """These begin in twice the budget, from where nothing may be kept as it is."""
    told, watch = until(3)
    made = attacks[name].run(Bent(4), X, ALL, SETTINGS, watch=watch)
    assert {step.stretch for step in told} == {2.0}
    assert [step.stretch for step in made.history] == [2.0] * 3 + [1.0]
    assert 0.0 < made.norm <= SETTINGS.budget  # the clean input is no result


@pytest.mark.parametrize("name", sorted(attacks))
def test_answers_are_told_and_not_kept(name: str) -> None:
    victim, told = Recording(1), list[Step]()
    made = attacks[name].run(victim, X, ALL, SETTINGS, watch=told.append)
    assert len(told) == len(made.history)
    for step, answer in zip(told, victim.answers, strict=True):
        assert step.answer is not None
        assert step.answer.dtype == np.uint8
        np.testing.assert_array_equal(step.answer, answer)
        assert step.share == pytest.approx(np.mean(answer != ALL.labels))
    assert all(step.answer is None for step in made.history)


def test_the_search_for_a_rotation_ends_too(compute: Compute) -> None:
    cloud, model = cloud_from_arrays(sphere(60)), toy_cloud_model(compute)
    told, watch = until(6)
    search = RotationSettings(budget=0.5, passes=30)
    made = worst_rotation(model, cloud, aim_at(model, cloud), search, watch=watch)
    assert len(told) == len(made.history) == 6
    assert made.angle <= 0.5
    assert made.share == max(step.share for step in told) > 0.0
    for step in told:
        assert step.answer is not None
        assert step.answer.shape == cloud.shape
        assert set(np.unique(step.answer)) <= {0, 1}
    assert all(step.answer is None for step in made.history)


def test_of_attacks_with_all_losses_the_later_ones_end_at_once(compute: Compute, street_image: Image) -> None:
    model, settings = toy_model(compute), Settings(sigma=0.25, tau=0.75, size=64)
    told, watch = until(3)
    how = Attempt(name="pgd", loss="all", steps=10, share=3.0)
    tried = attempt(model, street_image, aim_at(model, street_image), settings, how, watch=watch)
    assert len(told) == 3 + len(losses) - 1
    assert tried.by_loss is not None
    assert tried.result.share == max(tried.by_loss.values()) == max(step.share for step in told)


def test_under_noise_the_answer_is_that_of_one_draw(compute: Compute, street_image: Image) -> None:
    told, watch = until(2)
    model = toy_model(compute)
    attack_input(
        model, street_image, aim_at(model, street_image), AttackSettings(budget=0.5, steps=4), victim="smoothed",
        draws=3, watch=watch,
    )  # fmt: skip
    for step in told:
        assert step.answer is not None
        assert step.answer.shape == street_image.shape
        assert step.answer.max() < len(CAMVID)
