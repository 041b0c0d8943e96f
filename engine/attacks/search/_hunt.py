"""One attack under way: where it may go, how it looks, and the best of all that it has seen within its budget."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search._norms import enforced, norms
from engine.attacks.search._problem import Problem
from engine.attacks.search.base import Aim, AttackResult, AttackSettings, Step, Victim, Watch
from engine.core.errors import Cancelled, InvalidSetting


class Hunt:
    """What all attacks share. Raises InvalidSetting for an input, float32 (*S), or a start outside the victim's range.

    center: the input. kind: the norm.
    """

    def __init__(
        self,
        victim: Victim,
        x: NDArray[np.float32],
        aim: Aim,
        settings: AttackSettings,
        watch: Watch,
        cancelled: Callable[[], bool],
    ) -> None:
        if not (np.isfinite(x).all() and x.min() >= victim.low and x.max() <= victim.high):
            raise InvalidSetting(f"the input must lie in [{victim.low:g}, {victim.high:g}] to be attacked within it")
        self.settings, self.kind = settings, norms[settings.norm]
        self.center = torch.from_numpy(x.copy()).to(victim.device)
        self._began = time.perf_counter()
        self._x, self._victim, self._aim = x, victim, aim
        self._watch, self._cancelled = watch, cancelled
        self._problems: dict[str, Problem] = {}
        self._history: list[Step] = []
        self._best, self._best_loss, self.best_point = (-1.0, -float("inf")), settings.loss, self.center
        self._beyond = -1.0, settings.loss, self.center

    def within(self, point: Tensor, stretch: float = 1.0) -> Tensor:
        """The point moved into `stretch` times the budget around the input, and into the range."""
        inside = self.center + self.kind.project(point - self.center, stretch * self.settings.budget)
        return inside.clamp(self._victim.low, self._victim.high)

    def random_start(self, randomness: torch.Generator) -> Tensor:
        """A random point of the budget's ball."""
        return self.within(self.center + self.settings.budget * self.kind.start(self.center, randomness))

    def look(
        self,
        point: Tensor,
        randomness: torch.Generator,
        progress: float,
        *,
        gradient: bool = True,
        loss: str = "",
        stretch: float = 1.0,
    ) -> tuple[float, float, Tensor | None]:
        """Share, loss and gradient at a point, None where it is not asked for. It is told, and kept if it is the best.

        loss: another than the settings'. stretch: in how many times the budget the point lies; beyond the budget
        nothing is kept. Raises Cancelled, and Enough once who watches has enough.
        """
        if self._cancelled():
            raise Cancelled("the attack was cancelled")
        share, value, slope = self._seen(point, randomness, progress, gradient, loss or self.settings.loss, stretch)
        self._watch(replace(self._history[-1], answer=self._problems[loss or self.settings.loss].answer()))
        return share, value, slope

    def come_back(self, randomness: torch.Generator) -> None:
        """At an early end: where nothing was seen within the budget yet, look at the best beyond it moved back in."""
        if self._best[0] < 0.0:
            _, name, point = self._beyond
            self._seen(self.within(point), randomness, 1.0, False, name, 1.0)

    def _seen(
        self, point: Tensor, randomness: torch.Generator, progress: float, gradient: bool, name: str, stretch: float
    ) -> tuple[float, float, Tensor | None]:
        """The look itself, which goes into the history; nobody is told."""
        if name not in self._problems:
            self._problems[name] = Problem(self._victim, self._aim, name)
        value, share, slope = self._problems[name].look(point, randomness, progress, gradient=gradient)
        self._history.append(Step(number=len(self._history), loss=value, share=share, stretch=stretch))
        if stretch > 1.0:
            self._beyond = (share, name, point) if share >= self._beyond[0] else self._beyond
        elif (share, value) > self._best if name == self._best_loss else share > self._best[0]:
            self._best, self._best_loss, self.best_point = (share, value), name, point
        return share, value, slope

    def result(self, attack: str) -> AttackResult:
        """The best point as the attack's result: within budget and range exactly, whatever was looked at."""
        adversarial, size = enforced(
            self._x, self.best_point.cpu().numpy(), self.settings.norm, self.settings.budget, self._victim.low,
            self._victim.high,
        )  # fmt: skip
        return AttackResult(
            attack=attack,
            settings=self.settings.with_loss(self._best_loss),
            adversarial=adversarial,
            norm=size,
            share=self._best[0],
            history=tuple(self._history),
            seconds=time.perf_counter() - self._began,
        )
