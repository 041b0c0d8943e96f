"""Attacks on shapes as the attack page asks for them: the twin of `attacking` for point clouds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import engine
from app import clouds, jobs
from app.attacking import Labels, Watch, fight
from app.clouds import CloudRequest
from app.jobs.manager import Job
from app.requests import Contest, Found
from app.state import session_id

_COPIES = 4  # noisy ones at every step against the smoothed model
LOSS = "flips"  # the strongest on average at the radius in this project's audit of shapes
_PASSES = 3  # a gradient takes as long as about so many forward passes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudAttackRequest:
    """One attack as asked for, on the shape of `certify`, whose model is attacked alone or smoothed.

    The family of `certify` says what may be done. budget_share: of the radius. steps: of PGD, or rotations tried.
    """

    certify: CloudRequest
    victim: str
    budget_share: float
    steps: int

    @property
    def turns(self) -> bool:
        """Whether the shape is turned, and not its points shifted."""
        return self.certify.settings.noise.turns

    @property
    def radius(self) -> float:
        settings = self.certify.settings
        return settings.radius


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudAttackOutcome(Contest[Found]):
    """A finished attack on a shape. changed: the attacked cloud. space: the parts."""

    request: CloudAttackRequest
    changed: engine.inputs.Cloud
    space: engine.inputs.LabelSpace


def submit(asked: CloudAttackRequest) -> Job:
    """Queue one attack; its result is a `CloudAttackOutcome`, its views are the steps so far.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = replace(asked, certify=asked.certify.with_seed())
    settings, cloud = request.certify.settings, request.certify.cloud
    looks = (
        request.steps * (1 if request.victim == engine.attacks.BASE else _COPIES) * (1 if request.turns else _PASSES)
    )
    clouds.check_work(request.certify, draws=2 * (settings.n0 + settings.n) + looks)

    def work(job: Job) -> CloudAttackOutcome:
        model = engine.load_model(request.certify.model)

        def attack(clean: engine.Certificate, before: Labels, watch: Watch) -> Found:
            _ = before
            return _attack(request, model, clean, watch, job)

        steps = request.steps if request.turns else request.steps + 1
        made = fight(job, model, model, cloud, settings, attack, steps=steps)
        changed = engine.attacks.attacked_input(cloud, made.result)
        assert isinstance(changed, engine.inputs.Cloud)
        return CloudAttackOutcome(
            request=request, changed=changed, space=model.info.labels, result=made.result, before=made.before,
            after=made.after, clean=made.clean, attacked=made.attacked, verdict=made.verdict,
        )  # fmt: skip

    return jobs.manager().submit(session_id(), work)


def _attack(
    request: CloudAttackRequest, model: engine.models.BaseModel, clean: engine.Certificate, watch: Watch, job: Job
) -> Found:
    settings, cloud = request.certify.settings, request.certify.cloud
    aim, budget = _aim(request, model, clean), request.budget_share * clean.radius
    if request.turns:
        search = engine.attacks.RotationSettings(
            budget=budget, family=settings.family, loss=LOSS, passes=request.steps, seed=settings.seed
        )  # fmt: skip
        return engine.attacks.worst_rotation(
            model, cloud, aim, search, victim=request.victim, sigma=settings.sigma, draws=_COPIES, watch=watch,
            cancelled=job.cancel_requested,
        )  # fmt: skip
    norm = settings.noise.norm
    wanted = engine.attacks.AttackSettings(
        budget=budget, norm=norm, loss=LOSS, steps=request.steps, seed=settings.seed
    )  # fmt: skip
    return engine.attacks.attack_input(
        model, cloud, aim, wanted, victim=request.victim, noise=settings.family, sigma=settings.sigma, draws=_COPIES,
        watch=watch, cancelled=job.cancel_requested,
    )  # fmt: skip


def _aim(request: CloudAttackRequest, model: engine.models.BaseModel, clean: engine.Certificate) -> engine.attacks.Aim:
    """Away from the model's own answers; the smoothed model, where anything is certified, from that."""
    if request.victim == engine.attacks.BASE or not clean.certified.any():
        return engine.attacks.aim_at(model, request.certify.cloud)
    return engine.attacks.aim_at_certified(model, request.certify.cloud, clean)
