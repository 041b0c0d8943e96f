"""Budgets that shrink to the allowed one during a run: what lies beyond shows where there is something to find.

Source: Croce et al. 2024 (red-epsilon APGD).
"""

import torch
from torch import Tensor

from engine.attacks.search._ascent import ascend
from engine.attacks.search._halving import Halving
from engine.attacks.search._hunt import Hunt

_BEYOND = ((2.0, 0.3), (1.5, 0.3))  # times the budget, and the share of the looks; the rest are in the budget itself


def shrink(hunt: Hunt, point: Tensor, randomness: torch.Generator, *, looks: int, loss: str = "") -> None:
    """Auto-PGD in 2, 1.5 and 1 times the budget, each from the best point of the one before."""
    legs = [(stretch, int(share * looks)) for stretch, share in _BEYOND]
    for stretch, count in [*legs, (1.0, looks - sum(count for _, count in legs))]:
        begin = hunt.within(point, stretch)
        point = ascend(hunt, Halving, begin, randomness, looks=count, loss=loss, stretch=stretch)
