"""NPZ: a zip archive of a cloud, `points`, maybe `normals` and `labels`, or of a mesh, `vertices`, `faces`, maybe
`face_labels`."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.npz import arrays_of
from engine.inputs.clouds.formats._tables import check_table
from engine.inputs.clouds.formats.base import Format, Geometry, as_indices, as_labels, from_columns

_NAMES = ("points", "normals", "labels", "vertices", "faces", "face_labels")


def read(data: bytes) -> Geometry:
    """Arrays `points` (P, 3) or (P, 6), with `normals` (P, 3) and `labels` (P,) where the archive has them; without
    points `vertices` (V, 3) and `faces` (F, 3), with `face_labels` (F,)."""
    found = arrays_of(data, "the NPZ file", _NAMES, check_table)
    arrays = {name: array.astype(np.float64) for name, array in found.items()}
    return _cloud(arrays) if "points" in arrays else _mesh(arrays)


def _cloud(arrays: Mapping[str, NDArray[np.float64]]) -> Geometry:
    points, normals, labels = arrays["points"], arrays.get("normals"), arrays.get("labels")
    if points.ndim != 2 or points.shape[1] not in (3, 6):
        raise InvalidInput(f"the array points has shape {points.shape}; it must be (P, 3) or (P, 6)")
    both = from_columns(points)
    if normals is not None and normals.shape != (len(points), 3):
        raise InvalidInput(f"{len(points):,} points need normals of shape ({len(points)}, 3), got {normals.shape}")
    if labels is not None and labels.shape != (len(points),):
        raise InvalidInput(f"{len(points):,} points need labels of shape ({len(points)},), got {labels.shape}")
    return Geometry(
        points=both.points,
        normals=both.normals if normals is None else normals,
        labels=None if labels is None else as_labels(labels),
    )


def _mesh(arrays: Mapping[str, NDArray[np.float64]]) -> Geometry:
    vertices, faces, labels = arrays.get("vertices"), arrays.get("faces"), arrays.get("face_labels")
    if vertices is None or faces is None:
        raise InvalidInput(
            "the NPZ file has no array named points, nor vertices and faces; save it with numpy.savez(file, points=...)"
        )
    for name, table in (("vertices", vertices), ("faces", faces)):
        if table.ndim != 2 or table.shape[1] != 3:
            raise InvalidInput(f"the array {name} has shape {table.shape}; it must be (N, 3)")
    if labels is not None and labels.shape != (len(faces),):
        raise InvalidInput(f"{len(faces):,} faces need face_labels of shape ({len(faces)},), got {labels.shape}")
    return Geometry(
        points=vertices,
        faces=as_indices(faces, "NPZ"),
        face_labels=None if labels is None else as_labels(labels),
    )


FORMAT = Format(name="NPZ", suffixes=(".npz",), magics=(b"PK\x03\x04",), read=read)
