"""The attack page's work, queued beside everything else: certify, attack, certify again, compare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import engine
from app import jobs, runner
from app.requests import AttackOutcome, AttackRequest, Curve
from app.state import session_id
from app.views import overlay

CLEAN, ATTACKED, CHANGE, FLIPS = "Clean image", "Attacked image", "The change, amplified", "Flip map"
BEFORE, AFTER = "Undefended, clean", "Undefended, attacked"
CERTIFIED, CERTIFIED_ATTACKED = "Certified, clean", "Certified, attacked"
TRUTH = "Ground truth"
_CURVE_STEPS = 20


def submit_attack(asked: AttackRequest) -> engine.Job:
    """Queue one attack; its result is an `AttackOutcome`, its views are the steps so far.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = replace(asked, certify=asked.certify.with_seed())
    runner.check_work(request.certify, *[request.certify.model] * 2)
    settings = request.certify.settings
    each = settings.n0 + settings.n
    total = 2 * each + request.steps + 1

    def work(job: engine.Job) -> AttackOutcome:
        image, truth = request.certify.image, request.certify.truth
        undefended, certified = engine.load_model(request.undefended), engine.load_model(request.certify.model)
        clean = engine.segcertify(
            certified, image, settings, progress=lambda done, _: job.progress(done, total),
            cancelled=job.cancel_requested,
        )  # fmt: skip
        before = engine.base_prediction(undefended, image)
        steps: list[engine.Step] = []

        def watch(step: engine.Step) -> None:
            steps.append(step)
            job.progress(each + len(steps), total)
            job.show(tuple(steps))

        result = engine.attack_input(
            undefended if request.victim == "base" else certified,
            image,
            _aim(request, undefended if request.victim == "base" else certified, before),
            _settings(request, clean.radius),
            name=request.attack,
            victim=request.victim,
            sigma=settings.sigma,
            watch=watch,
            cancelled=job.cancel_requested,
        )
        attacked = engine.certify_attacked(
            certified, clean, engine.attacked_input(image, result),
            progress=lambda done, _: job.progress(each + request.steps + 1 + done, total),
            cancelled=job.cancel_requested,
        )  # fmt: skip
        after = engine.prediction(undefended, result.adversarial)
        pictures, amplified = _pictures(
            image, truth, result.adversarial, before, after, clean, attacked, undefended.info.labels
        )
        return AttackOutcome(
            request=request, result=result, before=before, after=after, clean=clean, attacked=attacked,
            verdict=engine.judge(clean, attacked, result.norm), pictures=pictures, amplified=amplified,
        )  # fmt: skip

    return jobs.manager().submit(session_id(), work)


def submit_curve(asked: AttackRequest) -> engine.Job:
    """Queue a robustness curve; its result is a `Curve`. Raises as `submit_attack`."""
    request = replace(asked, certify=asked.certify.with_seed())
    runner.check_work(request.certify, *[request.certify.model] * 9)

    def work(job: engine.Job) -> Curve:
        image = request.certify.image
        undefended, certified = engine.load_model(request.undefended), engine.load_model(request.certify.model)
        clean = engine.segcertify(certified, image, request.certify.settings, cancelled=job.cancel_requested)
        points = engine.robustness_curve(
            undefended,
            certified,
            image,
            clean,
            replace(_settings(request, clean.radius), steps=_CURVE_STEPS),
            name=request.attack,
            denoised=engine.load_model(engine.full_name(request.undefended, "single")),
            progress=job.progress,
            cancelled=job.cancel_requested,
        )
        return Curve(request=request, points=points)

    return jobs.manager().submit(session_id(), work)


def _settings(request: AttackRequest, radius: float) -> engine.AttackSettings:
    return engine.AttackSettings(
        budget=request.budget_share * radius,
        loss=request.loss,
        steps=request.steps,
        seed=request.certify.settings.seed,
    )


def _aim(request: AttackRequest, model: engine.BaseModel, before: NDArray[np.uint8]) -> engine.Aim:
    only = None if request.only is None else before == request.only
    return engine.aim_at(model, request.certify.image, truth=request.certify.truth, only=only)


def _pictures(
    image: engine.Image,
    truth: NDArray[np.uint8] | None,
    adversarial: NDArray[np.float32],
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    clean: engine.Certificate,
    attacked: engine.Certificate,
    space: engine.LabelSpace,
) -> tuple[dict[str, bytes], float]:
    """The page's pictures as PNG files by name, and how much the change is amplified."""
    change, amplified = engine.difference_png(image.pixels, adversarial)
    pictures = {
        CLEAN: image.as_uint8(),
        ATTACKED: np.rint(adversarial * 255.0).astype(np.uint8),
        BEFORE: engine.colour_labels(before, space),
        AFTER: engine.colour_labels(after, space),
        CERTIFIED: engine.colour_labels(clean.labels, space),
        CERTIFIED_ATTACKED: engine.colour_labels(attacked.labels, space),
        FLIPS: overlay.flip_picture(before, after, clean.labels, attacked.labels),
    }
    if truth is not None:
        pictures[TRUTH] = overlay.truth_picture(truth, space)
    made = {name: engine.png(overlay.enlarge(picture)) for name, picture in pictures.items()}
    return made | {CHANGE: change}, amplified
