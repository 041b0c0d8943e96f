"""The adaptive procedures as textbooks define them, on sorted p-values, for many families at once.

Written apart from the procedures it is compared with: these reject rank by rank, those cut a histogram of hits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.stats.corrections.base import BELOW_ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepwise:
    """`levels(components, alpha, k)` is the level of every rank, float64 (components,), smallest p-value first.

    step_up: reject up to the last rank that passes; otherwise up to the first that fails.
    """

    levels: Callable[[int, float, int], NDArray[np.float64]]
    step_up: bool


def _holm(components: int, alpha: float, k: int) -> NDArray[np.float64]:  # noqa: ARG001 - it has no budget
    return alpha / np.arange(components, 0, -1)


def _lehmann_romano(components: int, alpha: float, k: int) -> NDArray[np.float64]:
    rank = np.arange(1, components + 1)
    return np.minimum(BELOW_ONE, k * alpha / (components + k - np.maximum(rank, k)))


def _benjamini_hochberg(components: int, alpha: float, k: int) -> NDArray[np.float64]:  # noqa: ARG001
    return np.arange(1, components + 1) * alpha / components


def _benjamini_yekutieli(components: int, alpha: float, k: int) -> NDArray[np.float64]:
    harmonic = float(np.sum(1.0 / np.arange(1, components + 1)))
    return _benjamini_hochberg(components, alpha / harmonic, k)


STEPWISE: Mapping[str, Stepwise] = {
    "holm": Stepwise(levels=_holm, step_up=False),
    "k-step-down": Stepwise(levels=_lehmann_romano, step_up=False),
    "fdr-bh": Stepwise(levels=_benjamini_hochberg, step_up=True),
    "fdr-by": Stepwise(levels=_benjamini_yekutieli, step_up=True),
}


def cutoffs(
    descending: NDArray[np.integer[Any]], table: NDArray[np.float64], levels: NDArray[np.float64], *, step_up: bool
) -> NDArray[np.int64]:
    """The smallest rejected number of hits of every family, int64 (families,); one more than all draws for none.

    descending: integers (families, pixels), the hits of each family, most first. table: the p-value of every number of
    hits.
    """
    passed = table[descending] <= levels
    if step_up:
        rejected = np.where(passed.any(axis=1), passed.shape[1] - np.argmax(passed[:, ::-1], axis=1), 0)
    else:
        rejected = np.where(passed.all(axis=1), passed.shape[1], np.argmin(passed, axis=1))
    last = np.take_along_axis(descending, np.maximum(rejected - 1, 0)[:, None], axis=1)[:, 0]
    return np.where(rejected > 0, last.astype(np.int64), len(table))
