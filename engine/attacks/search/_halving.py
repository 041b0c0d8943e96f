"""The steps of Auto-PGD: momentum, and a length that is halved when it stops helping.

Source: Croce & Hein 2020, algorithm 1.
"""

import numpy as np
from torch import Tensor

from engine.attacks.search._ascent import Within
from engine.attacks.search._norms import Norm
from engine.attacks.search.base import AttackSettings

_MOMENTUM = 0.75
_ENOUGH = 0.75
_FIRST, _SHORTER, _SHORTEST = 0.22, 0.03, 0.06


def checkpoints(steps: int) -> tuple[int, ...]:
    """After which steps the step size is looked at, rising."""
    shares = [0.0, _FIRST]
    while shares[-1] < 1.0:
        shares.append(shares[-1] + max(shares[-1] - shares[-2] - _SHORTER, _SHORTEST))
    found = sorted({int(np.ceil(round(share * steps, 6))) for share in shares[1:]})
    return tuple(place for place in found if place < steps)


class Halving:
    """A rule: the first step is twice the budget; at checkpoints it may be halved, from the best point so far."""

    def __init__(self, settings: AttackSettings, kind: Norm, within: Within) -> None:
        self._kind, self._within = kind, within
        self._size = 2.0 * settings.budget
        self._checkpoints = checkpoints(settings.steps)
        self._moves = 0
        self._rises = 0
        self._since = 0
        self._halved = True
        self._last_value = -float("inf")
        self._previous: Tensor | None = None
        self._best: tuple[float, Tensor, Tensor] | None = None
        self._best_at_checkpoint = -float("inf")

    def move(self, point: Tensor, gradient: Tensor, value: float) -> Tensor:
        if self._best is None or value > self._best[0]:
            self._best = value, point, gradient
        self._rises += value > self._last_value
        self._last_value = value
        if self._moves in self._checkpoints:
            point, gradient = self._look_back(point, gradient)
        self._moves += 1
        stepped = self._within(point + self._size * self._kind.steepest(gradient))
        inertia = 0.0 if self._previous is None else point - self._previous
        share = 1.0 if self._previous is None else _MOMENTUM
        self._previous = point
        return self._within(point + share * (stepped - point) + (1.0 - share) * inertia)

    def _look_back(self, point: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """At a checkpoint: halve the step and go back to the best point, if the last steps did not help enough."""
        assert self._best is not None
        rarely = self._rises < _ENOUGH * (self._moves - self._since)
        stuck = not self._halved and self._best_at_checkpoint == self._best[0]
        self._halved = rarely or stuck
        self._rises, self._since, self._best_at_checkpoint = 0, self._moves, self._best[0]
        if not self._halved:
            return point, gradient
        self._size /= 2.0
        self._previous = None
        return self._best[1], self._best[2]
