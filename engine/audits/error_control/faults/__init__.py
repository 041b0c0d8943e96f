"""Faults found in public code, one per file; each declares `FAULT`. An audit must not miss one."""

from dataclasses import replace

from engine.audits.error_control.draws import seed_for
from engine.audits.error_control.faults.base import Fault
from engine.audits.error_control.rows import FaultRow, claim_holds, lower99
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.registry import Registry, entries_of

__all__ = ["Fault", "faults", "measure_fault"]

faults = Registry(
    "fault", lambda: dict(sorted(entries_of(__name__, "FAULT", Fault).items(), key=lambda entry: entry[1].number))
)
"""All faults by name, in the order of their numbers."""


def measure_fault(
    name: str,
    *,
    repetitions: int | None = None,
    seed: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> FaultRow:
    """Draw families of a model that is known, judge them with the fault and without it. 500 take a second or two.

    repetitions: None for as many as are enough to show it. Raises UnknownName; Cancelled. Source: METHOD section 10.

    >>> row = measure_fault("same-noise", repetitions=50)
    >>> row.rate > 0.5, row.sound_rate <= 0.3  # allowed is alpha = 0.1
    (True, True)
    """
    fault = faults[name]
    judge, own = fault.judge(), seed_for(seed, f"fault {name}")
    shown = fault.shows(
        judge, replace(fault.settings, seed=own), repetitions or fault.repetitions,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    families, count, sound = len(shown.faulty), int(shown.faulty.sum()), int(shown.sound.sum())
    passed = claim_holds(sound, families, judge.alpha, shown.exact)
    bound = lower99(count, families)
    return FaultRow(
        fault=name,
        title=f"{fault.number}. {fault.title}",
        model=fault.model,
        alpha=judge.alpha,
        repetitions=families,
        errors=count,
        rate=count / families,
        lower99=bound,
        sound_errors=sound,
        sound_rate=sound / families,
        sound_exact=shown.exact,
        sound_passed=passed,
        detected=bound > judge.alpha and passed,
    )
