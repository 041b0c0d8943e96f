"""What a mode of testing is: what may be chosen, and looked at, after the first draw."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import Correction


class EvidenceRule(Protocol):
    """p-values of one component."""

    def __call__(self, draws: int, tau: float) -> NDArray[np.float64]:
        """The p-value of H: p <= tau for every number of hits, float64 (draws+1,), non-increasing."""


class BoundRule(Protocol):
    """Lower confidence bounds of one component, in agreement with the p-values at every tau."""

    def __call__(self, hits: NDArray[np.int64], draws: int, level: float) -> NDArray[np.float64]:
        """float64 like `hits`, rounded down; each fails with probability at most `level`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A registry entry. `label` is a word for a button; `promise` and `summary` are shown to people beside the result.

    anytime: the run may be looked at after every batch and stopped whenever anyone likes. bounds: where given, the
    result holds for every tau at once, so tau may be chosen after seeing it; then every component is tested at one
    level, since step-down procedures are valid for one tau only.
    """

    name: str
    label: str
    title: str
    summary: str
    promise: str
    source: str
    p_values: EvidenceRule
    anytime: bool
    bounds: BoundRule | None = None

    @property
    def tau_free(self) -> bool:
        """Whether tau may be chosen after the draws."""
        return self.bounds is not None

    def takes(self, correction: Correction) -> bool:
        """Whether the correction's claim is proved in this mode."""
        return (correction.level is not None or not self.tau_free) and (correction.stoppable or not self.anytime)
