"""The audit: which scenarios, how many repetitions, one report."""

import time
from dataclasses import replace

from engine.audits.error_control.arcs import draw_arcs
from engine.audits.error_control.draws import draw, seed_for
from engine.audits.error_control.faults import faults, measure_fault
from engine.audits.error_control.measure import judges_for, measure
from engine.audits.error_control.models import (
    ARCS,
    AT_TAU,
    BLOCKS,
    EXCLUSIVE,
    FACTOR,
    INDEPENDENT,
    JUST_BELOW,
    MIXED,
    ONE_COIN,
    Scenario,
)
from engine.audits.error_control.places import READERS
from engine.audits.error_control.rows import AuditReport, AuditRow
from engine.audits.error_control.whole import whole_runs
from engine.certification.settings import Settings
from engine.core.progress import Cancel, Progress, never, unheard

_QUICK = (
    Scenario(dependence=INDEPENDENT, pattern=AT_TAU),
    Scenario(dependence=BLOCKS, pattern=MIXED),
    Scenario(dependence=EXCLUSIVE, pattern=AT_TAU),
)
_FULL = (
    Scenario(dependence=INDEPENDENT, pattern=AT_TAU),
    Scenario(dependence=INDEPENDENT, pattern=JUST_BELOW),
    Scenario(dependence=INDEPENDENT, pattern=MIXED),
    Scenario(dependence=BLOCKS, pattern=AT_TAU),
    Scenario(dependence=BLOCKS, pattern=MIXED),
    Scenario(dependence=FACTOR, pattern=MIXED),
    Scenario(dependence=ONE_COIN, pattern=AT_TAU),
    Scenario(dependence=EXCLUSIVE, pattern=AT_TAU),
)
_FAMILIES = {True: 2_000, False: 20_000}
_CHANGED = {True: ("so3", "gamma"), False: tuple(READERS)}
_INPUTS = {True: 300, False: 800}
_WHOLE_RUNS = {True: 40, False: 400}
_FAULT_FACTOR = {True: 1, False: 4}


def run_audit(*, quick: bool, seed: int = 0, progress: Progress = unheard, cancelled: Cancel = never) -> AuditReport:
    """Measure every claim and every fault; `progress` counts scenarios, whole runs and faults. Raises Cancelled.

    The quick form has fewer scenarios and repetitions; every procedure and every mode is in both.
    """
    began = time.perf_counter()
    changed = (Scenario(dependence=ARCS, pattern=AT_TAU, family=name) for name in _CHANGED[quick])
    scenarios = (*(_QUICK if quick else _FULL), *changed)
    total, rows = len(scenarios) + 1 + len(faults), list[AuditRow]()
    for done, scenario in enumerate(scenarios):
        progress(done, total)
        own = seed_for(seed, scenario.name)
        # n is where all procedures use up most of their levels, p-values being discrete
        settings = Settings(sigma=0.25, tau=0.75, n0=21, n=100, alpha=0.1, seed=own)
        if scenario.dependence is ARCS:  # every sample of every family is a draw of its own
            settings = replace(settings, family=scenario.family, n0=9, n=50)
            draws = draw_arcs(scenario, settings, _INPUTS[quick], cancelled=cancelled)
        else:
            draws = draw(scenario, settings, _FAMILIES[quick], cancelled=cancelled)
        rows += measure(draws, judges_for(scenario, settings), cancelled=cancelled)
    progress(len(scenarios), total)
    rows += whole_runs(_WHOLE_RUNS[quick], seed, cancelled=cancelled)
    found = []
    for done, fault in enumerate(faults.values(), start=len(scenarios) + 1):
        progress(done, total)
        repetitions = fault.repetitions * _FAULT_FACTOR[quick]
        found.append(measure_fault(fault.name, repetitions=repetitions, seed=seed, cancelled=cancelled))
    progress(total, total)
    seconds = time.perf_counter() - began
    return AuditReport(rows=tuple(rows), faults=tuple(found), quick=quick, seed=seed, seconds=seconds)
