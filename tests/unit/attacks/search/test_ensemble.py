"""Budgets that shrink, for one loss or an ensemble: what is looked at, what is kept, and where a loss begins."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.attacks.search import Aim, AttackSettings, attacks
from tests.material.attack_problems import Bent, Linear

ALL = Aim(labels=np.zeros(7, dtype=int), mask=np.ones(7, dtype=bool))
X = np.zeros((5, 4), dtype=np.float32)


def test_budgets_shrink_to_the_allowed_one_for_every_loss() -> None:
    """400 looks, 100 a loss: 30 in twice the budget, 30 in 1.5 times, 40 in it (Croce et al. 2024)."""
    sizes: list[float] = []

    class Seeing(Linear):
        def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
            sizes.append(float(x.detach().double().norm()))
            return super().logits(x, randomness)

    made = attacks["sea"].run(Seeing(2), X, ALL, AttackSettings(budget=0.1, steps=399))
    legs = 4 * ([2.0] * 30 + [1.5] * 30 + [1.0] * 40)
    assert [step.stretch for step in made.history] == legs
    assert all(size <= 0.1 * leg * (1 + 1e-5) for size, leg in zip(sizes, legs, strict=True))
    assert max(sizes[:30]) > 0.19
    assert made.norm <= 0.1


def test_one_loss_alone_with_shrinking_budgets() -> None:
    made = attacks["sapgd"].run(Bent(0), X, ALL, AttackSettings(budget=1.0, loss="js", steps=99))
    assert [step.stretch for step in made.history] == [2.0] * 30 + [1.5] * 30 + [1.0] * 40
    assert made.settings.loss == "js"


@pytest.mark.parametrize("name", ["sapgd", "sea"])
def test_what_is_found_beyond_the_budget_is_no_result(name: str) -> None:
    """All components fall together once the first entry exceeds 0.75: within twice the budget only."""

    class Cliff(Linear):
        def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
            _ = randomness
            lead = (x.flatten()[0] - 0.75) * torch.ones(7)
            return torch.stack([-lead, lead, -9.0 * torch.ones(7)])[None]

    made = attacks[name].run(Cliff(0), X, ALL, AttackSettings(budget=0.5, steps=99))
    assert max(step.share for step in made.history if step.stretch > 1.0) == 1.0
    assert made.share == 0.0
    assert made.norm <= 0.5


def test_the_result_names_the_loss_that_found_it() -> None:
    made = attacks["sea"].run(Bent(3, scale=2.0), X, ALL, AttackSettings(budget=0.8, loss="ce", steps=99))
    inside = [step.share for step in made.history if step.stretch == 1.0]
    assert made.share == max(inside)
    first = next(step.number for step in made.history if step.stretch == 1.0 and step.share == made.share)
    assert made.settings.loss == attacks["sea"].own_losses[first // 25]


def test_a_later_loss_begins_at_the_best_so_far() -> None:
    """Its first look is at the point of the largest share within the budget."""
    seen: list[torch.Tensor] = []

    class Seeing(Bent):
        def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
            seen.append(x.detach().clone())
            return super().logits(x, randomness)

    made = attacks["sea"].run(Seeing(4, scale=2.0), X, ALL, AttackSettings(budget=0.7, steps=99))
    inside = [step for step in made.history[:25] if step.stretch == 1.0]
    best = max(inside, key=lambda step: (step.share, step.loss))
    torch.testing.assert_close(seen[25], seen[best.number])
