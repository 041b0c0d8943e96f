"""Certificates of known changes checked by changing: the worst that a search finds and many others, inside and outside.

Each image is certified once. Then it is changed within the certified region: by the worst changes that a search finds
against the undefended model and against the smoothed one, by changes all along the region's edge, and by random ones
inside; the smoothed model is asked again with fresh draws. A violation is a pixel that is certified before and, after a
change inside, certified for another class; the theorem allows none (but with probability alpha for each certificate).
Changed images are asked whether a class has more than half of the probability (tau = 1/2), the least that would break
the promise.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from engine.attacks.aims import aim_at, aim_at_certified
from engine.attacks.changed import changed_input
from engine.attacks.changes import ChangeSettings, worst_change
from engine.attacks.duel import settle
from engine.attacks.polar import Floats, Polar
from engine.attacks.promises import check_can_fail, check_promise, majority_question
from engine.attacks.verdicts import flipped
from engine.attacks.victims import BASE, SMOOTHED
from engine.audits.attacks.cases import Case, Cases
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard

EDGE, INSIDE = "edge", "random"
_DEEPEST = 0.999  # of the region's extent: what rounding leaves inside


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """What is tried on each image. passes: of each search. edge: changes along the region's edge, both senses. random:
    changes spread over its inside. outside: as many as `edge` again, at `factor` times the extent, for contrast; what
    they flip is no violation. n0, n: draws for each changed image."""

    passes: int = 40
    edge: int = 4
    random: int = 4
    factor: float = 2.0
    n0: int = 5
    n: int = 40

    def __post_init__(self) -> None:
        if min(self.passes, self.edge, self.n0, self.n) < 1 or self.random < 0 or not self.factor > 1.0:
            raise InvalidSetting("an audit of changes needs passes, edge, n0, n of at least 1, a factor above 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change of one image. how: what found it: a victim of the search, "edge" or "random". certified: pixels of the
    clean image. base_flipped: share of the pixels whose class the undefended model changed."""

    image: str
    how: str
    inside: bool
    amounts: dict[str, float]
    certified: int
    pixels: int
    violations: int
    now_abstain: int
    base_flipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAudit:
    """All rows."""

    rows: tuple[ChangeRow, ...]

    @property
    def violations(self) -> int:
        """Pixels that broke the promise."""
        return sum(row.violations for row in self.rows if row.inside)

    @property
    def certified(self) -> int:
        """Certified pixels that were asked again, inside."""
        return sum(row.certified for row in self.rows if row.inside)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: sums for either side of the edge, the mean over the images of the worst that happened to the
        undefended model there, then every row."""
        sides = {}
        for name, inside in (("inside", True), ("outside", False)):
            rows = [row for row in self.rows if row.inside == inside]
            images = sorted({row.image for row in rows})
            worst = [max(row.base_flipped for row in rows if row.image == image) for image in images]
            sides[name] = {
                "changes": len(rows),
                "certified_pixels_changed": sum(row.certified for row in rows),
                "violations": sum(row.violations for row in rows),
                "now_abstain": sum(row.now_abstain for row in rows),
                "base_flipped": float(np.mean(worst)) if worst else None,
            }
        clean = {row.image: row.certified / row.pixels for row in self.rows}
        share = float(np.mean(list(clean.values()))) if clean else None
        return {
            "images": len(clean), "certified_fraction": share, **sides, "rows": [asdict(row) for row in self.rows]
        }  # fmt: skip


def audit_changes(
    cases: Cases,
    settings: Settings,
    plan: ChangePlan,
    *,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> ChangeAudit:
    """Certify and change every case. Cases that `journal` has are not done again.

    Raises InvalidSetting for families that are not about a known change, and where no violation could be found;
    Cancelled.
    """
    settings.noise.change.check_input(cases.kind)
    check_promise(settings)
    rows: list[ChangeRow] = []
    for number, name in enumerate(cases.names):
        make = partial(_of_case, cases, number, settings.fresh("example", number), plan, cancelled)
        rows += journal.keep(name, make, write=_to_json, read=_from_json)
        progress(number + 1, len(cases.names))
    return ChangeAudit(rows=tuple(rows))


def _of_case(cases: Cases, number: int, own: Settings, plan: ChangePlan, cancelled: Cancel) -> list[ChangeRow]:
    case = cases.read(number)
    components = math.prod(case.subject.shape)
    check_can_fail(own, components)
    clean = certify(case.certified, case.subject, own, cancelled=cancelled)
    asked = majority_question(own, components, n0=plan.n0, n=plan.n)
    before, change = base_prediction(case.undefended, case.subject), own.noise.change
    rows = []
    for place, (how, amounts) in enumerate(_tried(case, clean, plan, cancelled)):
        changed = changed_input(case.subject, change, amounts)
        fresh = asked.fresh("changed", place)
        _, verdict = settle(case.certified, clean, changed, amounts, asked=fresh, cancelled=cancelled)
        rows.append(
            ChangeRow(
                image=case.name, how=how, inside=verdict.inside, amounts=dict(amounts), certified=verdict.certified,
                pixels=components, violations=verdict.violations, now_abstain=verdict.now_abstain,
                base_flipped=flipped(before, base_prediction(case.undefended, changed)),
            )
        )  # fmt: skip
    return rows


def _tried(
    case: Case, clean: Certificate, plan: ChangePlan, cancelled: Cancel
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The changes of one image, each with what found it: inside first, then outside."""
    own, family = clean.settings, clean.settings.noise
    streams = own.fresh("changes").streams
    rng, polar = streams.generator(), Polar(family.change, clean.region)
    how = ChangeSettings(
        budget=_DEEPEST, change=family.change, region=clean.region, passes=plan.passes, seed=streams.number()
    )  # fmt: skip
    aims = {BASE: aim_at(case.undefended, case.subject, truth=case.truth)}
    if clean.certified.any():
        aims[SMOOTHED] = aim_at_certified(case.certified, case.subject, clean)
    for victim, aim in aims.items():
        model = case.undefended if victim == BASE else case.certified
        found = worst_change(
            model, case.subject, aim, how, family, victim=victim, sigma=own.sigma, cancelled=cancelled
        )  # fmt: skip
        yield victim, found.amounts
    for number in range(plan.edge):
        yield EDGE, polar.amounts(_DEEPEST * _direction(polar, number, plan.edge))
    for _ in range(plan.random):
        way = rng.normal(size=polar.dimensions)
        length = _DEEPEST * rng.random() ** (1.0 / polar.dimensions)
        yield INSIDE, polar.amounts(polar.within(length * way / np.linalg.norm(way), 1.0))
    for number in range(plan.edge):
        yield EDGE, polar.amounts(plan.factor * _direction(polar, number, plan.edge))


def _direction(polar: Polar, number: int, count: int) -> Floats:
    """One of `count` directions all around, of length 1: both senses of one parameter, angles between two."""
    if polar.dimensions == 1:
        return polar.within(np.array([1.0 if number % 2 == 0 else -1.0]), 1.0)
    angle = 2.0 * math.pi * number / count
    return polar.within(np.array([math.cos(angle), math.sin(angle)]), 1.0)


def _to_json(rows: Iterable[ChangeRow]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def _from_json(rows: Iterable[Mapping[str, Any]]) -> list[ChangeRow]:
    return [ChangeRow(**row) for row in rows]
