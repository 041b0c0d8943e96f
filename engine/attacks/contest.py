"""An attacked image or shape against its certificate: who fell, what stood, and whether a promise was broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from engine.attacks.rotation import RotationResult
from engine.attacks.search import Aim, AttackResult, AttackSettings, attacks, losses, norms
from engine.attacks.search.base import Watch, unwatched
from engine.attacks.victims import BASE, POSITIONS, SMOOTHED, limits_of, victim_of
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction, certify, noisy_prediction
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.clouds import Cloud, moved_cloud, turned_cloud
from engine.inputs.images import image_from_array
from engine.inputs.labels import ABSTAIN
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

Region = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of an image, in percent of its width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an attacked input did to a certificate of the clean one. Counts are of components.

    certified: on the clean input. violations: certified on both, with different classes; within the radius each would
    break the promise. now_abstain: certified on the clean input only. inside: whether the change is within the radius.
    """

    certified: int
    violations: int
    now_abstain: int
    inside: bool


def aim_at(
    model: BaseModel,
    subject: Subject,
    *,
    truth: NDArray[np.uint8] | None = None,
    only: NDArray[np.bool_] | None = None,
    towards: int | None = None,
) -> Aim:
    """Away from the truth, or from the model's own answer where there is none; or towards one class.

    truth: uint8 (*N), ids above the classes are void and left out. only: bool (*N), the components that count.
    """
    classes = len(model.info.labels)
    labels = (base_prediction(model, subject) if truth is None else truth).astype(np.int64)
    mask = labels < classes
    if only is not None:
        mask &= only
    if towards is None:
        return Aim(labels=labels, mask=mask)
    if not 0 <= towards < classes:
        raise InvalidSetting(f"a target must be a class from 0 to {classes - 1}, got {towards}")
    return Aim(labels=np.full_like(labels, towards), mask=mask & (labels != towards), targeted=True)


def aim_at_certified(model: BaseModel, subject: Subject, certificate: Certificate) -> Aim:
    """Away from what is certified of the model: another class there, within the radius, would break a promise."""
    return aim_at(model, subject, truth=certificate.top, only=certificate.certified)


def region_mask(shape: tuple[int, ...], region: Region) -> NDArray[np.bool_]:
    """The pixels of an image (H, W) inside a region, bool (H, W); every pixel whose centre lies in it.

    Raises InvalidSetting for a region without pixels, or of something else than an image.
    """
    left, top, right, bottom = region
    if len(shape) != 2:
        raise InvalidSetting("a region is of an image; points are chosen by their part")
    if not (0.0 <= left < right <= 100.0 and 0.0 <= top < bottom <= 100.0):
        raise InvalidSetting(
            f"a region is left,top,right,bottom in percent, each side before the other, got {list(region)}"
        )
    rows, columns = (100.0 * (np.arange(size) + 0.5) / size for size in shape)
    mask = np.outer((rows >= top) & (rows <= bottom), (columns >= left) & (columns <= right))
    if not mask.any():
        raise InvalidSetting("the region holds no pixel: make it larger")
    return mask


def attack_input(
    model: BaseModel,
    subject: Subject,
    aim: Aim,
    settings: AttackSettings,
    *,
    name: str = "pgd",
    victim: str = BASE,
    noise: str = "l2",
    sigma: float = 0.25,
    draws: int = 4,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> AttackResult:
    """Attack a working image, or the positions of a cloud; the smoothed victim meets the noise of family `noise`.

    Raises UnknownName, InvalidSetting, Cancelled.
    """
    x = np.ascontiguousarray(subject.values[..., :POSITIONS])
    rest = subject.values[..., POSITIONS:]
    fixed = torch.from_numpy(rest.copy()).to(model.compute.device) if rest.shape[-1] else None
    low, high = limits_of(subject)
    chosen = victim_of(model, victim, noise=noise, sigma=sigma, draws=draws, fixed=fixed, low=low, high=high)
    return attacks[name].run(chosen, x, aim, settings, watch=watch, cancelled=cancelled)


def worst_over_losses(attack_with: Callable[[str], AttackResult]) -> tuple[AttackResult, dict[str, float]]:
    """The strongest of the attacks with every loss, and the share that each reached; `attack_with` runs one."""
    found = {name: attack_with(name) for name in losses}
    best = max(found.values(), key=lambda result: result.share)
    return best, {name: result.share for name, result in found.items()}


def budget_within(settings: Settings, kind: str, entries: int) -> float:
    """The largest budget in the norm `kind` that a certificate with these settings covers, for so many entries.

    The l_q radius itself where p <= q, else divided by entries^(1/q - 1/p). Raises InvalidSetting for a family whose
    radius is an angle. Source: METHOD section 4.
    """
    order = norms[settings.noise.norm].order
    shrink = max(0.0, 1.0 / order - 1.0 / norms[kind].order)
    return settings.radius / float(entries) ** shrink


def change_between(settings: Settings, before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """How far two inputs are apart, in the norm of the settings' family, float64. Raises InvalidSetting for angles."""
    return norms[settings.noise.norm].size(after.astype(np.float64) - before.astype(np.float64))


def attacked_input(subject: Subject, result: AttackResult | RotationResult) -> Subject:
    """The adversarial input to be certified, exactly as it is: an attacked cloud is not centred or scaled anew.

    Raises InvalidSetting for a rotation of an image.
    """
    if isinstance(subject, Cloud):
        if isinstance(result, RotationResult):
            return turned_cloud(subject, result.rotation)
        return moved_cloud(subject, result.adversarial)
    if isinstance(result, RotationResult):
        raise InvalidSetting("a rotation was found for a shape: an image cannot be turned by it")
    return image_from_array(result.adversarial)


def certify_attacked(
    model: BaseModel,
    certificate: Certificate,
    attacked: Subject,
    *,
    turn: int = 1,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Certificate:
    """Certify an attacked input with the settings of the clean one's certificate and other noise, of seed + `turn`."""
    settings = certificate.settings.reseeded(turn)
    return certify(model, attacked, settings, progress=progress, cancelled=cancelled)


def judge(clean: Certificate, attacked: Certificate, change: float) -> Verdict:
    """Compare the certificates of an input and of its attacked version, `change` apart in the radius' unit.

    For radii in a norm see `change_between`; for angles it is the angle of the rotation, in radians.
    """
    certified = clean.labels != ABSTAIN
    still = attacked.labels != ABSTAIN
    return Verdict(
        certified=int(certified.sum()),
        violations=int((certified & still & (clean.labels != attacked.labels)).sum()),
        now_abstain=int((certified & ~still).sum()),
        inside=change <= clean.radius,
    )


def flipped(before: NDArray[np.integer], after: NDArray[np.integer], where: NDArray[np.bool_] | None = None) -> float:
    """Share of the components (of those in `where`) whose class changed; 0 where there are none."""
    changed = before != after
    if where is not None:
        changed = changed[where]
    return float(changed.mean()) if changed.size else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurvePoint:
    """One budget: `share` times the radius.

    undefended: of all components, the share whose class changed; denoised: the same behind the denoiser, attacked for
    itself and asked on one noisy draw, None without one; certified: of those certified on the clean input, the share
    certified with another class; abstained: of these, the share that abstains now. attacked: the certificate of the
    attacked input.
    """

    share: float
    undefended: float
    denoised: float | None
    certified: float
    abstained: float
    attacked: Certificate


def robustness_curve(
    undefended: BaseModel,
    certified: BaseModel,
    subject: Subject,
    clean: Certificate,
    settings: AttackSettings,
    *,
    shares: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
    name: str = "pgd",
    denoised: BaseModel | None = None,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> tuple[CurvePoint, ...]:
    """Attack with budgets from 0 upwards: every model for its own curve, through the denoiser for the denoised one.

    `settings` give all but the budgets. Up to share 1 the certified curve is flat, but with probability alpha.
    """
    if norms[settings.norm] != norms[clean.settings.noise.norm]:
        raise InvalidSetting(
            f"the certificate's radius is measured in {norms[clean.settings.noise.norm].name}, not {settings.norm}"
        )
    before = base_prediction(undefended, subject)
    away, away_smoothed = aim_at(undefended, subject), aim_at(certified, subject)
    noise = None if denoised is None else noisy_prediction(denoised, subject, clean.settings)
    away_denoised = None if denoised is None else aim_at(denoised, subject)
    points = []
    for number, share in enumerate(shares):
        budget = replace(settings, budget=share * clean.radius)
        weak = attack_input(undefended, subject, away, budget, name=name, cancelled=cancelled)
        strong = attack_input(
            certified, subject, away_smoothed, budget, name=name, victim=SMOOTHED,
            noise=clean.settings.family, sigma=clean.settings.sigma, cancelled=cancelled,
        )  # fmt: skip
        fallen = attacked_input(subject, weak)
        again = certify_attacked(
            certified, clean, attacked_input(subject, strong), turn=number + 1, cancelled=cancelled
        )
        verdict = judge(clean, again, strong.norm)
        behind = None
        if denoised is not None and noise is not None and away_denoised is not None:
            through = attack_input(
                denoised, subject, away_denoised, budget, name=name, victim=SMOOTHED, noise=clean.settings.family,
                sigma=clean.settings.sigma, draws=1, cancelled=cancelled,
            )  # fmt: skip
            behind = flipped(noise, noisy_prediction(denoised, attacked_input(subject, through), clean.settings))
        points.append(
            CurvePoint(
                share=share,
                undefended=flipped(before, base_prediction(undefended, fallen)),
                denoised=behind,
                certified=verdict.violations / max(1, verdict.certified),
                abstained=verdict.now_abstain / max(1, verdict.certified),
                attacked=again,
            )
        )
        progress(number + 1, len(shares))
    return tuple(points)
