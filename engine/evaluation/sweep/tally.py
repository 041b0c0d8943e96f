"""What a sweep keeps of each image."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Key = tuple[str, str, float, float, str, float]
"""model, kind, sigma, tau, correction, radius of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One row's share of one image: confusion as flat indices and counts, of shape (classes, classes + 1)."""

    key: Key
    index: tuple[int, ...]
    count: tuple[int, ...]
    seconds: float


def tallies_to_json(tallies: Sequence[Tally]) -> list[dict[str, Any]]:
    """Ready for JSON."""
    return [asdict(tally) for tally in tallies]


def tallies_from_json(rows: Iterable[Mapping[str, Any]]) -> list[Tally]:
    """And back. Raises ValueError, TypeError, KeyError for what is none."""
    return [
        Tally(key=tuple(row["key"]), index=tuple(row["index"]), count=tuple(row["count"]), seconds=row["seconds"])
        for row in rows
    ]
