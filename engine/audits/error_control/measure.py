"""Every procedure in every mode, measured on the same draws of one scenario."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.audits.error_control.draws import TOLERANCE, Draws
from engine.audits.error_control.expected import exact_error
from engine.audits.error_control.judges import Judge, Look, Truth, errors
from engine.audits.error_control.models import Scenario
from engine.audits.error_control.rows import AuditRow, claim_holds, upper99
from engine.certification.decisions import decide
from engine.certification.settings import Settings
from engine.core.progress import Cancel, never
from engine.inputs.labels import ABSTAIN
from engine.stats.corrections import Correction, corrections
from engine.stats.corrections.base import Control
from engine.stats.modes import modes

BUDGETS = (1.0, 0.2)
_SPOT_LOOKS = 4


def judges_for(
    scenario: Scenario, settings: Settings, procedures: Mapping[str, Correction] | None = None
) -> list[Judge]:
    """All that apply to the scenario: every mode with every procedure that it combines with and whose assumption holds.

    Budgets that come to no pixel of a family, or to all of them, claim nothing new and are left out.
    """
    pixels, made = scenario.dependence.pixels, []
    for mode in modes.values():
        for entry in (corrections if procedures is None else procedures).values():
            if not mode.takes(entry) or (entry.assumes and not scenario.dependence.positive):
                continue
            budgets = BUDGETS if entry.control is Control.K_FWER else (0.0,)
            for budget in budgets:
                judge = Judge(mode=mode, entry=entry, alpha=settings.alpha, tau=settings.tau, budget=budget)
                if budget == 0.0 or 0 < judge.tolerated(pixels) < pixels:
                    made.append(judge)
    return made


def measure(draws: Draws, judges: Sequence[Judge], *, spots: int = 5, cancelled: Cancel = never) -> list[AuditRow]:
    """One row a judge. `spots`: families a look at which `decide` itself is asked too; it must agree everywhere."""
    found = errors(judges, draws, seed=draws.settings.seed, cancelled=cancelled)
    disagreements = _spot_checks(draws, judges, spots)
    rows = []
    for judge in judges:
        count, exact = int(found[judge].sum()), exact_error(judge, draws.scenario, draws.settings)
        row = row_of(judge, draws.scenario.name, count, draws.families, exact, note=judge.note)
        wrong = disagreements[judge]
        if wrong:
            row = replace(row, passed=False, note=f"decide() differs from what was measured in {wrong} families")
        rows.append(row)
    return rows


def row_of(judge: Judge, model: str, count: int, repetitions: int, exact: float | None, *, note: str) -> AuditRow:
    """The row of a claim that was broken in `count` repetitions."""
    return AuditRow(
        procedure=judge.entry.name,
        mode=judge.mode.name,
        model=model,
        claim=judge.claim,
        alpha=judge.alpha,
        repetitions=repetitions,
        errors=count,
        rate=count / repetitions,
        upper99=upper99(count, repetitions),
        exact=exact,
        passed=claim_holds(count, repetitions, judge.alpha, exact),
        note=note,
    )


def _spot_checks(draws: Draws, judges: Iterable[Judge], spots: int) -> dict[Judge, int]:
    """In how many of the families looked at `decide` certifies other pixels than were counted as certified."""
    n, wrong = draws.settings.n, dict.fromkeys(judges, 0)
    truth = Truth(draws.p)
    looks = {n * part // _SPOT_LOOKS for part in range(1, _SPOT_LOOKS + 1)}
    for done, hits in draws.running_hits():
        if done not in looks:
            continue
        look = Look(done, hits)
        for judge in wrong:
            if done == n or judge.peeks:
                wrong[judge] += _differences(draws, truth, judge, look, spots)
    return wrong


def _differences(draws: Draws, truth: Truth, judge: Judge, look: Look, spots: int) -> int:
    """Families, among some in which a pixel is certified or one hit away from it, where `decide` says otherwise."""
    n_pixels, wrong = draws.pixels, 0
    thresholds = np.broadcast_to(judge.thresholds(look, truth), look.hits.shape)
    near = np.flatnonzero((look.hits.astype(np.int64) + 1 >= thresholds).any(axis=1))[:spots]
    base = judge.settings(draws.settings)
    for number in near:
        hits, top = look.hits[number].astype(np.int32)[None], draws.top[number][None]
        counted = look.hits[number] >= thresholds[number]
        said = np.zeros(n_pixels, dtype=bool)
        for tau in np.unique(draws.p[number]) if judge.mode.tau_free else (base.tau,):
            here = draws.p[number] == tau if judge.mode.tau_free else np.ones(n_pixels, dtype=bool)
            settings = replace(base, tau=max(float(tau), 0.5) + TOLERANCE) if judge.mode.tau_free else base
            labels = decide(settings, top, hits, look.draws).labels[0]
            said[here] = (labels != ABSTAIN)[here]
        wrong += not np.array_equal(said, counted)
    return wrong
