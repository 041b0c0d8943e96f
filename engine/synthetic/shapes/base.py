"""What every category of the project's own shapes declares."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.inputs.clouds import Mesh


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeBuilder:
    """A registry entry: `build` draws a shape of the category; `optional` parts are missing from some of the shapes.

    A shape is a labelled mesh, z up, front towards +x, in a scale of its own. Its faces are counter-clockwise seen from
    outside, its arrays read-only. The surface is a union of closed solids, which may reach into each other where parts
    join.
    """

    category: str
    parts: tuple[str, ...]
    build: Callable[[np.random.Generator], Mesh]
    optional: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The category: what the registry calls the entry."""
        return self.category
