"""Make a scenario, from the certificate to the verdict, and check the files of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.attacks import BASE, AttackResult, Duel, aim_at, attacked_input, attempt, change_of, settle, transfers
from engine.attacks.search import norms
from engine.certification import base_prediction, certify, verify
from engine.core.device import choose_compute
from engine.core.grid import GRID, STEPS
from engine.inputs.subject import Image
from engine.models import load_model
from engine.papers.scenarios.base import Scenario, Staged

_MOVED = 0.005  # of the answers: what another processor's rounding may change
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One claim of a scenario's files, and whether it held; `detail` is a sentence."""

    name: str
    passed: bool
    detail: str


def make_scenario(scenario: Scenario) -> Staged:
    """Certify, attack, put the attacked image on the grid of base models, certify it, and compare.

    Raises EngineError kinds. Source: METHOD sections 8 and 11.

    >>> import engine
    >>> first, settings = engine.papers.scenarios["figure-1"], engine.Settings(sigma=0.25, tau=0.6, n=60, size=64)
    >>> duel = make_scenario(replace(first, settings=settings, how=replace(first.how, steps=3))).duel
    >>> 0.0 < duel.result.size <= duel.clean.radius, duel.verdict.inside
    (True, True)
    """
    subject, truth = scenario.input()
    undefended, certified = load_model(scenario.undefended), load_model(scenario.certified)
    clean = certify(certified, subject, scenario.settings)
    before = base_prediction(undefended, subject)
    victim = undefended if scenario.how.victim == BASE else certified
    aim = aim_at(victim, subject, only=scenario.target.mask(before), towards=scenario.target.towards)
    found = attempt(victim, subject, aim, scenario.settings, scenario.how).result
    assert isinstance(found, AttackResult)
    if isinstance(subject, Image):
        found = _on_the_grid(found, subject.pixels)
    changed = attacked_input(subject, found)
    attacked, verdict = settle(certified, clean, changed, change_of(scenario.settings, subject, changed, found))
    duel = Duel(
        result=found, changed=changed, before=before, after=base_prediction(undefended, changed), clean=clean,
        attacked=attacked, verdict=verdict,
    )  # fmt: skip
    others = tuple(transfers(undefended.info, subject, changed)) if isinstance(subject, Image) else ()
    return Staged(scenario=scenario, subject=subject, truth=truth, duel=duel, transferred=others)


def check_scenario(staged: Staged) -> tuple[Told, ...]:
    """Everything that the files of a scenario claim: both certificates, the budget, the answers, the promise.

    The answers of the undefended model are computed anew, in the certificates' precision; on another processor up to
    one in 200 may differ. Counts of certificates are not drawn again.

    >>> import engine
    >>> staged = engine.papers.open_scenario(engine.papers.scenarios["figure-1"])
    >>> {told.name: told.passed for told in check_scenario(staged)}["budget"]
    True
    """
    scenario, duel = staged.scenario, staged.duel
    wanted = (scenario.settings, scenario.settings.fresh("attacked"), scenario.certified, scenario.certified)
    made = [one.settings for one in (duel.clean, duel.attacked)]
    by = [one.provenance.model for one in (duel.clean, duel.attacked)]
    budget = scenario.how.budget(scenario.settings, staged.subject.values[..., :3].size)
    told = [
        Told(
            name="settings",
            passed=(*made, *by) == wanted,
            detail="both certificates have the scenario's settings and are of its model",
        ),
        Told(
            name="budget",
            passed=duel.result.size <= budget,
            detail=f"the change has size {duel.result.size:.6g} of {budget:.6g}, from the file's values in float64",
        ),
        Told(
            name="promise",
            passed=not (duel.verdict.inside and duel.verdict.violations),
            detail=f"{duel.verdict.violations} of {duel.verdict.certified:,} certified components flipped",
        ),
    ]
    for which, certificate, subject in (
        ("clean", duel.clean, staged.subject), ("attacked", duel.attacked, duel.changed)
    ):  # fmt: skip
        checks = verify(certificate, subject=subject).checks
        wrong = [check for check in checks if not check.passed and check.detail]
        told.append(
            Told(
                name=f"{which} certificate",
                passed=not wrong,
                detail=wrong[0].detail if wrong else "every decision follows from its counts",
            )
        )
    undefended = load_model(scenario.undefended, choose_compute(precision=duel.clean.provenance.precision))
    for which, answer, subject in (("before", duel.before, staged.subject), ("after", duel.after, duel.changed)):
        moved = float(np.mean(base_prediction(undefended, subject) != answer))
        told.append(
            Told(
                name=f"undefended {which}",
                passed=moved <= _MOVED,
                detail=f"{moved:.2%} of the answers differ when computed here",
            )
        )
    return tuple(told)


def _on_the_grid(found: AttackResult, clean: NDArray[np.float32]) -> AttackResult:
    """The attacked image with every value moved to the next multiple of the grid on the way back to the clean image,
    so that a picture of 16 bits holds it exactly and base models see it as it is."""
    wanted = found.adversarial.astype(np.float64) * STEPS
    steps = np.where(found.adversarial >= clean, np.floor(wanted), np.ceil(wanted)).clip(0.0, STEPS - 1.0)
    adversarial = (steps * GRID).astype(np.float32)
    size = norms[found.settings.norm].size(adversarial.astype(np.float64) - clean)
    return replace(found, adversarial=adversarial, norm=size)
