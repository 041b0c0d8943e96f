"""What tells the examples of a run from others, for its journal."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.inputs.datasets.base import DatasetItem
from engine.inputs.shape_datasets.base import ShapeItem


def told_of(items: Iterable[DatasetItem | ShapeItem]) -> list[list[Any]]:
    """What tells these examples from others: of each its name, and size and time of change of its files."""
    return [[item.name, *map(_state, asdict(item).values())] for item in items]


def _state(value: object) -> list[int] | None:
    try:
        found = value.stat() if isinstance(value, Path) else None
    except OSError:
        return None
    return None if found is None else [found.st_size, found.st_mtime_ns]
