"""Which examples of a dataset are used: the first of every k, and of these so many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from engine.errors import InvalidSetting

Item = TypeVar("Item")


def subset(items: Sequence[Item], *, every: int = 1, limit: int = 0) -> Sequence[Item]:
    """The first `limit` (0: all) of the first of every `every` items. Raises InvalidSetting."""
    check_subset(every=every, limit=limit)
    return items[::every][: limit or None]


def check_subset(*, every: int = 1, limit: int = 0) -> None:
    """Raises InvalidSetting where nothing can be chosen so."""
    if every < 1:
        raise InvalidSetting(f"every must be 1 or more, got {every}")
    if limit < 0:
        raise InvalidSetting(f"limit must be 0 (all) or more, got {limit}")
