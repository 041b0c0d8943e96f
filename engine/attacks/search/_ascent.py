"""The one loop of all attacks: random start, gradient, a rule that moves, projection, the best iterate kept.

Rules differ in how they step; projection, range and the exact budget are the loop's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search._norms import Norm, enforced, norms
from engine.attacks.search._problem import Problem
from engine.attacks.search.base import Aim, AttackResult, AttackSettings, Step, Victim, Watch, unwatched
from engine.core.errors import Cancelled, InvalidSetting
from engine.core.progress import never
from engine.core.rng import Streams

Within = Callable[[Tensor], Tensor]
"""Moves a point into the budget around the input and into the range."""


class Rule(Protocol):
    """How one run moves; built anew for every restart."""

    def move(self, point: Tensor, gradient: Tensor, value: float) -> Tensor:
        """The next point, from this one, the gradient of the loss there and the loss."""


class MakeRule(Protocol):
    def __call__(self, settings: AttackSettings, kind: Norm, within: Within) -> Rule: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A registry entry: a way to look for the worst input within a budget."""

    name: str
    title: str
    source: str
    rule: MakeRule

    def run(
        self,
        victim: Victim,
        x: NDArray[np.float32],
        aim: Aim,
        settings: AttackSettings,
        *,
        watch: Watch = unwatched,
        cancelled: Callable[[], bool] = never,
    ) -> AttackResult:
        """Attack one input, float32 (*S). Raises InvalidSetting for one outside its range, Cancelled between steps."""
        return _ascend(self, victim, x, aim, settings, watch, cancelled)


def _ascend(
    attack: Attack,
    victim: Victim,
    x: NDArray[np.float32],
    aim: Aim,
    settings: AttackSettings,
    watch: Watch,
    cancelled: Callable[[], bool],
) -> AttackResult:
    if not (np.isfinite(x).all() and x.min() >= victim.low and x.max() <= victim.high):
        raise InvalidSetting(f"the input must lie in [{victim.low:g}, {victim.high:g}] to be attacked within it")
    began = time.perf_counter()
    kind, device = norms[settings.norm], victim.device
    center = torch.from_numpy(x.copy()).to(device)
    problem = Problem(victim, aim, settings.loss)

    def within(point: Tensor) -> Tensor:
        return (center + kind.project(point - center, settings.budget)).clamp(victim.low, victim.high)

    history: list[Step] = []
    best, best_point = (-1.0, -float("inf")), center
    for restart in range(settings.restarts):
        randomness = torch.Generator(device).manual_seed(Streams(settings.seed).number(restart))
        point = within(center + settings.budget * kind.start(center, randomness))
        rule = attack.rule(settings, kind, within)
        for number in range(settings.steps + 1):
            if cancelled():
                raise Cancelled("the attack was cancelled")
            last = number == settings.steps
            value, share, gradient = problem.look(point, randomness, number / settings.steps, gradient=not last)
            step = Step(number=restart * (settings.steps + 1) + number, loss=value, share=share)
            history.append(step)
            watch(step)
            if (share, value) > best:
                best, best_point = (share, value), point
            if gradient is not None:
                point = rule.move(point, gradient, value)
    adversarial, size = enforced(x, best_point.cpu().numpy(), settings.norm, settings.budget, victim.low, victim.high)
    return AttackResult(
        attack=attack.name,
        settings=settings,
        adversarial=adversarial,
        norm=size,
        share=best[0],
        history=tuple(history),
        seconds=time.perf_counter() - began,
    )
