"""What an audit reports: one row a claim, one row a fault, and when each of them passes."""

from dataclasses import asdict, dataclass
from typing import Any

from engine.stats.binomial import interval, lower_bound, upper_bound

CONFIDENCE = 0.99
MARGIN = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One claim measured. errors: repetitions in which it was broken. upper99: one-sided bound of its probability.

    exact: the probability computed, None where that is out of reach. note: the looks, the assumption, or what is wrong.
    """

    procedure: str
    mode: str
    model: str
    claim: str
    alpha: float
    repetitions: int
    errors: int
    rate: float
    upper99: float
    exact: float | None
    passed: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """One fault measured. sound_errors: the same draws (or those it was built into) judged soundly.

    lower99: one-sided lower bound of the faulty rate. detected: that bound is above alpha, and the sound engine passes.
    """

    fault: str
    title: str
    model: str
    alpha: float
    repetitions: int
    errors: int
    rate: float
    lower99: float
    sound_errors: int
    sound_rate: float
    sound_exact: float | None
    sound_passed: bool
    detected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """All rows of one audit."""

    rows: tuple[AuditRow, ...]
    faults: tuple[FaultRow, ...]
    quick: bool
    seed: int
    seconds: float

    @property
    def passed(self) -> bool:
        """Every claim holds and every fault is detected."""
        return all(row.passed for row in self.rows) and all(fault.detected for fault in self.faults)

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        return {**asdict(self), "passed": self.passed}


def upper99(errors: int, repetitions: int) -> float:
    """One-sided Clopper-Pearson upper bound."""
    return upper_bound(errors, repetitions, CONFIDENCE)


def lower99(errors: int, repetitions: int) -> float:
    """One-sided Clopper-Pearson lower bound."""
    return lower_bound(errors, repetitions, CONFIDENCE)


def claim_holds(errors: int, repetitions: int, alpha: float, exact: float | None) -> bool:
    """Whether the measured errors are those of a claim that keeps alpha.

    Either the upper bound is at most a twentieth above alpha, or the exact probability is known, is at most alpha, and
    lies in the two-sided 99 % interval of what was measured.
    """
    if upper99(errors, repetitions) <= alpha * MARGIN:
        return True
    if exact is None or exact > alpha:
        return False
    low, high = interval(errors, repetitions, CONFIDENCE)
    return bool(low <= exact <= high)
