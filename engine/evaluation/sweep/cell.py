"""What a sweep keeps of each image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Key = tuple[str, str, float, float, str, float]
"""model, kind, sigma, tau, correction, radius of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row's share of one image: confusion as flat indices and counts, of shape (classes, classes + 1)."""

    key: Key
    index: tuple[int, ...]
    count: tuple[int, ...]
    seconds: float


def cells_to_json(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Ready for JSON."""
    return [asdict(cell) for cell in cells]


def cells_from_json(rows: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """And back. Raises ValueError, TypeError, KeyError for what is none."""
    return [
        Cell(key=tuple(row["key"]), index=tuple(row["index"]), count=tuple(row["count"]), seconds=row["seconds"])
        for row in rows
    ]
