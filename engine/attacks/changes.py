"""The worst amounts of a known change within a region: for families of changes what PGD is for balls.

A change has one or two numbers, so half of the looks go to a grid all over the region, its boundary included, and the
others to steps from the worst so far: along the gradient of the loss in the amounts where the victim has one, else at
random. Every change is looked at under the same draws of noise, or the luckiest would win and not the worst.
"""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from engine.attacks.polar import Floats, Polar
from engine.attacks.search import Aim, Enough, Problem, Step
from engine.attacks.search.base import Watch, check_search, unwatched
from engine.attacks.victims import BASE, victim_of
from engine.changes import Change
from engine.core.errors import Cancelled
from engine.core.progress import Cancel, never
from engine.core.rng import Streams
from engine.inputs.subject import Subject
from engine.models.base import BaseModel
from engine.perturbations import Family, Region

_WIDER, _NARROWER = 2.0, 2.0**-0.25  # after a gain, after none, as for rotations


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """budget: how far from the neutral change, in units of the region's own extent in each direction; 1 is its edge.
    change: what is searched. region: what is certified. passes: how many changes the victim is asked about. loss: what
    decides between changes that flip as many components, see `engine.attacks.losses`."""

    budget: float
    change: Change
    region: Region
    passes: int = 60
    loss: str = "flips"
    seed: int = 0

    def __post_init__(self) -> None:
        check_search(budget=self.budget, seed=self.seed, passes=self.passes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangeResult:
    """The worst change that was found, the neutral one where no other did more harm.

    amounts: by parameter. size: how far it lies from the neutral change, in units of the region's extent in its
    direction, so at most the budget. share: where the attack has what it wants, as it saw it.
    """

    attack: ClassVar[str] = "change"
    settings: ChangeSettings
    amounts: Mapping[str, float]
    size: float
    share: float
    history: tuple[Step, ...] = field(repr=False)
    seconds: float


def worst_change(
    model: BaseModel,
    subject: Subject,
    aim: Aim,
    settings: ChangeSettings,
    family: Family,
    *,
    victim: str = BASE,
    sigma: float = 0.25,
    draws: int = 4,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> ChangeResult:
    """Look for the amounts of the family's change that give most of the aimed-at components another class.

    The smoothed victim meets `draws` draws of the family's noise of strength sigma. Raises InvalidSetting for a change
    of another kind of input, Cancelled; a `watch` that raises Enough ends it with the best so far. Source: METHOD
    section 12.

    >>> import engine
    >>> image, model = engine.inputs.image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> settings = engine.Settings(family="brightness", sigma=0.25, tau=0.75, strength=0.2)
    >>> how = ChangeSettings(budget=1.0, change=settings.noise.change, region=settings.region, passes=6)
    >>> found = worst_change(model, image, engine.attacks.aim_at(model, image), how, settings.noise)
    >>> settings.region.contains(found.amounts)
    True
    """
    began = time.perf_counter()
    change = settings.change
    change.check_input(subject.kind)
    streams = Streams(settings.seed)
    noise_seed = streams.number(0)
    asked = victim_of(model, victim, noise=family, sigma=sigma, draws=draws)
    problem, device = Problem(asked, aim, settings.loss), model.compute.device
    clean = torch.from_numpy(np.array(subject.values, dtype=np.float64))
    search = _Search(Polar(change, settings.region), settings, streams.generator(1))
    history: list[Step] = []
    best, found = (-1.0, -math.inf), np.zeros(len(change.parameters))
    with suppress(Enough):
        for number in range(settings.passes):
            if cancelled():
                raise Cancelled("the attack was cancelled")
            place = search.propose(number)
            values = torch.tensor(search.polar.values(place), dtype=torch.float64, requires_grad=search.climbs(number))
            changed = change.apply(clean, values)
            seen = changed.detach().to(device, torch.float32)
            same_noise = torch.Generator(device).manual_seed(noise_seed)
            value, share, slope = problem.look(seen, same_noise, 1.0, gradient=values.requires_grad)
            step = Step(number=number, loss=value, share=share)
            history.append(step)
            gained = (share, value) > best
            if gained:
                best, found = (share, value), place
            search.hear(number, place, _chained(changed, values, slope), gained=gained)
            watch(replace(step, answer=problem.answer()))
    polar = search.polar
    return ChangeResult(
        settings=settings,
        amounts=polar.amounts(found),
        size=float(np.linalg.norm(found)),
        share=best[0],
        history=tuple(history),
        seconds=time.perf_counter() - began,
    )


class _Search:
    """Proposes places, float64 (K,), no longer than the budget: a grid, then a climb."""

    def __init__(self, polar: Polar, settings: ChangeSettings, rng: np.random.Generator) -> None:
        self.polar, self._rng, self._budget = polar, rng, settings.budget
        self._grid = self._all_over(settings.passes // 2)
        self._best, self._slope, self._size = np.zeros(polar.dimensions), np.zeros(polar.dimensions), 0.25

    def climbs(self, number: int) -> bool:
        """Whether a look needs a gradient."""
        return number >= len(self._grid) - 1

    def propose(self, number: int) -> Floats:
        if number < len(self._grid):
            return self._grid[number]
        along, length = self._rng.normal(size=self.polar.dimensions), float(np.linalg.norm(self._slope))
        if length > 0.0 and number % 2 == 0:
            along = self._slope / length
        return self.polar.within(self._best + self._size * self._budget * along, self._budget)

    def hear(self, number: int, place: Floats, slope: Floats | None, *, gained: bool) -> None:
        """What became of a proposal."""
        if gained:
            self._best = place
            self._slope = np.zeros_like(place) if slope is None else self.polar.slope(slope, place)
        if number >= len(self._grid):
            self._size = min(1.0, self._size * (_WIDER if gained else _NARROWER))

    def _all_over(self, count: int) -> list[Floats]:
        """The neutral place, then even over the region: both senses of one parameter, the ends first; of two the edge
        all around, and half of the way to it."""
        if self.polar.dimensions == 1:
            lengths = np.linspace(1.0, 0.0, max(1, count // 2), endpoint=False)
            places = [np.array([sense * length]) for length in lengths for sense in (1.0, -1.0)]
        else:
            places = [
                length * np.array([math.cos(angle), math.sin(angle)])
                for length, share in ((1.0, 2), (0.5, 3))
                for angle in np.linspace(0.0, 2.0 * math.pi, max(4, count // share), endpoint=False)
            ]
        within = [self.polar.within(self._budget * place, self._budget) for place in places]
        return [np.zeros(self.polar.dimensions), *within][: max(1, count)]


def _chained(changed: Tensor, values: Tensor, slope: Tensor | None) -> Floats | None:
    """The gradient in the values of a change from that in what it made."""
    if slope is None:
        return None
    (gradient,) = torch.autograd.grad(changed, values, slope.to(changed.device, changed.dtype), allow_unused=True)
    return None if gradient is None else np.asarray(torch.nan_to_num(gradient))
