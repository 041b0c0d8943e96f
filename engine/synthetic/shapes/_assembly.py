"""Solids and their parts -> one labelled mesh."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._solids import Solid


class Assembly:
    """Collects the solids of a shape, each with the part that it belongs to."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = tuple(parts)
        self._vertices: list[NDArray[np.float64]] = []
        self._faces: list[NDArray[np.int64]] = []
        self._labels: list[NDArray[np.uint8]] = []
        self._count = 0

    def add(self, part: str, *solids: Solid) -> None:
        """Add solids that belong wholly to one part."""
        for solid in solids:
            self.add_labelled(solid, np.full(len(solid.faces), self._parts.index(part), dtype=np.uint8))

    def add_pair(self, part: str, *solids: Solid) -> None:
        """Add solids together with their mirror images in y: left and right."""
        for solid in solids:
            self.add(part, solid, solid.mirrored())

    def add_labelled(self, solid: Solid, labels: NDArray[np.uint8]) -> None:
        """Add a solid whose faces belong to different parts: uint8 (F,), indices into the parts."""
        self._vertices.append(solid.vertices)
        self._faces.append(solid.faces + self._count)
        self._labels.append(labels)
        self._count += len(solid.vertices)

    def shape(self) -> Mesh:
        """The mesh of all that was added."""
        vertices = np.concatenate(self._vertices).astype(np.float32)
        faces = np.concatenate(self._faces).astype(np.int32)
        labels = np.concatenate(self._labels)
        for array in (vertices, faces, labels):
            array.setflags(write=False)
        return Mesh(vertices=vertices, faces=faces, face_labels=labels)
