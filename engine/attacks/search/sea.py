"""The segmentation ensemble attack: Auto-PGD with several losses, each in budgets that shrink to the allowed one.

Source: Croce et al. 2024 (SEA). Here the smooth count of flips is one of the losses, and each loss but the first begins
where the best so far was found. Its steps are shared by the losses, so that it takes no more than other attacks; few
steps are given to few losses.
"""

import torch
from torch import Tensor

from engine.attacks.search._ascent import Attack
from engine.attacks.search._hunt import Hunt
from engine.attacks.search._shrinking import shrink

_LOSSES = ("balanced-ce", "masked-ce", "flips", "js")
_FEWEST = 10  # looks of one loss


def _search(hunt: Hunt, start: Tensor | None, randomness: torch.Generator) -> None:
    looks = hunt.settings.steps + 1
    chosen = _LOSSES[-max(1, min(len(_LOSSES), looks // _FEWEST)) :]
    point = hunt.random_start(randomness) if start is None else start
    for number, loss in enumerate(chosen):
        share = looks * (number + 1) // len(chosen) - looks * number // len(chosen)
        shrink(hunt, point, randomness, looks=share, loss=loss)
        point = hunt.best_point


ATTACK = Attack(
    name="sea",
    title="Ensemble, shrinking",
    source="Croce et al. 2024: Auto-PGD in 2, 1.5 and 1 times the budget, with one loss after the other",
    search=_search,
    own_losses=_LOSSES,
)
