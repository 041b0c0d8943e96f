"""A picture of one row that is watched through windows, small enough that every patch can be tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Span = tuple[int, int]
"""The first cell, and the first one behind the last."""

STREET = (
    0.34, 0.30, 0.29, 0.39, 0.25, 0.18, 0.41, 0.22, 0.77, 0.80, 0.81, 0.77,
    0.68, 0.65, 0.83, 0.78, 0.26, 0.26, 0.29, 0.38, 0.24, 0.28, 0.27, 0.25,
)  # fmt: skip
"""A light car on a dark road: the brightness of each of 24 cells, in [0, 1]."""


def classes(values: Values) -> NDArray[np.bool_]:
    """The model: bool (N,), light where a cell and its two neighbours on each side are brighter than 1/2 on average.

    values: float64 (N,) in [0, 1]; beyond the ends they go on as they end.

    >>> classes(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])).tolist()
    [False, False, False, True, True, True]
    """
    wide = np.pad(values, 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(wide, 5).mean(axis=1) > 0.5


def outside(values: Values, hidden: Span) -> float:
    """The mean of all cells that are not hidden.

    >>> outside(np.array([0.2, 1.0, 1.0, 0.4]), (1, 3))
    0.3...
    """
    first, end = hidden
    return float(np.concatenate([values[:first], values[end:]]).mean())


def everything(values: Values, hidden: Span) -> float:  # noqa: ARG001 - that it looks under the window is the fault
    """The mean of all cells, hidden ones too: a fault.

    >>> everything(np.array([0.2, 1.0, 1.0, 0.4]), (1, 3))
    0.65
    """
    return float(values.mean())


FILLS: Mapping[str, Callable[[Values, Span], float]] = {"outside": outside, "everything": everything}
"""Ways of filling a window by name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """A strip of N cells behind K windows. plain: bool (N,), the answer on it. behind: float64 (K, N), the strip with
    one window filled at a time; answers: bool (K, N), those on it."""

    values: Values
    windows: tuple[Span, ...]
    plain: NDArray[np.bool_]
    behind: Values
    answers: NDArray[np.bool_]

    @property
    def alarm(self) -> NDArray[np.bool_]:
        """Where some window changes the answer, bool (N,); on a clean strip all other cells are certified."""
        return (self.answers != self.plain).any(axis=0)

    def hiding(self, patch: Span) -> tuple[int, ...]:
        """The numbers of the windows that hide all of a patch."""
        return tuple(k for k, (first, end) in enumerate(self.windows) if first <= patch[0] and patch[1] <= end)


def spans(cells: int, patch: int, stride: int) -> tuple[Span, ...]:
    """Windows of patch + stride - 1 cells that start at 0, stride, 2 stride, ...: every patch lies in one of them.

    >>> spans(8, 2, 3)  # they start at 0, 3, 6; the last is cut off at the end
    ((0, 4), (3, 7), (6, 8))
    """
    return tuple((first, min(first + patch + stride - 1, cells)) for first in range(0, cells - patch + 1, stride))


def watch(values: Values, *, patch: int, stride: int, fill: str) -> Watched:
    """Ask the model on a strip, float64 (N,), and behind each window, filled by the name in `FILLS`.

    >>> seen = watch(np.array(STREET), patch=4, stride=4, fill="outside")
    >>> seen.behind.shape, seen.hiding((5, 9))
    ((6, 24), (1,))
    """
    windows = spans(len(values), patch, stride)
    behind = np.repeat(values[None], len(windows), axis=0)
    for row, hidden in zip(behind, windows, strict=True):
        row[hidden[0] : hidden[1]] = FILLS[fill](values, hidden)
    answers = np.stack([classes(row) for row in behind])
    return Watched(values=values, windows=windows, plain=classes(values), behind=behind, answers=answers)


def with_patch(values: Values, first: int, content: Values) -> Values:
    """A copy with a patch, float64 (P,), from the cell `first` on.

    >>> with_patch(np.zeros(4), 1, np.ones(2)).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    after = values.copy()
    after[first : first + len(content)] = content
    return after


def unnoticed(clean: Watched, attacked: Watched) -> NDArray[np.bool_]:
    """Certified on the clean strip, another answer on the attacked one, no alarm: bool (N,).

    >>> street, bright = np.array(STREET), with_patch(np.array(STREET), 2, np.ones(4))
    >>> clean, attacked = (watch(one, patch=4, stride=4, fill="outside") for one in (street, bright))
    >>> bool((attacked.plain != clean.plain).any()), bool(unnoticed(clean, attacked).any())
    (True, False)
    """
    return ~clean.alarm & (attacked.plain != clean.plain) & ~attacked.alarm


def worst_patch(values: Values, *, patch: int, stride: int, fill: str) -> tuple[int, int, Values]:
    """How many certified cells the worst of all patches of black and white cells changes unnoticed; where it begins,
    and what is on it.

    >>> count, _, _ = worst_patch(np.array(STREET), patch=2, stride=3, fill="outside")
    >>> count  # no patch gets through
    0
    """
    clean = watch(values, patch=patch, stride=stride, fill=fill)
    worst = (0, 0, np.zeros(patch))
    for first in range(len(values) - patch + 1):
        for content in map(np.array, product((0.0, 1.0), repeat=patch)):
            seen = watch(with_patch(values, first, content), patch=patch, stride=stride, fill=fill)
            count = int(unnoticed(clean, seen).sum())
            if count > worst[0]:
                worst = count, first, content
    return worst
