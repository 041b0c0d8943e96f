"""What the selection draws voted for, and the class that is tested at each component."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Stage 1: what the n0 selection draws voted for.

    votes: uint16 (classes, *N), sums to n0 over the classes. top: uint8 (*N), the class with most votes, ties to the
    smallest id.
    """

    votes: NDArray[np.uint16]
    top: NDArray[np.uint8]

    @classmethod
    def from_votes(cls, votes: NDArray[np.uint16]) -> Selection:
        return cls(votes=votes, top=np.argmax(votes, axis=0).astype(np.uint8))
