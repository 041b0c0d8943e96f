"""Auto-PGD in budgets that shrink to the allowed one. Source: Croce et al. 2024 (red-epsilon APGD)."""

import torch
from torch import Tensor

from engine.attacks.search._ascent import Attack
from engine.attacks.search._hunt import Hunt
from engine.attacks.search._shrinking import shrink


def _search(hunt: Hunt, start: Tensor | None, randomness: torch.Generator) -> None:
    point = hunt.random_start(randomness) if start is None else start
    shrink(hunt, point, randomness, looks=hunt.settings.steps + 1)


ATTACK = Attack(
    name="sapgd",
    title="Auto-PGD, shrinking",
    source="Croce et al. 2024: Auto-PGD in 2, 1.5 and 1 times the budget, for 30, 30 and 40 % of the steps",
    search=_search,
)
