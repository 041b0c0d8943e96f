"""What an experiment of the paper is here: a question, what was published, and a run that recomputes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import Cancelled, InvalidInput
from engine.core.progress import Cancel, Progress

_WINDOW, _DEGREE = 11, 1  # the paper's filter, supplement B.1


class Quality(Enum):
    """How often each point is repeated: as in the paper, or a tenth of it for a first look."""

    DRAFT = "draft"
    PAPER = "paper"

    @property
    def repetitions(self) -> int:
        return 600 if self is Quality.PAPER else 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One curve. x, raw, y: float64 (points,): raw are means over the repetitions in [0, 1], y is what is drawn."""

    name: str
    x: NDArray[np.float64]
    raw: NDArray[np.float64]
    y: NDArray[np.float64]

    def smoothed(self) -> Series:
        """Drawn as the paper draws it: Savitzky-Golay, degree 1, 11 neighbours; the ends are kept in [0, 1].

        Source: Fischer et al. 2021, supplement B.1.
        """
        from scipy import signal  # half a second that only smoothing needs

        drawn = np.clip(signal.savgol_filter(self.raw, _WINDOW, _DEGREE), 0.0, 1.0)
        return Series(name=self.name, x=self.x, raw=self.raw, y=drawn)

    def at(self, x: float) -> float:
        """The mean at a point, interpolated between its neighbours."""
        return float(np.interp(x, self.x, self.raw))

    def falls_below(self, level: float) -> float | None:
        """The x at which the means first fall below `level`, interpolated; None if they never do."""
        below = np.flatnonzero(self.raw < level)
        if below.size == 0:
            return None
        right = int(below[0])
        if right == 0:
            return float(self.x[0])
        high, low = self.raw[right - 1], self.raw[right]
        share = (high - level) / (high - low)
        return float(self.x[right - 1] + share * (self.x[right] - self.x[right - 1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A statement, what was published about it, what was measured here, and whether the two agree."""

    statement: str
    published: str
    measured: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExperimentResult:
    """What a run found, with all that is needed to repeat it. `seconds` are wall-clock."""

    name: str
    x_label: str
    y_label: str
    x_log: bool
    series: tuple[Series, ...]
    findings: tuple[Finding, ...]
    settings: Mapping[str, Any]
    seed: int
    quality: Quality
    seconds: float
    version: str

    def curve(self, name: str) -> Series:
        """The series of that name. Raises KeyError."""
        return {series.name: series for series in self.series}[name]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` is its inverse up to the seventh digit of the curves."""
        return {
            "name": self.name, "x_label": self.x_label, "y_label": self.y_label, "x_log": self.x_log,
            "settings": dict(self.settings), "seed": self.seed, "quality": self.quality.value,
            "repetitions": self.quality.repetitions, "seconds": round(self.seconds, 1), "version": self.version,
            "findings": [
                {"statement": row.statement, "published": row.published, "measured": row.measured, "holds": row.holds}
                for row in self.findings
            ],
            "series": [
                {"name": row.name, "x": _plain(row.x), "raw": _plain(row.raw), "y": _plain(row.y)}
                for row in self.series
            ],
        }  # fmt: skip

    @staticmethod
    def from_dict(stored: Mapping[str, Any]) -> ExperimentResult:
        """The result that `as_dict` wrote. Raises InvalidInput for anything else."""
        try:
            series = tuple(
                Series(name=str(row["name"]), x=_array(row["x"]), raw=_array(row["raw"]), y=_array(row["y"]))
                for row in stored["series"]
            )
            return ExperimentResult(
                name=str(stored["name"]), x_label=str(stored["x_label"]), y_label=str(stored["y_label"]),
                x_log=bool(stored["x_log"]), series=series,
                findings=tuple(Finding(**row) for row in stored["findings"]), settings=dict(stored["settings"]),
                seed=int(stored["seed"]), quality=Quality(stored["quality"]), seconds=float(stored["seconds"]),
                version=str(stored["version"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"not the result of an experiment: {error!r:.120}") from None


class RunRule(Protocol):
    """Recomputes an experiment."""

    def __call__(self, *, seed: int, quality: Quality, progress: Progress, cancelled: Cancel) -> ExperimentResult:
        """Report `progress(done, total)` between points; raise Cancelled once `cancelled()` is true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A registry entry. All texts are for people.

    label: a word or two for a button. question: what it asks. setting: what was computed. reading: how to read the
    chart. published: the paper's findings; empty for an experiment that the paper does not have.
    """

    name: str
    label: str
    title: str
    question: str
    setting: str
    reading: str
    published: tuple[str, ...]
    source: str
    run: RunRule
    marks: tuple[tuple[float, str], ...] = ()


class Steps:
    """Counts the points of a run for its progress."""

    def __init__(self, total: int, progress: Progress, cancelled: Cancel) -> None:
        self._done, self._total, self._progress, self._cancelled = 0, total, progress, cancelled
        progress(0, total)

    def done(self) -> None:
        """One point more. Raises Cancelled."""
        self._done += 1
        self._progress(self._done, self._total)
        if self._cancelled():
            raise Cancelled("the run was cancelled")


def _plain(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.7g}") for value in values]


def _array(values: list[float]) -> NDArray[np.float64]:
    made = np.asarray(values, dtype=np.float64)
    if made.ndim != 1 or made.size == 0 or not np.isfinite(made).all():
        raise ValueError("a curve must be a list of finite numbers")
    return made
