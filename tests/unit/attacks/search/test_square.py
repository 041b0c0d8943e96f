"""The Square Attack: its schedule, its bumps, that it needs no gradient and makes good use of many questions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.attacks.search import Aim, AttackSettings, attacks
from engine.attacks.search.square import pyramid, side_at, two_bumps
from engine.core import InvalidSetting
from tests.material.attack_problems import Linear

ALL = Aim(labels=np.zeros(7, dtype=int), mask=np.ones(7, dtype=bool))


def test_the_squares_shrink_by_the_papers_schedule() -> None:
    """Of 100 x 100 pixels p = 0.1 is a side of 31.6, made odd; halved at 10, 50, 200 ... of 10,000 (section 5)."""
    sides = {number: side_at(number, 10_000, 10_000) for number in (0, 10, 11, 51, 201, 9_999)}
    assert sides == {0: 33, 10: 33, 11: 23, 51: 17, 201: 11, 9_999: 3}
    assert (side_at(30, 10_000, 10_000), side_at(30, 5_000, 10_000)) == (23, 17)  # of half as many it is the 60th


def test_a_bump_falls_off_and_two_cancel() -> None:
    single, pair = pyramid(5, 5), two_bumps(6, 6, np.random.default_rng(0))
    assert np.linalg.norm(single) == pytest.approx(1.0)
    assert np.unravel_index(single.argmax(), single.shape) == (2, 2)
    assert (np.diff(single[2, 2:]) < 0).all()
    assert np.linalg.norm(pair) == pytest.approx(1.0)
    assert pair.sum() == pytest.approx(0.0, abs=1e-12)
    assert {two_bumps(*shape, np.random.default_rng(1)).shape for shape in ((1, 1), (1, 4), (3, 1))} == {
        (1, 1), (1, 4), (3, 1),
    }  # fmt: skip


class Image(Linear):
    """7 components of an image of 12 x 10 pixels in 3 colours; refuses to be differentiated."""

    low, high = 0.0, 1.0

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.weights = torch.randn(21, 360, generator=generator)

    def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
        assert not torch.is_grad_enabled()
        assert not x.requires_grad
        _ = randomness
        return (self.weights @ (x.flatten() - 0.5)).reshape(1, 3, 7)


def test_it_asks_for_answers_only_and_uses_the_whole_budget() -> None:
    x = np.full((12, 10, 3), 0.5, dtype=np.float32)
    made = attacks["square"].run(Image(), x, ALL, AttackSettings(budget=0.4, loss="flips", steps=300))
    assert made.share > made.history[0].share
    assert 0.399 < made.norm <= 0.4
    losses = [step.loss for step in made.history]
    assert max(losses) > losses[0]


def test_more_questions_find_more() -> None:
    x = np.full((12, 10, 3), 0.5, dtype=np.float32)
    reached = [
        max(
            step.loss
            for step in attacks["square"].run(Image(), x, ALL, AttackSettings(budget=0.2, steps=steps)).history
        )
        for steps in (10, 100, 1000)
    ]
    assert reached[0] < reached[1] < reached[2]


def test_other_norms_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="Square Attack works in l2, not in linf"):
        attacks["square"].run(
            Image(), np.full((12, 10, 3), 0.5, dtype=np.float32), ALL, AttackSettings(budget=0.1, norm="linf")
        )
