"""Small attacks for the Attack page, and a bundle of small scenarios in place of the real one. No test in here."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.runs import attack
from app.runs.attack import AttackOutcome, AttackRequest
from app.runs.requests import Request
from app.session import state
from engine.attacks import Attempt, Target
from engine.core.registry import Registry
from tests.app.watching import ended
from tests.material.tiny_scenarios import PICTURE

_AS_THE_FORM = engine.Settings()
FIRST = replace(
    PICTURE, name="figure-1", title="First", told="The first of two.",
    settings=replace(PICTURE.settings, n0=_AS_THE_FORM.n0), how=replace(PICTURE.how, steps=10),
)  # fmt: skip
SECOND = replace(
    FIRST, name="second", place=2, title="Second", told="The second of two.", sample="street-107",
    undefended="street-noise25", certified="street-noise50",
    settings=replace(FIRST.settings, sigma=0.5, tau=0.7, n=70, seed=99),
    how=Attempt(share=1.5, name="apgd", loss="ce", steps=20, victim="smoothed"),
    target=Target(only=1, region=(0.0, 10.0, 90.0, 100.0), towards=3),
)  # fmt: skip


def small_attack(image: engine.inputs.Image) -> AttackRequest:
    """Of a street of 64 x 48 pixels, on the undefended model, in a second."""
    certify = Request(
        name="<tiny>.png", model="street-noise25", subject=image, truth=None,
        settings=engine.Settings(n0=3, n=40, tau=0.6, seed=7, size=64),
        stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip
    return AttackRequest(
        certify=certify, undefended="street-clean", how=Attempt(name="pgd", loss="ce", steps=5), target=Target()
    )  # fmt: skip


def changed(asked: AttackRequest, **how: Any) -> AttackRequest:
    """The same with another attempt."""
    return replace(asked, how=replace(asked.how, **how))


def fought(asked: AttackRequest) -> AttackOutcome:
    """The attack, once it has ended."""
    result = ended(attack.submit(asked)).result
    assert isinstance(result, AttackOutcome)
    return result


def ledger_of(test: AppTest) -> engine.certification.Ledger:
    """What the session's account holds."""
    ledger = test.session_state[state._LEDGER]
    assert isinstance(ledger, engine.certification.Ledger)
    return ledger


def bundle_of(scenarios: tuple[engine.papers.Scenario, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """These are all scenarios, and their files are looked for in `folder`."""
    known = {one.name: one for one in scenarios}
    monkeypatch.setattr(engine.papers, "scenarios", Registry("scenario", lambda: known))
    monkeypatch.setattr(sys.modules["engine.papers.scenarios._store"], "SCENARIOS", folder)
    forget_scenarios()


def forget_scenarios() -> None:
    """Clear what is kept of opened scenarios."""
    attack.staged.cache_clear()
    engine.papers.open_scenario.cache_clear()
