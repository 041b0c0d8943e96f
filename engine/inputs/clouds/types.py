"""What flows through the engine for 3D shapes: meshes as files have them, and the working cloud."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.subject import Kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A triangle mesh, validated on construction. Raises InvalidInput.

    vertices: float32 (V, 3), finite. faces: int32 (F, 3), indices of vertices. face_labels: uint8 (F,) or None.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    face_labels: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        for name, array in (("vertices", self.vertices), ("faces", self.faces)):
            if array.ndim != 2 or array.shape[1] != 3 or not len(array):
                raise InvalidInput(f"the {name} of a mesh must be (count, 3) with at least one row, got {array.shape}")
        if not np.isfinite(self.vertices).all():
            raise InvalidInput("the mesh has NaN or infinite coordinates; remove them and save it anew")
        low, high = int(self.faces.min()), int(self.faces.max())
        if low < 0 or high >= len(self.vertices):
            wrong = low if low < 0 else high
            raise InvalidInput(
                f"a face of the mesh uses vertex {wrong} but there are only {len(self.vertices):,} vertices; "
                "save the mesh anew"
            )
        if self.face_labels is not None and self.face_labels.shape != (len(self.faces),):
            raise InvalidInput(f"a mesh of {len(self.faces)} faces has labels of shape {self.face_labels.shape}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cloud:
    """A validated working cloud: what noise is added to and what a certificate is about.

    points: float32 (P, 3), read-only; the centroid is at 0 and the farthest point at distance 1. normals: float32
    (P, 3) of length 1, read-only, or None; both are float64 of a cloud that was turned. estimated: whether the normals
    were computed from the points. labels: uint8 (P,), read-only, or None where the source has none. sha256: of
    `values`. source_sha256: of the bytes that were read. source_size: how many points or vertices, and how many
    triangles, the source has. center, scale:
    `point * scale + center` is the point in the file's coordinates.

    Source: Fischer, Baader, Vechev 2021, section 6 (points are smoothed, normals are not).
    """

    points: NDArray[np.floating]
    normals: NDArray[np.floating] | None
    estimated: bool
    labels: NDArray[np.uint8] | None
    sha256: str
    source_sha256: str
    source_size: tuple[int, int]
    center: tuple[float, float, float]
    scale: float

    @property
    def kind(self) -> Kind:
        return "cloud"

    @property
    def shape(self) -> tuple[int]:
        return (len(self.points),)

    @property
    def components(self) -> int:
        """Number of points: each gets one decision."""
        return int(self.points.shape[0])

    @property
    def values(self) -> NDArray[np.floating]:
        """What a model sees: float32, or float64 once turned, contiguous, (P, 3), or (P, 6) with the normals behind the
        positions."""
        if self.normals is None:
            return self.points
        return np.concatenate((self.points, self.normals), axis=1)
