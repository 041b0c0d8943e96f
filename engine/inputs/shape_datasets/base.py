"""What every dataset of labelled 3D shapes gives: named items of a category, read as a mesh or as points."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds import Mesh


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeItem:
    """One labelled shape on disk; `label_path` is set where the labels lie in a file of their own."""

    name: str
    category: str
    path: Path
    label_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShapePoints:
    """A point cloud with a part for each point.

    points: float32 (P, 3), finite. normals: float32 (P, 3) as stored, finite, or None where the layout has none.
    labels: uint8 (P,), indices into the category's parts.
    """

    points: NDArray[np.float32]
    normals: NDArray[np.float32] | None
    labels: NDArray[np.uint8]


class ShapeDataset(Protocol):
    """One split of a dataset in its real on-disk layout."""

    @property
    def categories(self) -> Mapping[str, tuple[str, ...]]:
        """The parts of every category, both in a stable order."""

    def items(self) -> tuple[ShapeItem, ...]:
        """All items, in a stable order."""

    def read(self, item: ShapeItem) -> Mesh | ShapePoints:
        """A mesh with its face labels, or labelled points. Raises InvalidInput, naming the file, if unusable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeSource:
    """A registry entry: `open(root, split)` gives the dataset or raises InvalidInput; `layout` says what it expects."""

    name: str
    title: str
    layout: str
    open: Callable[[Path, str], ShapeDataset]
