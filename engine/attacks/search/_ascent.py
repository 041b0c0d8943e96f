"""The one loop of all attacks that follow a gradient: look, let a rule move, look again; and what an attack is.

Rules differ in how they step; projection and range are the loop's, the exact budget and the best iterate the hunt's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search._hunt import Hunt
from engine.attacks.search._norms import Norm, norms
from engine.attacks.search.base import Aim, AttackResult, AttackSettings, Enough, Victim, Watch, unwatched
from engine.core.errors import InvalidSetting
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


Search = Callable[[Hunt, Tensor | None, torch.Generator], None]
"""One run of steps + 1 looks, from a point that is given or, for None, from where such a run begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A registry entry: a way to look for the worst input within a budget.

    own_losses: what rises, where it is not the settings' loss. measures: norms of the budget that it can work in, all
    where none is named. gradient: whether it needs the victim's.
    """

    name: str
    title: str
    source: str
    search: Search
    own_losses: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    gradient: bool = True

    def run(
        self,
        victim: Victim,
        x: NDArray[np.float32],
        aim: Aim,
        settings: AttackSettings,
        *,
        start: NDArray[np.float32] | None = None,
        watch: Watch = unwatched,
        cancelled: Callable[[], bool] = never,
    ) -> AttackResult:
        """Attack one input, float32 (*S). start: where the first run begins, (*S), such as another attack's result.

        Raises InvalidSetting for an input outside its range, a start of another shape, a norm that the attack does not
        work in; Cancelled between steps. A `watch` that raises Enough ends it with the best so far.
        """
        if self.measures and norms[settings.norm].name not in self.measures:
            raise InvalidSetting(f"{self.title} works in {' or '.join(self.measures)}, not in {settings.norm}")
        if start is not None and (start.shape != x.shape or not np.isfinite(start).all()):
            raise InvalidSetting(f"a start must be {x.shape} finite numbers as the input, got {start.shape}")
        hunt = Hunt(victim, x, aim, settings, watch, cancelled)
        given = None if start is None else torch.from_numpy(start.astype(np.float32)).to(victim.device)
        randomness = torch.Generator(victim.device)
        try:
            for restart in range(settings.restarts):
                randomness.manual_seed(Streams(settings.seed).number(restart))
                self.search(hunt, given if restart == 0 else None, randomness)
        except Enough:
            hunt.come_back(randomness)
        return hunt.result(self.name)


def ascent(make: MakeRule) -> Search:
    """The search that lets a rule move from a random start, or from the one that is given."""

    def search(hunt: Hunt, start: Tensor | None, randomness: torch.Generator) -> None:
        point = hunt.random_start(randomness) if start is None else hunt.within(start)
        ascend(hunt, make, point, randomness, looks=hunt.settings.steps + 1)

    return search


def ascend(
    hunt: Hunt,
    make: MakeRule,
    point: Tensor,
    randomness: torch.Generator,
    *,
    looks: int,
    loss: str = "",
    stretch: float = 1.0,
) -> Tensor:
    """Look so often, in `stretch` times the budget, with a step between two looks; the best point of those seen."""

    def within(moved: Tensor) -> Tensor:
        return hunt.within(moved, stretch)

    leg = replace(hunt.settings, budget=stretch * hunt.settings.budget, steps=max(1, looks - 1))
    rule, best, best_point = make(leg, hunt.kind, within), (-1.0, -float("inf")), point
    for number in range(looks):
        share, value, gradient = hunt.look(
            point, randomness, number / leg.steps, gradient=number < looks - 1, loss=loss, stretch=stretch
        )
        if (share, value) > best:
            best, best_point = (share, value), point
        if gradient is not None:
            point = rule.move(point, gradient, value)
    return best_point
