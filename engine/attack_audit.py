"""Attacks against certificates over a dataset: the worst case over losses, victims and restarts, at exactly the radius.

For each image: certify it, attack the undefended model and the smoothed one, certify what comes out, count. A violation
is a pixel that is certified on both images with different classes; the theorem allows none (but with probability
alpha for each certificate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.attacks import LOSSES, AttackSettings, attack, loss
from engine.certificates import Certificate
from engine.certify import base_prediction, prediction, segcertify
from engine.config import Settings
from engine.contest import (
    Verdict,
    aim_at,
    attack_input,
    attacked_input,
    certify_attacked,
    check_promise,
    flipped,
    judge,
)
from engine.datasets.base import SegmentationDataset
from engine.errors import InvalidSetting
from engine.examples import check_classes, read_example
from engine.labels import VOID
from engine.models.base import BaseModel
from engine.perturbations import family
from engine.subset import subset
from engine.types import Cancel, Image, Progress, never, unheard
from engine.victims import BASE, SMOOTHED

_ALONE_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPlan:
    """What the audit tries: every loss with every attack, `restarts` each, against both models.

    undefended: attacked as it is, with `steps`; its flipped pixels say how strong the attack is. The certified model is
    attacked under noise, `draws` copies a step, with `smoothed_steps` and `smoothed_losses` (none: the same losses).
    Budgets are the radius exactly.

    alone: how many random correct pixels of the undefended model, of each image, are also attacked each by itself,
    the whole budget spent on that pixel. Whatever falls together can fall alone, so their share shows how much of an
    attack's weakness is that pixels have to share the budget.
    """

    losses: tuple[str, ...] = tuple(LOSSES)
    attacks: tuple[str, ...] = ("pgd", "apgd")
    steps: int = 100
    smoothed_steps: int = 20
    smoothed_losses: tuple[str, ...] = ()
    draws: int = 4
    restarts: int = 1
    alone: int = 0

    def __post_init__(self) -> None:
        for name in (*self.losses, *self.smoothed_losses):
            loss(name)
        for name in self.attacks:
            attack(name)
        if not self.losses or not self.attacks or min(self.steps, self.smoothed_steps, self.draws, self.restarts) < 1:
            raise InvalidSetting("an audit needs losses, attacks, and at least one step, draw and restart")
        if not 0 <= self.alone <= 10_000:
            raise InvalidSetting(f"alone must lie in [0, 10000], got {self.alone}")

    def losses_on(self, victim: str) -> tuple[str, ...]:
        """Those tried on that victim."""
        return self.losses if victim == BASE else self.smoothed_losses or self.losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One attack on one image. flipped_share: of the undefended model's correct pixels, at its adversarial input."""

    image: str
    victim: str
    attack: str
    loss: str
    norm: float
    flipped_share: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """All trials. Against the base victim, the share of its correct pixels that each attack flipped is its strength.

    alone: of the pixels that were attacked each by itself, which fell.
    """

    images: int
    radius: float
    trials: tuple[Trial, ...]
    alone: tuple[bool, ...] = ()

    @property
    def norm_max(self) -> float:
        return max(trial.norm for trial in self.trials)

    @property
    def violations(self) -> int:
        return sum(trial.verdict.violations for trial in self.trials)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: overall figures, then by attack and loss, then the worst case an image."""
        base = [trial for trial in self.trials if trial.victim == BASE]
        names = sorted({trial.image for trial in base})
        worst = [max(trial.flipped_share for trial in base if trial.image == name) for name in names]
        rows = [
            {
                "victim": victim,
                "attack": kind,
                "loss": name,
                "flipped_share": _mean([trial.flipped_share for trial in chosen]) if victim == BASE else None,
                "violations": sum(trial.verdict.violations for trial in chosen),
                "now_abstain": sum(trial.verdict.now_abstain for trial in chosen),
            }
            for victim, kind, name in sorted({(one.victim, one.attack, one.loss) for one in self.trials})
            for chosen in [[one for one in self.trials if (one.victim, one.attack, one.loss) == (victim, kind, name)]]
        ]
        return {
            "images": self.images,
            "radius": self.radius,
            "norm_max": self.norm_max,
            "inside": all(trial.verdict.inside for trial in self.trials),
            "flipped_share": _mean(worst),
            "flipped_share_worst_by_image": dict(zip(names, worst, strict=True)),
            "strongest": self._strongest(base),
            "alone": len(self.alone),
            "alone_flipped_share": _mean(self.alone) if self.alone else None,
            "certified_components": sum({trial.image: trial.verdict.certified for trial in self.trials}.values()),
            "violations": self.violations,
            "now_abstain": sum(trial.verdict.now_abstain for trial in self.trials),
            "by_attack": rows,
        }

    def _strongest(self, base: Sequence[Trial]) -> dict[str, Any]:
        """The attack and loss that flip most on average, and the share of images where they do as well as plain PGD."""
        shares: dict[tuple[str, str], dict[str, float]] = {}
        for trial in base:
            shares.setdefault((trial.attack, trial.loss), {})[trial.image] = trial.flipped_share
        kind, name = max(shares, key=lambda key: _mean(list(shares[key].values())))
        plain, best = shares.get(("pgd", "ce")), shares[kind, name]
        as_well = None if plain is None else _mean([best[image] >= plain[image] for image in plain])
        return {"attack": kind, "loss": name, "at_least_plain_pgd": as_well}


def audit_attacks(
    undefended: BaseModel,
    certified: BaseModel,
    dataset: SegmentationDataset,
    settings: Settings,
    plan: AttackPlan,
    *,
    every: int = 1,
    limit: int = 30,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> AuditResult:
    """Attack the first `limit` (0: all) of every `every`-th image. Whatever comes out is certified again.

    Raises InvalidSetting, InvalidInput, Cancelled.
    """
    check_promise(settings)
    for model in (undefended, certified):
        check_classes(model, dataset)
    if not family(settings.family).norm:
        raise InvalidSetting(f"the radius of family {settings.family} is an angle: no attack here is within it")
    items = subset(dataset.items(), every=every, limit=limit)
    trials: list[Trial] = []
    alone: list[bool] = []
    radius = 0.0
    for number, item in enumerate(items):
        image, truth = read_example(dataset, item, settings.size)
        certificate = segcertify(certified, image, settings.reseeded(2 * number), cancelled=cancelled)
        radius = certificate.radius
        before = base_prediction(undefended, image)
        case = _Case(
            name=item.name,
            image=image,
            truth=truth,
            certificate=certificate,
            before=before,
            correct=(before == truth) & (truth < len(dataset.labels)),
            undefended=undefended,
            certified=certified,
        )
        for victim in (BASE, SMOOTHED):
            trials += _trials(case, victim, plan, cancelled)
        alone += _alone(case, plan.alone, cancelled)
        progress(number + 1, len(items))
    return AuditResult(images=len(items), radius=radius, trials=tuple(trials), alone=tuple(alone))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """One image with its certificate, and both models.

    truth: uint8 (H, W). before: the undefended model's classes, uint8 (H, W), and correct: where they are right, bool.
    """

    name: str
    image: Image
    truth: NDArray[np.uint8]
    certificate: Certificate
    before: NDArray[np.uint8]
    correct: NDArray[np.bool_]
    undefended: BaseModel
    certified: BaseModel


def _trials(case: _Case, victim: str, plan: AttackPlan, cancelled: Cancel) -> list[Trial]:
    """All attacks and losses on one victim."""
    before, correct = case.before, case.correct
    model = case.undefended if victim == BASE else case.certified
    # The certified model is driven away from what is certified: another class there would be a violation.
    promised = np.where(case.certificate.certified, case.certificate.labels, VOID).astype(np.uint8)
    aim = aim_at(model, case.image, truth=case.truth if victim == BASE else promised)
    own = case.certificate.settings
    found = []
    for kind, wanted in product(plan.attacks, plan.losses_on(victim)):
        settings = AttackSettings(
            budget=case.certificate.radius,
            norm=family(own.family).norm,
            loss=wanted,
            steps=plan.steps if victim == BASE else plan.smoothed_steps,
            restarts=plan.restarts,
            seed=own.seed,
        )
        result = attack_input(
            model, case.image, aim, settings, name=kind, victim=victim, noise=own.family, sigma=own.sigma,
            draws=plan.draws, cancelled=cancelled,
        )  # fmt: skip
        again = certify_attacked(
            case.certified, case.certificate, attacked_input(case.image, result), cancelled=cancelled
        )
        after = prediction(case.undefended, result.adversarial)
        found.append(
            Trial(
                image=case.name,
                victim=victim,
                attack=kind,
                loss=wanted,
                norm=result.norm,
                flipped_share=flipped(before, after, correct),
                verdict=judge(case.certificate, again, result.norm),
            )
        )
    return found


def _alone(case: _Case, count: int, cancelled: Cancel) -> list[bool]:
    """Whether each of `count` random correct pixels of the undefended model falls to a short PGD on it alone."""
    own = case.certificate.settings
    places = np.flatnonzero(case.correct)
    chosen = np.random.default_rng(own.seed).permutation(places)[:count]
    settings = AttackSettings(
        budget=case.certificate.radius, norm=family(own.family).norm, steps=_ALONE_STEPS, seed=own.seed
    )
    fallen = []
    for place in chosen:
        only = np.zeros_like(case.correct)
        only.flat[place] = True
        aim = aim_at(case.undefended, case.image, truth=case.truth, only=only)
        fallen.append(attack_input(case.undefended, case.image, aim, settings, cancelled=cancelled).share > 0.0)
    return fallen


def _mean(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if values else 0.0
