"""What every shape of the project's own is: a triangle mesh with a part for each face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltShape:
    """A labelled triangle mesh, z up, front towards +x, in a scale of its own.

    vertices: float32 (V, 3), finite. faces: int32 (F, 3), rows of `vertices`, counter-clockwise seen from outside.
    face_labels: uint8 (F,), indices into the category's parts. All are read-only. The surface is a union of closed
    solids, which may reach into each other where parts join.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    face_labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeBuilder:
    """A registry entry: `build` draws a shape of the category; `optional` parts are missing from some of the shapes."""

    category: str
    parts: tuple[str, ...]
    build: Callable[[np.random.Generator], BuiltShape]
    optional: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The category: what the registry calls the entry."""
        return self.category
