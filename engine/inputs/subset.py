"""Which examples of a dataset are used: the first of every k and of these so many, or so many spread over it."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from engine.core.errors import InvalidSetting

Item = TypeVar("Item")


def subset(items: Sequence[Item], *, every: int = 1, limit: int = 0) -> Sequence[Item]:
    """The first `limit` (0: all) of the first of every `every` items. Raises InvalidSetting."""
    check_subset(every=every, limit=limit)
    return items[::every][: limit or None]


def spread(items: Sequence[Item], limit: int) -> Sequence[Item]:
    """`limit` items (0: all) at even distances, from the first to the last. Raises InvalidSetting."""
    check_subset(limit=limit)
    if not limit:
        return items
    return tuple(items[place] for place in np.unique(np.linspace(0, len(items) - 1, limit).round().astype(int)))


def check_subset(*, every: int = 1, limit: int = 0) -> None:
    """Raises InvalidSetting where nothing can be chosen so."""
    if every < 1:
        raise InvalidSetting(f"every must be 1 or more, got {every}")
    if limit < 0:
        raise InvalidSetting(f"limit must be 0 (all) or more, got {limit}")
