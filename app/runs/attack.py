"""Attacks on images and shapes: certify, attack, certify again, compare; and what is lost over the budget."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import engine
from app.pictures.attack import image_view
from app.pictures.view_data import View
from app.runs import jobs
from app.runs.costs import check_work
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Labels, Request
from app.words.attack import sentences
from engine.attacks import Aim, Attempt, Duel, Found, Target

COPIES = 4  # noisy ones at each step against the smoothed model
NEAR_R = "flips"  # the strongest loss on average at the radius in this project's audits
_CURVE_STEPS, _CURVE_COPIES = 10, 2
_CERTIFIED_AT = (1.0,)  # of the budgets: where an attacked input is certified as well
_PASSES_PER_GRADIENT = 3
_PAGE = "attack"
_SHOWN_EVERY = 3  # steps of an attack
_NUMBERS = 10**12  # of streams for attacked inputs that share a clean one's certificate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackRequest:
    """One attack as asked for, on the input of `certify`, whose model is the certified one and whose seed is decided.

    undefended: the model that is attacked as it is. target: what of the input is attacked; None takes what is
    certified, or of an undefended model its own answers. clean: a certificate of the clean input that is there already
    and that this attack goes on from; its settings are those of `certify`, but for the seed.
    """

    certify: Request
    undefended: str
    how: Attempt
    target: Target | None = None
    clean: engine.Certificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackOutcome:
    """A finished attack. space: the classes. transferred: what the attacked image does to all models of its classes.
    view: of an image, what the viewer shows."""

    request: AttackRequest
    duel: Duel[Found]
    space: engine.inputs.LabelSpace
    transferred: tuple[engine.attacks.Transferred, ...]
    view: View | None

    @classmethod
    def of(
        cls,
        request: AttackRequest,
        duel: Duel[Found],
        space: engine.inputs.LabelSpace,
        transferred: Iterable[engine.attacks.Transferred] = (),
    ) -> AttackOutcome:
        """With its view packed once, for all who look at it."""
        certify, view = request.certify, None
        if isinstance(certify.subject, engine.inputs.Image):
            said = " ".join(sentences(duel, request.target))
            view = image_view(certify.subject, certify.truth, duel, space, caption=f"{certify.name}. {said}")
        return cls(request=request, duel=duel, space=space, transferred=tuple(transferred), view=view)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackLook:
    """An attack under way: its steps so far, the victim's answer at the last of them that is shown, and of an
    undefended model's answers the share that changed; of the smoothed one the answer is that of one draw."""

    steps: tuple[engine.attacks.Step, ...]
    space: engine.inputs.LabelSpace
    answer: Labels | None = None
    changed: float | None = None


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
    space, bare = undefended.info.labels, how.victim == engine.attacks.BASE
    before = engine.certification.base_prediction(undefended, subject)

    def watch(step: engine.attacks.Step) -> None:
        told.append(replace(step, number=len(told), answer=None))  # one attack may follow another
        job.progress(each + len(told), 2 * each + steps)
        answer = step.answer if step.number % _SHOWN_EVERY == 0 else None
        changed = engine.attacks.flipped(before, answer) if bare and answer is not None else None
        last = job.view if isinstance(job.view, AttackLook) else None
        if answer is None and last is not None:
            answer, changed = last.answer, last.changed
        job.show(AttackLook(steps=tuple(told), space=space, answer=answer, changed=changed))
        if job.enough_requested():
            raise engine.attacks.Enough

    clean = request.clean or engine.certify(
        certified, subject, settings, progress=lambda done, _: job.progress(done, 2 * each + steps),
        cancelled=job.cancel_requested,
    )  # fmt: skip
    duel = engine.attacks.attack(
        certified, subject, against=clean, how=how, undefended=undefended,
        aim=None if request.target is None else _aim(request, request.target, undefended, certified), watch=watch,
        number=_number(request),
        progress=lambda done, _: job.progress(each + steps + done, 2 * each + steps), cancelled=job.cancel_requested,
    )  # fmt: skip
    image = isinstance(subject, engine.inputs.Image)
    others = engine.attacks.transfers(undefended.info, subject, duel.changed) if image else ()
    return AttackOutcome.of(request, duel, undefended.info.labels, others)


@lru_cache(maxsize=16)
def staged(name: str) -> AttackOutcome:
    """A bundled scenario as the finished attack that it is. Raises InvalidInput where its files cannot be used."""
    scenario = engine.papers.scenarios[name]
    made = engine.papers.open_scenario(scenario)
    assert isinstance(made.subject, engine.inputs.Image | engine.inputs.Cloud)
    certify = Request(
        name=scenario.sample, model=scenario.certified, subject=made.subject, truth=made.truth,
        settings=scenario.settings, stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip
    request = AttackRequest(certify=certify, undefended=scenario.undefended, how=scenario.how, target=scenario.target)
    space = engine.models.model_info(scenario.undefended).labels
    return AttackOutcome.of(request, made.duel, space, made.transferred)


@cache
def read_ahead() -> None:
    """Have all scenarios read and packed when nothing else is done, once in a process: each then shows at a click."""

    def read(job: Job) -> None:
        for name in engine.papers.scenarios:
            if not job.cancel_requested():
                with suppress(engine.EngineError):  # the page says what is wrong with one, once it is chosen
                    staged(name)

    with suppress(engine.core.QueueFull):
        jobs.submit_aside(read)


def goes_on_from(request: AttackRequest, last: AttackOutcome | None) -> AttackRequest:
    """The request with the clean input's certificate of the attack before, where that is what it would make anew."""
    if last is None or not request.certify.fresh:
        return request
    made, wanted = last.request.certify, request.certify
    same = (made.model, made.subject.sha256) == (wanted.model, wanted.subject.sha256)
    if not same or replace(wanted.settings, seed=made.settings.seed) != made.settings:
        return request
    return replace(request, certify=replace(wanted, settings=made.settings, fresh=False), clean=last.duel.clean)


def submit_curve(asked: AttackRequest) -> Job:
    """Queue a robustness curve; its result is a `Curve`, its views are the points so far. Raises as `submit`."""
    request = replace(asked, certify=asked.certify.with_seed())
    certified_name, denoised_name = request.certify.model, engine.models.full_name(request.undefended, "single")
    copies = 1.0 + _CURVE_COPIES * engine.models.model_cost(certified_name) + engine.models.model_cost(denoised_name)
    budgets = len(engine.attacks.SHARES)
    passes = budgets * _CURVE_STEPS * _PASSES_PER_GRADIENT * copies
    check_work(request.certify, certified_name, certified_name, passes=passes)
    how = replace(request.how, loss=NEAR_R if request.how.loss == engine.attacks.ALL_LOSSES else request.how.loss,
                  steps=_CURVE_STEPS, draws=_CURVE_COPIES)  # fmt: skip

    def work(job: Job) -> Curve:
        certified, subject, settings = load(certified_name), request.certify.subject, request.certify.settings
        each = settings.n0 + settings.n
        clean = request.clean or engine.certify(
            certified, subject, settings, progress=lambda done, _: job.progress(done, each + budgets),
            cancelled=job.cancel_requested,
        )  # fmt: skip
        points: list[engine.attacks.CurvePoint] = []
        for point in engine.attacks.curve_points(
            load(request.undefended), certified, subject, clean, how, certify_at=_CERTIFIED_AT,
            denoised=load(denoised_name), number=_number(request), cancelled=job.cancel_requested,
        ):  # fmt: skip
            points.append(point)
            job.progress(each + len(points), each + budgets)
            job.show(tuple(points))
        return Curve(request=request, clean=clean, points=tuple(points))

    return jobs.submit(work, page=_PAGE)


def _number(request: AttackRequest) -> int:
    """Which stream of noise an attacked input gets: one that no other attack on the same certificate has."""
    return 0 if request.clean is None else 1 + secrets.randbelow(_NUMBERS)


def _aim(
    request: AttackRequest, target: Target, undefended: engine.models.BaseModel, certified: engine.models.BaseModel
) -> Aim:
    subject = request.certify.subject
    only = target.mask(engine.certification.base_prediction(undefended, subject))
    victim = undefended if request.how.victim == engine.attacks.BASE else certified
    return engine.attacks.aim_at(victim, subject, truth=request.certify.truth, only=only, towards=target.towards)
