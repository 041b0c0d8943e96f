"""Bytes of a 3D file -> the working cloud. The only decoder of shapes: limits are checked before anything is parsed."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import read_bytes
from engine.inputs.clouds.formats import Format, Geometry, formats
from engine.inputs.clouds.normals import estimated_normals, unit_normals
from engine.inputs.clouds.sampling import candidates, farthest_points, sample_mesh
from engine.inputs.clouds.types import Cloud, Mesh
from engine.inputs.clouds.working import check_coordinates, check_points, check_request, cloud_from_arrays

Indices = NDArray[np.int64]

MAX_CLOUD_BYTES = 50 * 1024 * 1024


def decode_cloud(data: bytes, *, suffix: str, points: int, seed: int = 0) -> Cloud:
    """Decode PLY, PCD, OBJ, OFF, STL, XYZ, PTS, NPZ or NPY bytes to a working cloud of at most `points` points.

    suffix: the end of the file's name, which says the format. Meshes are sampled to exactly `points` points, uniformly
    by area, with the normals and labels of their faces; where only vertices have labels, a face has the one that most
    of its corners have, or of three different ones the middle one. Of larger clouds, `points` points are kept by
    farthest-point sampling, of more than 100,000 after a uniform choice of so many; smaller clouds keep all their
    points, which are never repeated to reach the number. The points kept stay in the file's order. Normals are the
    file's where all of them can be made unit, else estimated from neighbours and turned away from the centroid
    (`normals.py`).

    The same bytes, number and seed give the same cloud. Raises InvalidInput with one sentence that says what to do,
    InvalidSetting for a bad number or seed. Source: METHOD section 6.

    >>> lines = [f"{x} {y} {z}" for x in range(4) for y in range(4) for z in range(4)]
    >>> cloud = decode_cloud(chr(10).join(lines).encode(), suffix=".xyz", points=32)
    >>> cloud.components, cloud.source_size  # 32 of the 64 points, no triangles
    (32, (64, 0))
    """
    check_request(points, seed)
    if not data:
        raise InvalidInput(f"the file is empty; choose {_kinds()}")
    _check_bytes(len(data))
    with np.errstate(all="ignore"):  # hostile numbers overflow and are refused right after
        geometry = _format_of(data, suffix).read(data)
    check_coordinates(geometry.points)
    source = hashlib.sha256(data).hexdigest()
    if geometry.faces is not None and len(geometry.faces):
        return _from_mesh(geometry, geometry.faces, points, seed, source)
    return _from_points(geometry, points, seed, source)


def read_shape(path: Path | str, *, points: int = 2048, seed: int = 0) -> Cloud:
    """The working cloud of a 3D file, as `decode_cloud` makes it; the size is checked before the file is read.

    Raises InvalidInput, also if the file cannot be read; InvalidSetting.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.save(f"{folder}/ball.npy", np.random.default_rng(0).normal(size=(100, 3)))
    ...     read_shape(f"{folder}/ball.npy", points=64).shape
    (64,)
    """
    path = Path(path)
    return decode_cloud(read_bytes(path, MAX_CLOUD_BYTES), suffix=path.suffix, points=points, seed=seed)


def cloud_suffixes() -> tuple[str, ...]:
    """All suffixes that can be read, lower case, with the dot.

    >>> {".ply", ".obj", ".stl"} <= set(cloud_suffixes())
    True
    """
    return tuple(suffix for entry in formats.values() for suffix in entry.suffixes)


def _check_bytes(count: int) -> None:
    if count > MAX_CLOUD_BYTES:
        raise InvalidInput(
            f"the file has {count / 2**20:.1f} MB; at most {MAX_CLOUD_BYTES // 2**20} MB can be read, so reduce it "
            "first"
        )


def _format_of(data: bytes, suffix: str) -> Format:
    """The format that the suffix names, unless the first bytes are those of another one."""
    ending = "." + suffix.lower().rpartition(".")[2]
    named = next((entry for entry in formats.values() if ending in entry.suffixes), None)
    if named is None:
        raise InvalidInput(f"files ending in {ending!r:.20} cannot be read; choose {_kinds()}")
    held = next((entry for entry in formats.values() if data.startswith(entry.magics or (b"\0" * 256,))), None)
    if held is not None and held is not named:
        raise InvalidInput(
            f"the file is named {ending} but holds {held.name} data; rename it to end in {held.suffixes[0]}"
        )
    return named


def _kinds() -> str:
    return f"one of {', '.join(suffix[1:].upper() for suffix in cloud_suffixes())}"


def _from_mesh(geometry: Geometry, faces: Indices, points: int, seed: int, source: str) -> Cloud:
    """Sampled around the middle of the vertices, so that float32 keeps the shape of meshes far from the origin."""
    if not len(geometry.points):
        raise InvalidInput("the mesh has no vertices; choose a file that holds a shape")
    middle = (geometry.points.min(axis=0) + geometry.points.max(axis=0)) / 2.0
    mesh = Mesh(
        vertices=(geometry.points - middle).astype(np.float32),
        faces=np.clip(faces, -(2**31), 2**31 - 1).astype(np.int32),
        face_labels=_face_labels(geometry, faces),
    )
    cloud = sample_mesh(mesh, points, seed, source_sha256=source)
    x, y, z = (float(here + shift) for here, shift in zip(cloud.center, middle, strict=True))
    return dataclasses.replace(cloud, center=(x, y, z))


def _face_labels(geometry: Geometry, faces: Indices) -> NDArray[np.uint8] | None:
    """The file's, or those of corners; None too where a corner is no vertex, which the mesh will refuse."""
    known = int(faces.min()) >= 0 and int(faces.max()) < len(geometry.points)
    if geometry.face_labels is not None or geometry.labels is None or not known:
        return geometry.face_labels
    return np.sort(geometry.labels[faces], axis=1)[:, 1]


def _from_points(geometry: Geometry, points: int, seed: int, source: str) -> Cloud:
    check_points(geometry.points)
    pool = candidates(len(geometry.points), seed)
    near = geometry.points[pool] - geometry.points[pool].mean(axis=0)
    keep = np.arange(len(pool))
    if len(pool) > points:
        keep = np.sort(farthest_points(near, points, seed))
    chosen = pool[keep]
    normals = None if geometry.normals is None else unit_normals(geometry.normals[chosen])
    return cloud_from_arrays(
        geometry.points[chosen],
        estimated_normals(near, near[keep]) if normals is None else normals,
        None if geometry.labels is None else geometry.labels[chosen],
        estimated=normals is None,
        source_sha256=source,
        source_size=(len(geometry.points), 0),
    )
