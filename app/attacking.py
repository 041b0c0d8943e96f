"""The attack page's work, queued beside everything else: certify, attack, certify again, compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import engine
from app import jobs, runner
from app.jobs.manager import Job
from app.requests import ALL_LOSSES, AttackOutcome, AttackRequest, Curve
from app.state import session_id
from app.views import overlay

Labels = NDArray[np.uint8]
Watch = Callable[[engine.attacks.Step], None]

CLEAN, ATTACKED, CHANGE, FLIPS = "Clean image", "Attacked image", "The change, amplified", "Flip map"
BEFORE, AFTER = "Undefended, clean", "Undefended, attacked"
CERTIFIED, CERTIFIED_ATTACKED = "Certified, clean", "Certified, attacked"
TRUTH = "Ground truth"
_CURVE_STEPS = 20
_NEAR_R = "flips"
_COPIES = 4  # noisy ones at each step
_PASSES_PER_GRADIENT = 3


def submit_attack(asked: AttackRequest) -> Job:
    """Queue one attack; its result is an `AttackOutcome`, its views are the steps so far.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = replace(asked, certify=asked.certify.with_seed())
    certified = request.certify.model
    copies = 1.0 if request.victim == engine.attacks.BASE else _COPIES * engine.models.model_cost(certified)
    passes = _PASSES_PER_GRADIENT * copies * request.how.attacks_made * request.steps
    runner.check_work(request.certify, *[certified] * 2, passes=passes)

    def work(job: Job) -> AttackOutcome:
        image, settings = request.certify.image, request.certify.settings
        undefended, smoothed = engine.load_model(request.undefended), engine.load_model(certified)
        victim = undefended if request.victim == engine.attacks.BASE else smoothed

        def aim(before: Labels) -> engine.attacks.Aim:
            return _aim(request, victim, before)

        made = fight(job, undefended, smoothed, image, settings, request.how, aim)
        pictures, amplified = _pictures(image, request.certify.truth, made, undefended.info.labels)
        return AttackOutcome(
            request=request,
            pictures=pictures,
            amplified=amplified,
            result=made.result,
            before=made.before,
            after=made.after,
            clean=made.clean,
            attacked=made.attacked,
            verdict=made.verdict,
        )

    return jobs.manager().submit(session_id(), work)


def fight(
    job: Job,
    undefended: engine.models.BaseModel,
    certified: engine.models.BaseModel,
    subject: engine.inputs.Subject,
    settings: engine.Settings,
    how: engine.attacks.Attempt,
    aim: Callable[[Labels], engine.attacks.Aim] | None = None,
) -> engine.attacks.Duel[engine.attacks.Found]:
    """Certify an input, attack it, certify what came out, compare; with the job's progress and Cancel.

    aim: of the undefended model's clean answer, uint8 (*N). The job's views are the steps so far. Raises EngineError
    kinds.
    """
    each, steps = settings.n0 + settings.n, how.looks(settings)
    total = 2 * each + steps
    told: list[engine.attacks.Step] = []

    def watch(step: engine.attacks.Step) -> None:
        told.append(replace(step, number=len(told)))  # one attack may follow another
        job.progress(each + len(told), total)
        job.show(tuple(told))

    clean = engine.certify(
        certified, subject, settings, progress=lambda done, _: job.progress(done, total),
        cancelled=job.cancel_requested,
    )  # fmt: skip
    return engine.attacks.attack(
        certified, subject, against=clean, how=how, undefended=undefended,
        aim=None if aim is None else aim(engine.certification.base_prediction(undefended, subject)), watch=watch,
        progress=lambda done, _: job.progress(each + steps + done, total), cancelled=job.cancel_requested,
    )  # fmt: skip


def submit_curve(asked: AttackRequest) -> Job:
    """Queue a robustness curve; its result is a `Curve`. Raises as `submit_attack`."""
    request = replace(asked, certify=asked.certify.with_seed())
    certified_name, denoised_name = request.certify.model, engine.models.full_name(request.undefended, "single")
    copies = 1.0 + _COPIES * engine.models.model_cost(certified_name) + engine.models.model_cost(denoised_name)
    passes = 8 * _CURVE_STEPS * _PASSES_PER_GRADIENT * copies
    runner.check_work(request.certify, *[certified_name] * 9, passes=passes)

    def work(job: Job) -> Curve:
        image = request.certify.image
        undefended, certified = engine.load_model(request.undefended), engine.load_model(certified_name)
        clean = engine.certify(certified, image, request.certify.settings, cancelled=job.cancel_requested)
        points = engine.attacks.robustness_curve(
            undefended,
            certified,
            image,
            clean,
            replace(request.how, loss=_NEAR_R if request.loss == ALL_LOSSES else request.loss, steps=_CURVE_STEPS),
            denoised=engine.load_model(denoised_name),
            progress=job.progress,
            cancelled=job.cancel_requested,
        )
        return Curve(request=request, clean=clean, points=points)

    return jobs.manager().submit(session_id(), work)


def _aim(request: AttackRequest, model: engine.models.BaseModel, before: Labels) -> engine.attacks.Aim:
    only = engine.attacks.region_mask(before.shape, request.region)
    if request.only is not None:
        only &= before == request.only
    return engine.attacks.aim_at(
        model, request.certify.image, truth=request.certify.truth, only=only, towards=request.towards
    )  # fmt: skip


def _pictures(
    image: engine.inputs.Image,
    truth: Labels | None,
    made: engine.attacks.Duel[engine.attacks.Found],
    space: engine.inputs.LabelSpace,
) -> tuple[dict[str, bytes], float]:
    """The page's pictures as PNG files by name, and how much the change is amplified."""
    change, amplified = engine.export.difference_png(image.pixels, changed.pixels)
    pictures = {
        CLEAN: image.as_uint8(),
        ATTACKED: np.rint(changed.pixels * 255.0).astype(np.uint8),
        BEFORE: engine.export.colour_labels(made.before, space),
        AFTER: engine.export.colour_labels(made.after, space),
        CERTIFIED: engine.export.colour_labels(made.clean.labels, space),
        CERTIFIED_ATTACKED: engine.export.colour_labels(made.attacked.labels, space),
        FLIPS: engine.export.colour_labels(
            overlay.flips(made.before, made.after, made.clean.labels, made.attacked.labels), overlay.FLIPS
        ),
    }
    if truth is not None:
        pictures[TRUTH] = overlay.truth_picture(truth, space)
    files = {name: engine.export.png(overlay.enlarge(picture)) for name, picture in pictures.items()}
    return files | {CHANGE: change}, amplified
