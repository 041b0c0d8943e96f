"""NPZ: a zip archive of a cloud, `points`, maybe `normals` and `labels`, or of a mesh, `vertices`, `faces`, maybe
`face_labels`. Sizes are checked before unpacking."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._npy import HEADER_BYTES, array_of, header_of
from engine.inputs.clouds.formats.base import Format, Geometry, as_indices, as_labels, damaged, from_columns

_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_ENTRIES = 100
_ENTRY = b"PK\x01\x02"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,  # a part of the format that Python lacks
    RuntimeError,  # a password is needed
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)


def read(data: bytes) -> Geometry:
    """Arrays `points` (P, 3) or (P, 6), with `normals` (P, 3) and `labels` (P,) where the archive has them; without
    points `vertices` (V, 3) and `faces` (F, 3), with `face_labels` (F,)."""
    if not data.startswith(b"PK"):
        raise InvalidInput("this is not an NPZ file; save it anew with numpy.savez")
    if data.count(_ENTRY) > _MAX_ENTRIES:
        raise InvalidInput(f"the NPZ file holds more than {_MAX_ENTRIES} arrays; save only the shape's")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _geometry(archive)
    except _BROKEN:
        raise damaged("NPZ", "it cannot be unpacked") from None


def _geometry(archive: zipfile.ZipFile) -> Geometry:
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in archive.infolist()):
        raise InvalidInput("the NPZ file is compressed as NumPy never does; save it anew with numpy.savez_compressed")
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _MAX_UNPACKED:
        raise InvalidInput(
            f"the NPZ file unpacks to {unpacked / 2**20:.0f} MB; at most {_MAX_UNPACKED // 2**20} MB can be read"
        )
    points = _array(archive, "points")
    if points is None:
        return _mesh(archive)
    if points.ndim != 2 or points.shape[1] not in (3, 6):
        raise InvalidInput(f"the array points has shape {points.shape}; it must be (P, 3) or (P, 6)")
    both = from_columns(points)
    normals, labels = _array(archive, "normals"), _array(archive, "labels")
    if normals is not None and normals.shape != (len(points), 3):
        raise InvalidInput(f"{len(points):,} points need normals of shape ({len(points)}, 3), got {normals.shape}")
    if labels is not None and labels.shape != (len(points),):
        raise InvalidInput(f"{len(points):,} points need labels of shape ({len(points)},), got {labels.shape}")
    return Geometry(
        points=both.points,
        normals=both.normals if normals is None else normals,
        labels=None if labels is None else as_labels(labels),
    )


def _mesh(archive: zipfile.ZipFile) -> Geometry:
    vertices, faces = _array(archive, "vertices"), _array(archive, "faces")
    if vertices is None or faces is None:
        raise InvalidInput(
            "the NPZ file has no array named points, nor vertices and faces; save it with numpy.savez(file, points=...)"
        )
    for name, table in (("vertices", vertices), ("faces", faces)):
        if table.ndim != 2 or table.shape[1] != 3:
            raise InvalidInput(f"the array {name} has shape {table.shape}; it must be (N, 3)")
    labels = _array(archive, "face_labels")
    if labels is not None and labels.shape != (len(faces),):
        raise InvalidInput(f"{len(faces):,} faces need face_labels of shape ({len(faces)},), got {labels.shape}")
    return Geometry(
        points=vertices,
        faces=as_indices(faces, "NPZ"),
        face_labels=None if labels is None else as_labels(labels),
    )


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[np.float64] | None:
    """One array, or None; its header is checked before the rest is unpacked, and what it hides is never unpacked."""
    entry = f"{name}.npy"
    if entry not in archive.namelist():
        return None
    with archive.open(entry) as stream:
        start = stream.read(HEADER_BYTES)
        header_of(start, "NPZ")
        return array_of(start + stream.read(_MAX_UNPACKED), "NPZ")


FORMAT = Format(name="NPZ", suffixes=(".npz",), magics=(b"PK\x03\x04",), read=read)
