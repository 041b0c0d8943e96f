"""The audit itself: it passes the engine, sees every fault, leaves nothing of the registries out, and can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine.audits.error_control import AuditReport, faults, measure_fault, run
from engine.audits.error_control.draws import draw
from engine.audits.error_control.measure import judges_for, measure
from engine.audits.error_control.models import AT_TAU, INDEPENDENT, Scenario
from engine.audits.error_control.table import verdict
from engine.certification.settings import Settings
from engine.cli.commands import audit as command
from engine.stats import corrections, modes

SETTINGS = Settings(sigma=0.25, tau=0.75, n0=21, n=60, alpha=0.1, seed=12)


@cache
def report() -> AuditReport:
    """The quick audit with fewer repetitions and draws: all scenarios, procedures, modes and faults of it."""
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setitem(run._FAMILIES, True, 600)
        fewer.setitem(run._WHOLE_RUNS, True, 15)
        fewer.setattr(run, "Settings", lambda **values: Settings(**values | {"n": 60}))
        return run.run_audit(quick=True)


def test_the_engine_passes() -> None:
    failed = [row for row in report().rows if not row.passed]
    assert not failed
    assert report().passed, verdict(report())


def test_every_fault_is_detected() -> None:
    assert [row.fault for row in report().faults] == list(faults)
    assert all(row.detected and row.sound_passed for row in report().faults)


def test_every_procedure_and_mode_is_in_it() -> None:
    measured = {(row.procedure, row.mode) for row in report().rows}
    expected = {
        (name, mode.name) for mode in modes.values() for name, entry in corrections.items() if mode.takes(entry)
    }
    assert measured == expected
    assert {row.mode for row in report().rows if row.model.startswith("whole runs")} == set(modes)


def test_measured_rates_are_the_exact_ones() -> None:
    # Five standard errors and one count for each of about 50 rows.
    for row in report().rows:
        if row.exact is not None:
            spread = 5 * np.sqrt(row.exact * (1 - row.exact) / row.repetitions) + 1 / row.repetitions
            assert abs(row.rate - row.exact) < spread, row


@pytest.mark.parametrize("factor", [2, 16])
def test_a_broken_correction_is_reported(factor: int) -> None:
    """Holm at twice alpha, and at alpha without a correction: rates of about .15 and .8 where .1 is promised."""
    sound = corrections["holm"]

    def loose(histogram: np.ndarray, p_values: np.ndarray, alpha: float, budget: int = 0) -> int:
        return sound.cutoff(histogram, p_values, min(0.99, factor * alpha), budget)

    scenario = Scenario(dependence=INDEPENDENT, pattern=AT_TAU)
    draws = draw(scenario, SETTINGS, 2000)
    for entry, passed in ((sound, True), (replace(sound, cutoff=loose), False)):
        judges = [made for made in judges_for(scenario, SETTINGS, {"holm": entry}) if made.mode.name == "fixed"]
        rows = measure(draws, judges, spots=0)  # by its rate alone, without asking `decide`
        assert [row.passed for row in rows] == [passed]


def test_a_broken_correction_is_seen_by_the_spot_checks_too() -> None:
    loose = replace(corrections["holm"], cutoff=lambda *_: 0)
    scenario = Scenario(dependence=INDEPENDENT, pattern=AT_TAU)
    judges = judges_for(scenario, SETTINGS, {"holm": loose})
    rows = {row.mode: row for row in measure(draw(scenario, SETTINGS, 50), judges)}
    assert "decide() differs" in rows["fixed"].note


def test_faults_show_soon_enough_to_be_watched() -> None:
    shown = {name: measure_fault(name, repetitions=500, seed=1) for name in ("same-noise", "fewer-trials")}
    assert all(row.detected for row in shown.values())


def test_the_command_writes_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import argparse

    from engine.audits import error_control

    monkeypatch.setattr(error_control, "run_audit", lambda **_: report())
    parser = argparse.ArgumentParser()
    command.configure(parser)
    options = parser.parse_args(["--quick", "--json", str(tmp_path / "deep" / "audit.json")])
    assert command.run(options) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASSED")
    assert json.loads((tmp_path / "deep" / "audit.json").read_text())["passed"] is True
    broken = replace(report(), rows=(replace(report().rows[0], passed=False), *report().rows[1:]))
    monkeypatch.setattr(error_control, "run_audit", lambda **_: broken)
    assert command.run(options) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("FAILED")
