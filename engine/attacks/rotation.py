"""The worst rotation of a shape within an angle: for certificates against rotations what PGD is for those in a norm.

The whole shape turns, normals too, as in the families of rotations. One rotation has three numbers, about a known axis
one: that few are searched, by forward passes alone, so that the victim needs no gradient. Half of the passes go to
rotations all over the ball, many of them on its boundary, the others to steps around the best so far. Every rotation is
looked at under the same draws of noise, or the luckiest would win and not the worst.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from engine.attacks.search import Aim, Enough, Problem, Step
from engine.attacks.search.base import Watch, check_search, unwatched
from engine.attacks.victims import BASE, victim_of
from engine.core.errors import Cancelled
from engine.core.progress import Cancel, never
from engine.core.rng import Streams
from engine.inputs.clouds import Cloud, turned_cloud
from engine.models.base import BaseModel
from engine.perturbations import families, rotation_angle, rotation_of

Floats = NDArray[np.float64]

_WIDER, _NARROWER = 2.0, 2.0**-0.25  # after a gain, after none: level where one step in five gains (Rechenberg 1973)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationSettings:
    """budget: the largest angle in radians; pi and more are every rotation. family: of rotations; that about one axis
    turns about it only, in either sense, and the smoothed victim meets its noise. passes: how many rotations the victim
    is asked about. loss: what decides between rotations that flip as many components, see `engine.attacks.losses`.
    """

    budget: float
    family: str = "so3"
    passes: int = 200
    loss: str = "ce"
    seed: int = 0

    def __post_init__(self) -> None:
        check_search(budget=self.budget, seed=self.seed, passes=self.passes)
        _ = families[self.family].angle
        families[self.family].check_input("cloud")

    @property
    def reach(self) -> float:
        """The largest angle that there is within the budget, in radians."""
        return min(self.budget, math.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RotationResult:
    """The worst rotation that was found, float64 (3, 3), which is the identity where no other did more harm.

    angle: its geodesic distance from the identity in radians, computed in float64 from the matrix and at most the
    budget. The turned shape is this rotation of it, in float64. share: where the attack has
    what it wants, as it saw it.
    """

    attack: ClassVar[str] = "rotation"
    settings: RotationSettings
    rotation: Floats
    angle: float
    share: float
    history: tuple[Step, ...] = field(repr=False)
    seconds: float

    @property
    def size(self) -> float:
        """How large the change is, in the units of the budget."""
        return self.angle


def worst_rotation(
    model: BaseModel,
    cloud: Cloud,
    aim: Aim,
    settings: RotationSettings,
    *,
    victim: str = BASE,
    sigma: float = 0.25,
    draws: int = 4,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> RotationResult:
    """Look for the rotation within the budget that gives most of the aimed-at points another part.

    The smoothed victim meets `draws` draws of noise of strength sigma. Raises UnknownName, InvalidSetting, Cancelled
    between two passes; a `watch` that raises Enough ends it with the best so far. Source: METHOD section 8.

    >>> import engine
    >>> cloud = engine.inputs.sample_mesh(engine.synthetic.build_shape("Chair", seed=1), 64)
    >>> model = engine.load_model("parts-noise@Chair")
    >>> aim, settings = engine.attacks.aim_at(model, cloud), RotationSettings(budget=0.2, passes=4)
    >>> found = worst_rotation(model, cloud, aim, settings)
    >>> rotation_angle(torch.from_numpy(found.rotation)) <= 0.2
    True
    """
    began = time.perf_counter()
    asked = victim_of(model, victim, noise=families[settings.family], sigma=sigma, draws=draws)
    problem = Problem(asked, aim, settings.loss)
    device = model.compute.device
    search = _Search(settings)
    history: list[Step] = []
    best, found, found_angle = (-1.0, -math.inf), np.eye(3), 0.0
    with suppress(Enough):
        for number in range(settings.passes):
            if cancelled():
                raise Cancelled("the attack was cancelled")
            vector = search.propose(number)
            rotation, angle = rotation_within(vector, settings.budget)
            turned = torch.from_numpy(turned_cloud(cloud, rotation).values.astype(np.float32)).to(device)
            same_noise = torch.Generator(device).manual_seed(search.noise_seed)
            value, share, _ = problem.look(turned, same_noise, 1.0, gradient=False)
            step = Step(number=number, loss=value, share=share)
            history.append(step)
            gained = (share, value) > best
            if gained:
                best, found, found_angle = (share, value), rotation, angle
            search.hear(number, vector, gained=gained)
            watch(replace(step, answer=problem.answer()))
    return RotationResult(
        settings=settings,
        rotation=found,
        angle=found_angle,
        share=best[0],
        history=tuple(history),
        seconds=time.perf_counter() - began,
    )


def rotation_within(vector: Floats, budget: float) -> tuple[Floats, float]:
    """The rotation, float64 (3, 3), about `vector`, float64 (3,), by its length, but at most `budget` radians.

    Also its angle, computed from the matrix: it keeps the budget in float64, where rounding alone could break it.
    """
    length = float(np.linalg.norm(vector))
    keep = min(1.0, budget / length) if length > 0.0 else 1.0
    for _ in range(64):
        rotation = rotation_of(torch.from_numpy(keep * vector))
        angle = rotation_angle(rotation)
        if angle <= budget:
            return np.asarray(rotation), angle
        keep *= min(1.0, budget / angle) * (1.0 - 2.0**-48)
    return np.eye(3), 0.0


class _Search:
    """Proposes rotation vectors, float64 (3,), of length at most the reach: the identity, a spread, then a climb."""

    def __init__(self, settings: RotationSettings) -> None:
        streams = Streams(settings.seed)
        self.noise_seed = streams.number(0)
        self._rng = streams.generator(1)
        self._reach = settings.reach
        self._free = np.array(families[settings.family].angle.free)
        self._spread = np.concatenate([np.zeros((1, 3)), self._all_over(settings.passes // 2)])
        self._best, self._size = np.zeros(3), self._reach / 2.0

    def propose(self, number: int) -> Floats:
        if number < len(self._spread):
            return self._spread[number]
        step = self._size * self._rng.normal(size=3) * self._free
        vector = self._best + step
        return vector * min(1.0, self._reach / max(float(np.linalg.norm(vector)), 1e-300))

    def hear(self, number: int, vector: Floats, *, gained: bool) -> None:
        """What became of a proposal."""
        if gained:
            self._best = vector
        if number >= len(self._spread):
            self._size = min(self._reach, self._size * (_WIDER if gained else _NARROWER))

    def _all_over(self, count: int) -> Floats:
        """Evenly over the angles about a known axis, both ends included; else random, every second one on the boundary.

        float64 (count, 3)."""
        if not self._free.all():
            return np.linspace(-self._reach, self._reach, count)[:, None] * self._free
        directions = self._rng.normal(size=(count, 3))
        lengths = self._reach * self._rng.random((count, 1)) ** (1.0 / 3.0)
        lengths[::2] = self._reach
        return lengths * directions / np.linalg.norm(directions, axis=1, keepdims=True)
