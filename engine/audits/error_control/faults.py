"""Faults found in published code, each built into sound draws or a sound decision: an audit must not miss one.

Nothing of the engine is changed. A fault takes the sound draws of a scenario and says in which families the claim is
broken once the fault is in, by other draws made from them or by another decision on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import BATCH, TOLERANCE, Draws, draw, seed_for
from engine.audits.error_control.expected import exact_error
from engine.audits.error_control.judges import Judge, Look, Truth, broken, errors
from engine.audits.error_control.models import AT_TAU, EXCLUSIVE, FACTOR, INDEPENDENT, Scenario
from engine.audits.error_control.rows import FaultRow, claim_holds, lower99
from engine.audits.error_control.stepwise import cutoffs
from engine.certification.settings import Settings
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.registry import Registry
from engine.stats.binomial import p_value_table
from engine.stats.corrections import corrections
from engine.stats.corrections.base import BELOW_ONE
from engine.stats.modes import modes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A registry entry. `number` as in METHOD, section 10.

    scenario, settings: where it shows; they name the sound procedure that it spoils. repetitions: enough to show it.
    breaks: in which families the claim is broken with the fault built in, bool (families,).
    """

    number: int
    name: str
    title: str
    explanation: str
    scenario: Scenario
    settings: Settings
    repetitions: int
    breaks: Callable[[Draws, Judge], NDArray[np.bool_]]

    def judge(self) -> Judge:
        """The sound judge of the same claim."""
        base = self.settings
        entry = corrections[base.correction]
        return Judge(mode=modes[base.mode], entry=entry, alpha=base.alpha, tau=base.tau, budget=base.budget)


def _same_noise(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    first = np.arange(len(draws.outcomes)) // BATCH * BATCH
    return errors([judge], draws.with_outcomes(draws.outcomes[first]))[judge]


def wrong_k_levels(components: int, alpha: float, k: int) -> NDArray[np.float64]:
    """The published mistake: k alpha / (N + 1 - i) at rank i, float64 (components,)."""
    return np.minimum(BELOW_ONE, k * alpha / (components + 1 - np.arange(1, components + 1)))


def _wrong_levels(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    levels = wrong_k_levels(draws.pixels, judge.alpha, judge.tolerated(draws.pixels) + 1)
    return _false_beyond(draws, judge, levels, step_up=False)


def _fewer_trials(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    trials = draws.settings.n - draws.settings.n0
    look = Look(trials, np.minimum(draws.hits(), trials).astype(np.uint8))
    return broken(judge, look, Truth(draws.p), np.zeros(draws.families))[0]


def _early_return(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    certified = np.zeros(draws.top.shape, dtype=bool)
    for done, hits in draws.running_hits():
        if done % BATCH == 0:
            certified |= p_value_table(done, judge.tau)[hits] <= judge.alpha
    return np.asarray((certified & (draws.p <= judge.tau + TOLERANCE)).any(axis=1))


def _no_stop(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    levels = judge.alpha / np.arange(draws.pixels, 0, -1)
    return _false_beyond(draws, judge, levels, step_up=True)  # a later rank that passes takes all before it along


def _clean_draw(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    outcomes = np.concatenate([draws.clean[None], draws.outcomes[1:]])
    return errors([judge], draws.with_outcomes(outcomes))[judge]


def _false_beyond(draws: Draws, judge: Judge, levels: NDArray[np.float64], *, step_up: bool) -> NDArray[np.bool_]:
    """Families in which the levels rank by rank certify more false pixels than the budget, on all n draws."""
    look = Look(draws.settings.n, draws.hits())
    table = judge.mode.p_values(look.draws, judge.tau)
    certified = look.hits >= cutoffs(look.descending, table, levels, step_up=step_up)[:, None]
    false = np.count_nonzero(certified & (draws.p <= judge.tau + TOLERANCE), axis=1)
    return false > judge.tolerated(draws.pixels)


_PLAIN = Scenario(dependence=INDEPENDENT, pattern=AT_TAU)


def _known() -> Mapping[str, Fault]:
    plain = Settings(sigma=0.25, tau=0.75, n0=21, n=100, alpha=0.1, correction="holm")
    known = (
        Fault(
            number=1,
            name="same-noise",
            title="The same noise for a whole batch",
            explanation="A stale loop variable adds one noise to every sample of a batch. Ten equal answers are "
            "counted as ten independent ones, so chance alone looks like certainty.",
            scenario=_PLAIN,
            settings=plain,
            repetitions=500,
            breaks=_same_noise,
        ),
        Fault(
            number=2,
            name="wrong-k-levels",
            title="Wrong levels in the step-down k-FWER",
            explanation="Rank i is tested at kα/(N+1-i) instead of kα/(N+k-i). It shows where all N pixels may be "
            "false but one (k = N) and their errors come together.",
            scenario=Scenario(dependence=FACTOR, pattern=AT_TAU),
            settings=replace(plain, alpha=0.2, correction="k-step-down", budget=FACTOR.pixels - 1),
            repetitions=2000,
            breaks=_wrong_levels,
        ),
        Fault(
            number=3,
            name="fewer-trials",
            title="Hits of n draws tested against n - n0 trials",
            explanation="The selection draws are taken off the number of trials but not off the hits, so hits are made "
            "from nothing.",
            scenario=_PLAIN,
            settings=plain,
            repetitions=500,
            breaks=_fewer_trials,
        ),
        Fault(
            number=5,
            name="early-return",
            title="Stopping as soon as a pixel looks certain",
            explanation="After every batch a pixel is certified if its fixed-n p-value is below α, uncorrected. "
            "Looking often enough, something always is.",
            scenario=_PLAIN,
            settings=plain,
            repetitions=500,
            breaks=_early_return,
        ),
        Fault(
            number=6,
            name="no-stop",
            title="Holm without the stop",
            explanation="The p-values are compared rank by rank, but a failure does not end it. That is unsound where "
            "pixels exclude each other.",
            scenario=Scenario(dependence=EXCLUSIVE, pattern=AT_TAU),
            settings=replace(plain, tau=0.6, n0=101, n=39, alpha=0.497),
            repetitions=5000,
            breaks=_no_stop,
        ),
        Fault(
            number=8,
            name="clean-draw",
            title="The clean image counted as draw 0",
            explanation="The model's answer without noise is counted as the first noisy one. It is a hit for nothing, "
            "which weighs a factor 1/τ.",
            scenario=_PLAIN,
            settings=replace(plain, tau=0.6, n0=101, n=10),
            repetitions=1000,
            breaks=_clean_draw,
        ),
    )
    return {fault.name: fault for fault in known}


faults = Registry("fault", _known)
"""All faults by name."""


def measure_fault(
    name: str,
    *,
    repetitions: int | None = None,
    seed: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> FaultRow:
    """Draw families of a model of known p, judge them with the fault and without it. 500 of them take a second or two.

    repetitions: None for as many as are enough to show it. Raises UnknownName; Cancelled. Source: METHOD section 10.

    >>> row = measure_fault("same-noise", repetitions=50)
    >>> row.rate > 0.5, row.sound_rate <= 0.3  # allowed is alpha = 0.1
    (True, True)
    """
    fault = faults[name]
    settings = replace(fault.settings, seed=seed_for(seed, f"fault {name}"))
    draws = draw(fault.scenario, settings, repetitions or fault.repetitions, progress=progress, cancelled=cancelled)
    judge = fault.judge()
    count = int(fault.breaks(draws, judge).sum())
    sound = int(errors([judge], draws)[judge].sum())
    exact = exact_error(judge, fault.scenario, settings)
    passed = claim_holds(sound, draws.families, judge.alpha, exact)
    bound = lower99(count, draws.families)
    return FaultRow(
        fault=name,
        title=f"{fault.number}. {fault.title}",
        model=fault.scenario.name,
        alpha=judge.alpha,
        repetitions=draws.families,
        errors=count,
        rate=count / draws.families,
        lower99=bound,
        sound_errors=sound,
        sound_rate=sound / draws.families,
        sound_exact=exact,
        sound_passed=passed,
        detected=bound > judge.alpha and passed,
    )
