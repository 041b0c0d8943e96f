"""Totals of single draws that add up to given hits, as evenly as can be: what a careful forger would write."""

import numpy as np
from numpy.typing import NDArray


def totals_of(hits: NDArray[np.int32], draws: int) -> NDArray[np.int32]:
    each, more = divmod(int(hits.sum(dtype=np.int64)), draws)
    return (each + (np.arange(draws) < more)).astype(np.int32)
