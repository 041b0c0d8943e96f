"""What a fault is: a published slip, built into sound draws or a sound decision. Nothing of the engine is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import TOLERANCE, Draws, draw
from engine.audits.error_control.expected import exact_error
from engine.audits.error_control.judges import Judge, Look, errors
from engine.audits.error_control.models import Scenario
from engine.audits.error_control.stepwise import cutoffs
from engine.certification.settings import Settings
from engine.core.progress import Cancel, Progress
from engine.stats.corrections import corrections
from engine.stats.modes import modes

Breaks = Callable[[Draws, Judge], NDArray[np.bool_]]
"""In which families the claim is broken, bool (families,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """In which families the claim is broken, bool (families,), with the fault and without it.

    exact: the probability that it is without the fault, None where nobody can compute it.
    """

    faulty: NDArray[np.bool_]
    sound: NDArray[np.bool_]
    exact: float | None


class Shows(Protocol):
    """Certifies many families with the fault and without it."""

    def __call__(
        self, judge: Judge, settings: Settings, repetitions: int, *, progress: Progress, cancelled: Cancel
    ) -> Shown:
        """`judge` makes the claim, `settings` have the seed. Raises Cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A registry entry. `number` as in METHOD, section 10.

    model: what is certified, in words. settings: where it shows; they name the sound procedure that it spoils.
    repetitions: enough to show it.
    """

    number: int
    name: str
    title: str
    explanation: str
    model: str
    settings: Settings
    repetitions: int
    shows: Shows

    def judge(self) -> Judge:
        """The sound judge of the same claim."""
        base = self.settings
        entry = corrections[base.correction]
        return Judge(mode=modes[base.mode], entry=entry, alpha=base.alpha, tau=base.tau, budget=base.budget)


def in_draws(scenario: Scenario, breaks: Breaks, *, sound: Breaks | None = None) -> Shows:
    """A fault that takes the sound draws of a scenario, and makes other draws or another decision of them.

    sound: how the claim is kept where it is not just judged on these draws.
    """

    def shows(judge: Judge, settings: Settings, repetitions: int, *, progress: Progress, cancelled: Cancel) -> Shown:
        draws = draw(scenario, settings, repetitions, progress=progress, cancelled=cancelled)
        kept = errors([judge], draws)[judge] if sound is None else sound(draws, judge)
        exact = exact_error(judge, scenario, settings) if sound is None else None
        return Shown(faulty=breaks(draws, judge), sound=kept, exact=exact)

    return shows


def false_beyond(draws: Draws, judge: Judge, levels: NDArray[np.float64], *, step_up: bool) -> NDArray[np.bool_]:
    """Families in which the levels rank by rank certify more false pixels than the budget, on all n draws."""
    look = Look(draws.settings.n, draws.hits())
    table = judge.mode.p_values(look.draws, judge.tau)
    certified = look.hits >= cutoffs(look.descending, table, levels, step_up=step_up)[:, None]
    false = np.count_nonzero(certified & (draws.p <= judge.tau + TOLERANCE), axis=1)
    return false > judge.tolerated(draws.pixels)
