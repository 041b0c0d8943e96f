"""Rotation certificates checked by rotating: thousands of turns inside the certified angle, and some outside.

Each shape is certified once; then it is turned, and the smoothed model is asked again with fresh draws. A violation is
a point that is certified before and, after a turn inside the angle, certified for another class; the theorem allows
none (but with probability alpha for each certificate). Turned shapes are asked whether a class has more than half of
the probability (tau = 1/2), the least that would break the promise. Few draws show that only of points whose answers
under noise nearly all agree; more draws look closer.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.attacks.duel import settle
from engine.attacks.promises import check_can_fail, check_promise, majority_question
from engine.attacks.verdicts import flipped
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard
from engine.evaluation.examples_shapes import ModelOf, read_shape_example
from engine.inputs.clouds import Cloud, turned_cloud
from engine.inputs.shape_datasets import ShapeDataset, ShapeItem
from engine.inputs.subset import spread
from engine.models.base import BaseModel
from engine.perturbations import families, rotation_of

_ALL = math.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """How many turns of each shape: `inside` by up to the certified angle, half of them by exactly it, and `outside`
    by `factor` times the angle. n0, n: draws for each turned shape."""

    inside: int = 500
    outside: int = 20
    factor: float = 3.0
    n0: int = 5
    n: int = 32

    def __post_init__(self) -> None:
        if min(self.inside, self.n0, self.n) < 1 or self.outside < 0 or not self.factor > 1.0:
            raise InvalidSetting("turns need inside, n0 and n of at least 1, outside of at least 0, a factor above 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One shape under its turns, inside or outside the certified angle.

    angle: the largest turn, in radians. certified: points of the shape as it stood. violations, now_abstain: summed
    over the turns. base_flipped: share of all points whose class the base model changed, mean over the turns.
    """

    shape: str
    inside: bool
    turns: int
    angle: float
    points: int
    certified: int
    violations: int
    now_abstain: int
    base_flipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAudit:
    """All rows."""

    radius: float
    rows: tuple[TurnRow, ...]

    @property
    def violations(self) -> int:
        """Points that broke the promise."""
        return sum(row.violations for row in self.rows if row.inside)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: sums for either side of the angle, then every shape."""
        sides = {}
        for name, inside in (("inside", True), ("outside", False)):
            rows = [row for row in self.rows if row.inside == inside]
            tested = sum(row.certified * row.turns for row in rows)
            sides[name] = {
                "turns": sum(row.turns for row in rows),
                "certified_points_turned": tested,
                "violations": sum(row.violations for row in rows),
                "now_abstain": sum(row.now_abstain for row in rows),
                "base_flipped": float(np.mean([row.base_flipped for row in rows])) if rows else 0.0,
            }
        shapes = len({row.shape for row in self.rows})
        return {"shapes": shapes, "radius": self.radius, **sides, "rows": [asdict(row) for row in self.rows]}


def audit_turns(
    model_of: ModelOf,
    dataset: ShapeDataset,
    settings: Settings,
    plan: TurnPlan,
    *,
    limit: int = 20,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> TurnAudit:
    """Certify and turn `limit` shapes, spread over the dataset (0: all). Shapes that `journal` has are not done again.

    Raises InvalidSetting for families that are not about rotations, and where no violation could be found.
    """
    _ = settings.noise.angle
    settings.noise.check_input("cloud")
    check_promise(settings)
    items = spread(dataset.items(), limit)
    rows: list[TurnRow] = []
    for number, item in enumerate(items):
        rng = settings.fresh("turns", number).streams.generator()
        make = partial(_one_shape, model_of, dataset, item, settings.fresh("example", number), plan, rng, cancelled)
        found: list[TurnRow] = journal.keep(item.name, make, write=_to_json, read=_from_json)
        rows += found
        progress(number + 1, len(items))
    radius = settings.radius
    return TurnAudit(radius=radius, rows=tuple(rows))


def _one_shape(
    model_of: ModelOf,
    dataset: ShapeDataset,
    item: ShapeItem,
    own: Settings,
    plan: TurnPlan,
    rng: np.random.Generator,
    cancelled: Cancel,
) -> list[TurnRow]:
    model = model_of(item.category)
    cloud, _ = read_shape_example(dataset, item, own.points)
    check_can_fail(own, cloud.components)
    certificate = certify(model, cloud, own, cancelled=cancelled)
    radius = certificate.radius
    angles = rng.uniform(0.0, radius, plan.inside)
    angles[::2] = radius
    stand = _Stand(name=item.name, model=model, cloud=cloud, certificate=certificate)
    rows = [_row(stand, plan, angles, rng, inside=True, cancelled=cancelled)]
    if plan.outside and radius < _ALL:
        wide = np.full(plan.outside, min(_ALL, plan.factor * radius))
        rows.append(_row(stand, plan, wide, rng, inside=False, cancelled=cancelled))
    return rows


def _to_json(rows: Sequence[TurnRow]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def _from_json(rows: Sequence[Mapping[str, Any]]) -> list[TurnRow]:
    return [TurnRow(**row) for row in rows]


def random_turn(angle: float, rng: np.random.Generator, name: str) -> NDArray[np.float64]:
    """float64 (3, 3): a rotation by `angle` radians about a uniform axis, or either way about that of family `name`."""
    axis = rng.normal(size=3) * families[name].angle.free
    return np.asarray(rotation_of(torch.from_numpy(angle * axis / np.linalg.norm(axis))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stand:
    """How a shape stands before it is turned."""

    name: str
    model: BaseModel
    cloud: Cloud
    certificate: Certificate


def _row(
    stand: _Stand,
    plan: TurnPlan,
    angles: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    inside: bool,
    cancelled: Cancel,
) -> TurnRow:
    model, cloud, certificate = stand.model, stand.cloud, stand.certificate
    settings = certificate.settings
    asked = majority_question(settings, cloud.components, n0=plan.n0, n=plan.n)
    before = base_prediction(model, cloud)
    violations, abstain, moved = 0, 0, []
    for number, angle in enumerate(angles):
        turned = turned_cloud(cloud, random_turn(float(angle), rng, settings.family))
        fresh = asked.fresh("inside" if inside else "outside", number)
        _, verdict = settle(model, certificate, turned, {"angle": float(angle)}, asked=fresh, cancelled=cancelled)
        violations += verdict.violations
        abstain += verdict.now_abstain
        moved.append(flipped(before, base_prediction(model, turned)))
    return TurnRow(
        shape=stand.name,
        inside=inside,
        turns=len(angles),
        angle=float(angles.max()),
        points=cloud.components,
        certified=certificate.certified_count,
        violations=violations,
        now_abstain=abstain,
        base_flipped=float(np.mean(moved)),
    )
