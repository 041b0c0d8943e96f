"""What a multiple-testing procedure is here: hits in, a cut-off out, and a statement of what it controls."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

BELOW_ONE = 1.0 - 1e-12
"""The largest level of a test: at 1 a k-FWER procedure with k alpha >= N would certify without a look."""


def tolerated(budget: float, components: int) -> int:
    """An error budget b as a whole number: below 1 it is a share of the components, rounded down."""
    return int(budget * components) if budget < 1 else int(budget)


class Control(Enum):
    """Which error a procedure keeps at alpha."""

    FWER = "family-wise error rate: P(at least one false certificate) <= alpha"
    K_FWER = "k-family-wise error rate with k = b + 1: P(more than b false certificates) <= alpha"
    FDR = "false discovery rate: the mean share of false ones among the selected is <= alpha"


class CutoffRule(Protocol):
    """Decides on all components at once from how many have each number of hits."""

    def __call__(
        self, histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float, budget: int = 0
    ) -> int:
        """Return the smallest number of hits that is rejected; n + 1 if none is.

        histogram: int64 (n+1,), number of components with k hits. p_values: float64 (n+1,), the p-value of k hits,
        non-increasing in k. budget: false certificates that are tolerated; procedures without one ignore it.
        Every procedure here is monotone in the p-values, so its decision is a cut-off in hits and costs O(n) once the
        histogram is made.
        """


class LevelRule(Protocol):
    """The level of each single test of a single-step procedure."""

    def __call__(self, components: int, alpha: float, budget: int = 0) -> float:
        """Components are tested one by one at this level, in (0, 1)."""


class RankRule(Protocol):
    """What the procedure compares the sorted p-values with."""

    def __call__(self, rank: int, components: int, alpha: float, budget: int = 0) -> float:
        """The threshold of the rank-th smallest p-value, rank from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A registry entry. `needs` and `summary` are sentences shown to people beside the result.

    threshold: of every rank, for drawing and explaining. step_up: whether the largest rank that passes decides, rather
    than the first that fails. level: for single-step procedures only; what simultaneous confidence bounds are made
    from. budgeted: whether it takes an error budget. assumes: whether its claim needs an assumption on the dependence
    between components. stoppable: whether its claim survives a stop that looked at all components; step-up tests under
    an assumption on the dependence do not, for the stop itself makes components dependent. Source: METHOD section 3.

    >>> import engine
    >>> engine.stats.corrections["holm"].threshold(1, 100, 0.05)  # 0.05 / 100, of the smallest of 100 p-values
    0.0005
    >>> engine.stats.corrections["fdr-bh"].certifies
    False
    """

    name: str
    title: str
    control: Control
    needs: str
    summary: str
    source: str
    cutoff: CutoffRule
    threshold: RankRule
    step_up: bool = False
    level: LevelRule | None = None
    budgeted: bool = False
    assumes: bool = False
    stoppable: bool = True

    @property
    def controls(self) -> str:
        """What is controlled, as a sentence."""
        return self.control.value

    @property
    def certifies(self) -> bool:
        """Whether its selection is a robustness certificate; the false discovery rate makes none."""
        return self.control is not Control.FDR


def single_step(p_values: NDArray[np.float64], level: float) -> int:
    """The cut-off of testing every component at the same level."""
    passed = p_values <= level
    return int(np.argmax(passed)) if passed.any() else len(p_values)


def step_up(histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float) -> int:
    """The cut-off of rejecting the R smallest p-values, R the largest rank with p <= R alpha / N."""
    at_least = np.cumsum(histogram[::-1])[::-1]
    passed = (histogram > 0) & (p_values <= at_least * (alpha / at_least[0]))
    return int(np.argmax(passed)) if passed.any() else len(p_values)
