"""What every file format of shapes declares, what it gives, and the limits that all of them keep."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.working import MAX_POINTS

MAX_TRIANGLES = 2_000_000
_WHOLE = re.compile(rb"[+-]?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geometry:
    """What a file says, not yet validated.

    points: float64 (V, 3). normals: float64 (V, 3) or None. labels: uint8 (V,) or None. faces: int64 (F, 3), indices
    that may point anywhere, or None for a cloud. face_labels: uint8 (F,) or None, then those of the corners count.
    """

    points: NDArray[np.float64]
    normals: NDArray[np.float64] | None = None
    labels: NDArray[np.uint8] | None = None
    faces: NDArray[np.int64] | None = None
    face_labels: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A registry entry.

    name: what people call the format. suffixes: lower case, with the dot. magics: what its files begin with; a format
    without any is known by its suffix only. read: bytes -> Geometry; it raises InvalidInput and nothing else, whatever
    the bytes are, and allocates nothing before it has checked the counts that the bytes declare.
    """

    name: str
    suffixes: tuple[str, ...]
    magics: tuple[bytes, ...] = ()
    read: Callable[[bytes], Geometry]


def check_counts(*, points: int = 0, triangles: int = 0) -> None:
    """Refuse more than can be worked on, and fewer than none. Raises InvalidInput."""
    for count, most, what in ((points, MAX_POINTS, "points"), (triangles, MAX_TRIANGLES, "triangles")):
        if count > most:
            raise InvalidInput(f"the file has {count:,} {what}; at most {most:,} can be read, so reduce it first")
        if count < 0:
            raise InvalidInput(f"the file declares a negative number of {what}; save it anew and try again")


def damaged(name: str, reason: str) -> InvalidInput:
    """The error for a file that breaks its format's rules."""
    return InvalidInput(f"the {name} file is damaged or cut off ({reason}); save it anew and try again")


def whole(word: bytes) -> int | None:
    """A word as a whole number, None if it is not one; of absurdly many digits only the first are used."""
    return int(word[:19]) if _WHOLE.fullmatch(word) else None


def as_labels(column: NDArray[np.generic]) -> NDArray[np.uint8] | None:
    """A column as labels, uint8, or None where it is not made of whole numbers in [0, 255]."""
    values = column.astype(np.float64)
    if not ((values >= 0.0) & (values <= 255.0)).all() or (values != np.rint(values)).any():
        return None
    return values.astype(np.uint8)


def as_indices(column: NDArray[np.generic], name: str) -> NDArray[np.int64]:
    """Numbers as indices, int64. Raises InvalidInput where they are not whole or far out of any range."""
    values = column.astype(np.float64)
    if not (np.abs(values) < 2.0**31).all() or (values != np.rint(values)).any():
        raise damaged(name, "a face has a corner that is no index of a vertex")
    return values.astype(np.int64)


def from_columns(table: NDArray[np.float64]) -> Geometry:
    """A cloud from unnamed columns (P, C): x y z, then a unit normal where columns 4 to 6 are one, then a label.

    Columns 4 to 6 that are not of length 1 are colours or other measurements and are passed over.
    """
    points, normals, labels = table[:, :3], None, None
    if table.shape[1] >= 6 and (np.abs(table[:, 3:6]) < 1.02).all():
        lengths = np.linalg.norm(table[:, 3:6], axis=1)
        if (np.abs(lengths - 1.0) < 0.02).all():
            normals = table[:, 3:6]
            labels = as_labels(table[:, 6]) if table.shape[1] == 7 else None
    return Geometry(points=points, normals=normals, labels=labels)
