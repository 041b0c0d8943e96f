"""What a multiple-testing procedure is here: hits in, a cut-off out, and a statement of what it controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class CutoffRule(Protocol):
    """Decides on all components at once from how many have each number of hits."""

    def __call__(self, histogram: NDArray[np.int64], p_values: NDArray[np.float64], alpha: float) -> int:
        """Return the smallest number of hits that is rejected; n + 1 if none is.

        histogram: int64 (n+1,), number of components with k hits. p_values: float64 (n+1,), the p-value of k hits,
        non-increasing in k. Every procedure here is monotone in the p-values, so its decision is a cut-off in hits
        and costs O(n) once the histogram is made.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A registry entry. `controls` and `needs` are sentences shown to people beside the result."""

    name: str
    title: str
    controls: str
    needs: str
    summary: str
    source: str
    cutoff: CutoffRule
