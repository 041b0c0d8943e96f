"""Attacks against certificates over a dataset: the worst case over losses, victims and restarts, at exactly the radius.

For each image or shape: certify it, attack the undefended model and the smoothed one, certify what comes out, count. A
violation is a component that is certified on both with different classes; the theorem allows none (but with
probability alpha for each certificate).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.attacks.aims import aim_at, aim_at_certified
from engine.attacks.attempt import attack_input, attacked_input
from engine.attacks.duel import settle
from engine.attacks.empirical import empirical_radius
from engine.attacks.promises import check_can_fail, check_promise, majority_question
from engine.attacks.search import AttackSettings
from engine.attacks.verdicts import Verdict, flipped
from engine.attacks.victims import BASE, SMOOTHED
from engine.audits.attacks.cases import Case, Cases
from engine.audits.attacks.plan import OWN_LOSSES, AttackPlan
from engine.audits.attacks.result import AuditResult, Edge, Trial
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard

_ALONE_STEPS = 20
_AGAIN_N0 = 5


def audit_attacks(
    cases: Cases,
    settings: Settings,
    plan: AttackPlan,
    *,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> AuditResult:
    """Attack every case; whatever comes out is asked again under fresh noise. Cases that `journal` has are not done
    again.

    Raises InvalidSetting, also where no violation could be found; InvalidInput, Cancelled.
    """
    check_promise(settings)
    _ = settings.noise.norm
    done: list[_Done] = []
    for number, name in enumerate(cases.names):
        make = partial(_one_case, cases, number, settings.fresh("example", number), plan, cancelled)
        done.append(journal.keep(name, make, write=asdict, read=_from_json))
        progress(number + 1, len(cases.names))
    return AuditResult(
        kind=cases.kind,
        count=len(cases.names),
        radius=settings.radius,
        trials=tuple(trial for case in done for trial in case.trials),
        alone=tuple(fell for case in done for fell in case.alone),
        outside=tuple(trial for case in done for trial in case.outside),
        edges=tuple(edge for case in done for edge in case.edges),
        components={name: case.components for name, case in zip(cases.names, done, strict=True)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """One case's share of an `AuditResult`."""

    components: int
    trials: list[Trial]
    outside: list[Trial]
    alone: list[bool]
    edges: list[Edge]


def _one_case(cases: Cases, number: int, own: Settings, plan: AttackPlan, cancelled: Cancel) -> _Done:
    case = cases.read(number)
    check_can_fail(own, case.truth.size)
    certificate = certify(case.certified, case.subject, own, cancelled=cancelled)
    before = base_prediction(case.undefended, case.subject)
    correct = (before == case.truth) & (case.truth < len(case.undefended.info.labels))
    stand = _Stand(case=case, certificate=certificate, before=before, correct=correct)
    trials = [trial for victim in (BASE, SMOOTHED) for trial in _trials(stand, victim, plan, cancelled=cancelled)]
    beyond = _trials(stand, SMOOTHED, plan, share=plan.beyond, cancelled=cancelled) if plan.beyond else []
    edges = [_edge(stand, cancelled)] if number < plan.edges and certificate.certified.any() else []
    alone = _alone(stand, plan.alone, cancelled)
    return _Done(components=case.truth.size, trials=trials, outside=beyond, alone=alone, edges=edges)


def _from_json(row: Mapping[str, Any]) -> _Done:
    trials, outside = (
        [Trial(**{**trial, "verdict": Verdict(**trial["verdict"])}) for trial in row[name]]
        for name in ("trials", "outside")
    )
    edges = [Edge(**edge) for edge in row["edges"]]
    return _Done(
        components=int(row["components"]), trials=trials, outside=outside, alone=list(row["alone"]), edges=edges
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stand:
    """How a case stands before it is attacked.

    before: the undefended model's classes, uint8 (*N), and correct: where they are right, bool.
    """

    case: Case
    certificate: Certificate
    before: NDArray[np.uint8]
    correct: NDArray[np.bool_]


def _trials(stand: _Stand, victim: str, plan: AttackPlan, *, share: float = 1.0, cancelled: Cancel) -> list[Trial]:
    """All attacks and losses on one victim, with `share` times the radius."""
    case, certificate = stand.case, stand.certificate
    model = case.undefended if victim == BASE else case.certified
    if victim == BASE:
        aim = aim_at(model, case.subject, truth=case.truth)
    else:
        aim = aim_at_certified(model, case.subject, certificate)
    own = certificate.settings
    asked = majority_question(own, stand.correct.size, n0=_AGAIN_N0, n=plan.again) if plan.again else own
    found = []
    for number, (kind, wanted) in enumerate(plan.tried_on(victim)):
        fresh = own.fresh(f"{victim} beyond" if share > 1.0 else victim, number)
        settings = AttackSettings(
            budget=share * certificate.radius,
            norm=own.noise.norm,
            loss=plan.losses[0] if wanted == OWN_LOSSES else wanted,
            steps=plan.steps if victim == BASE else plan.smoothed_steps,
            restarts=plan.restarts,
            seed=fresh.streams.number(),
        )
        result = attack_input(
            model, case.subject, aim, settings, name=kind, victim=victim, noise=own.family, sigma=own.sigma,
            draws=plan.draws, cancelled=cancelled,
        )  # fmt: skip
        attacked = attacked_input(case.subject, result)
        _, verdict = settle(
            case.certified,
            certificate,
            attacked,
            {own.noise.norm: result.norm},
            asked=replace(asked, stream=fresh.stream),
            cancelled=cancelled,
        )
        found.append(
            Trial(
                name=case.name,
                victim=victim,
                attack=kind,
                loss=wanted,
                norm=result.norm,
                flipped_share=flipped(stand.before, base_prediction(case.undefended, attacked), stand.correct),
                verdict=verdict,
            )
        )
    return found


def _edge(stand: _Stand, cancelled: Cancel) -> Edge:
    """How far beyond its radius an input's certificate stands."""
    case = stand.case
    found = empirical_radius(case.certified, case.subject, stand.certificate, cancelled=cancelled)
    tried = max(probe.size for probe in found.probes)
    return Edge(name=case.name, flipped=found.flipped, lost=found.lost, tried=tried)


def _alone(stand: _Stand, count: int, cancelled: Cancel) -> list[bool]:
    """Whether each of `count` random correct components of the undefended model falls to a short PGD on it alone."""
    case, own = stand.case, stand.certificate.settings
    places = np.flatnonzero(stand.correct)
    streams = own.fresh("alone").streams
    chosen = streams.generator().permutation(places)[:count]
    settings = AttackSettings(
        budget=stand.certificate.radius, norm=own.noise.norm, steps=_ALONE_STEPS, seed=streams.number()
    )
    fallen = []
    for place in chosen:
        only = np.zeros_like(stand.correct)
        only.flat[place] = True
        aim = aim_at(case.undefended, case.subject, truth=case.truth, only=only)
        fallen.append(attack_input(case.undefended, case.subject, aim, settings, cancelled=cancelled).share > 0.0)
    return fallen
