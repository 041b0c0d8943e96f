"""Attacks on images and shapes: certify, attack, certify again, compare; and what is lost over the budget."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import engine
from app.pictures.attack import Shown, image_pictures
from app.runs import jobs
from app.runs.costs import check_work
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Request
from engine.attacks import Aim, Attempt, Duel, Found, Region

COPIES = 4  # noisy ones at each step against the smoothed model
NEAR_R = "flips"  # the strongest loss on average at the radius in this project's audits
_CURVE_STEPS = 20
_PASSES_PER_GRADIENT = 3
_PAGE = "attack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What of an image is attacked.

    only: the class of the undefended model's answer whose pixels count, None for all. region: the part of the image
    that counts. towards: the class that the pixels shall get, None for any other than theirs.
    """

    only: int | None = None
    region: Region = (0.0, 0.0, 100.0, 100.0)
    towards: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackRequest:
    """One attack as asked for, on the input of `certify`, whose model is the certified one and whose seed is decided.

    undefended: the model that is attacked as it is; of a shape the certified one itself. target: of an image; None
    takes what is certified, or of an undefended model its own answers.
    """

    certify: Request
    undefended: str
    how: Attempt
    target: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackOutcome:
    """A finished attack. space: the classes. pictures: of an image all that is shown, by title."""

    request: AttackRequest
    duel: Duel[Found]
    space: engine.inputs.LabelSpace
    pictures: Mapping[str, Shown]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Flipped shares over the budget: of the undefended model's pixels, and of the certified ones."""

    request: AttackRequest
    clean: engine.Certificate
    points: tuple[engine.attacks.CurvePoint, ...]


def submit(asked: AttackRequest) -> Job:
    """Queue one attack; its result is an `AttackOutcome`, its views are the steps so far.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = replace(asked, certify=asked.certify.with_seed())
    how, certified, turns = request.how, request.certify.model, request.certify.settings.noise.turns
    smoothed = how.victim != engine.attacks.BASE
    copies = COPIES * engine.models.model_cost(certified) if smoothed else engine.models.model_cost(request.undefended)
    looks = how.attacks_made * how.steps * (1 if turns else _PASSES_PER_GRADIENT)
    check_work(request.certify, certified, certified, passes=copies * looks)
    return jobs.submit(lambda job: _fight(request, job), page=_PAGE)


def _fight(request: AttackRequest, job: Job) -> AttackOutcome:
    """Certify an input, attack it, certify what came out, compare. Raises EngineError kinds, Cancelled."""
    subject, settings, how = request.certify.subject, request.certify.settings, request.how
    undefended, certified = load(request.undefended), load(request.certify.model)
    each, steps = settings.n0 + settings.n, how.looks(settings)
    told: list[engine.attacks.Step] = []

    def watch(step: engine.attacks.Step) -> None:
        told.append(replace(step, number=len(told)))  # one attack may follow another
        job.progress(each + len(told), 2 * each + steps)
        job.show(tuple(told))

    clean = engine.certify(
        certified, subject, settings, progress=lambda done, _: job.progress(done, 2 * each + steps),
        cancelled=job.cancel_requested,
    )  # fmt: skip
    duel = engine.attacks.attack(
        certified, subject, against=clean, how=how, undefended=undefended,
        aim=None if request.target is None else _aim(request, request.target, undefended, certified), watch=watch,
        progress=lambda done, _: job.progress(each + steps + done, 2 * each + steps), cancelled=job.cancel_requested,
    )  # fmt: skip
    space = undefended.info.labels
    pictures = (
        image_pictures(subject, request.certify.truth, duel, space) if isinstance(subject, engine.inputs.Image) else {}
    )
    return AttackOutcome(request=request, duel=duel, space=space, pictures=pictures)


def submit_curve(asked: AttackRequest) -> Job:
    """Queue a robustness curve; its result is a `Curve`. Raises as `submit`."""
    request = replace(asked, certify=asked.certify.with_seed())
    certified_name, denoised_name = request.certify.model, engine.models.full_name(request.undefended, "single")
    copies = 1.0 + COPIES * engine.models.model_cost(certified_name) + engine.models.model_cost(denoised_name)
    budgets = len(engine.attacks.SHARES)
    passes = budgets * _CURVE_STEPS * _PASSES_PER_GRADIENT * copies
    check_work(request.certify, *[certified_name] * (1 + budgets), passes=passes)
    loss = NEAR_R if request.how.loss == engine.attacks.ALL_LOSSES else request.how.loss

    def work(job: Job) -> Curve:
        certified, subject = load(certified_name), request.certify.subject
        clean = engine.certify(certified, subject, request.certify.settings, cancelled=job.cancel_requested)
        points = engine.attacks.robustness_curve(
            load(request.undefended),
            certified,
            subject,
            clean,
            replace(request.how, loss=loss, steps=_CURVE_STEPS),
            denoised=load(denoised_name),
            progress=job.progress,
            cancelled=job.cancel_requested,
        )
        return Curve(request=request, clean=clean, points=points)

    return jobs.submit(work, page=_PAGE)


def _aim(
    request: AttackRequest, target: Target, undefended: engine.models.BaseModel, certified: engine.models.BaseModel
) -> Aim:
    subject = request.certify.subject
    only = engine.attacks.region_mask(subject.shape, target.region)
    if target.only is not None:
        only &= engine.certification.base_prediction(undefended, subject) == target.only
    victim = undefended if request.how.victim == engine.attacks.BASE else certified
    return engine.attacks.aim_at(victim, subject, truth=request.certify.truth, only=only, towards=target.towards)
