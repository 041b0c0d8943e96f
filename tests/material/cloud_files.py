"""Writers of every format that can be read, by hand from the formats' descriptions, and the shapes they write.

They share no code with the readers: what a reader must give back is the array that went in here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds import Cloud

Floats = NDArray[np.float32]
Faces = Sequence[Sequence[int]]

CUBE = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float32)
CUBE_QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
CUBE_TRIANGLES = tuple(part for a, b, c, d in CUBE_QUADS for part in ((a, b, c), (a, c, d)))


def sphere(count: int) -> Floats:
    """Points on the unit sphere by the golden angle: the normal of each is the point itself."""
    steps = np.arange(count)
    heights = 1.0 - (2.0 * steps + 1.0) / count
    angles = steps * np.pi * (3.0 - np.sqrt(5.0))
    radii = np.sqrt(1.0 - heights**2)
    return np.stack((radii * np.cos(angles), radii * np.sin(angles), heights), axis=1).astype(np.float32)


def in_file(cloud: Cloud) -> NDArray[np.float64]:
    """The points in the coordinates of the file."""
    return cloud.points.astype(np.float64) * cloud.scale + np.array(cloud.center)


def octants(points: Floats) -> NDArray[np.uint8]:
    """A label from 0 to 7 for each point: where it lies."""
    return ((points > 0) @ np.array([1, 2, 4])).astype(np.uint8)


def rows(*columns: NDArray[np.generic]) -> bytes:
    """Lines of numbers that read back exactly."""
    table = np.concatenate([column.reshape(len(column), -1).astype(np.float64) for column in columns], axis=1)
    return b"".join(b" ".join(b"%r" % float(number) for number in row) + b"\n" for row in table)


def ply(
    points: Floats,
    *,
    normals: Floats | None = None,
    labels: NDArray[np.uint8] | None = None,
    faces: Faces | None = None,
    face_labels: NDArray[np.uint8] | None = None,
    order: str = "",
) -> bytes:
    """PLY as text (order "") or binary ("<", ">")."""
    columns: list[tuple[str, str, NDArray[np.generic]]] = [("float", f"{order}f4", points[:, i]) for i in range(3)]
    names = ["x", "y", "z"]
    if normals is not None:
        columns += [("float", f"{order}f4", normals[:, i]) for i in range(3)]
        names += ["nx", "ny", "nz"]
    if labels is not None:
        columns.append(("uchar", "u1", labels))
        names.append("label")
    form = {"": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}[order]
    lines = ["ply", f"format {form} 1.0", "comment made by a test", f"element vertex {len(points)}"]
    lines += [f"property {kind} {name}" for name, (kind, _, _) in zip(names, columns, strict=True)]
    if faces is not None:
        lines += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
        lines += ["property uchar label"] if face_labels is not None else []
    body = rows(*(column for _, _, column in columns))
    if order:
        dtype = np.dtype([(name, kind) for name, (_, kind, _) in zip(names, columns, strict=True)])
        body = np.array(list(zip(*(column for _, _, column in columns), strict=True)), dtype=dtype).tobytes()
    for number, face in enumerate(faces or ()):
        extra = [] if face_labels is None else [int(face_labels[number])]
        if order:
            body += struct.pack(f"{order}B{len(face)}i{len(extra)}B", len(face), *face, *extra)
        else:
            body += " ".join(map(str, [len(face), *face, *extra])).encode() + b"\n"
    return "\n".join([*lines, "end_header", ""]).encode() + body


def literal_lzf(data: bytes) -> bytes:
    """LZF without any repetition: runs of up to 32 bytes behind their length."""
    runs = [data[start : start + 32] for start in range(0, len(data), 32)]
    return b"".join(bytes([len(run) - 1]) + run for run in runs)


def pcd(
    points: Floats, *, normals: Floats | None = None, labels: NDArray[np.uint8] | None = None, storage: str = "ascii"
) -> bytes:
    """PCD with a field `rgb` that nobody needs between the others, and a padding field of two bytes."""
    count = len(points)
    fields: list[tuple[str, str, int, NDArray[np.generic]]] = [
        *(("xyz"[i], "<f4", 1, points[:, i]) for i in range(3)),
        ("rgb", "<u4", 1, np.full(count, 0x102030, dtype="<u4")),
        ("_", "<u1", 2, np.zeros((count, 2), dtype=np.uint8)),
    ]
    if normals is not None:
        fields += [(f"normal_{'xyz'[i]}", "<f4", 1, normals[:, i]) for i in range(3)]
    if labels is not None:
        fields.append(("label", "<u4", 1, labels))
    header = (
        "# .PCD v0.7 - Point Cloud Data file format",
        "VERSION 0.7",
        "FIELDS " + " ".join(name for name, _, _, _ in fields),
        "SIZE " + " ".join(kind[2] for _, kind, _, _ in fields),
        "TYPE " + " ".join(kind[1].upper() for _, kind, _, _ in fields),
        "COUNT " + " ".join(str(number) for _, _, number, _ in fields),
        f"WIDTH {count}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {count}",
        f"DATA {storage}\n",
    )
    blocks = [np.asarray(values).astype(kind).reshape(count, -1) for _, kind, _, values in fields]
    if storage == "ascii":
        body = rows(*blocks)
    elif storage == "binary":
        body = b"".join(b"".join(block[point].tobytes() for block in blocks) for point in range(count))
    else:
        unpacked = b"".join(block.tobytes() for block in blocks)
        packed = literal_lzf(unpacked)
        body = struct.pack("<II", len(packed), len(unpacked)) + packed
    return "\n".join(header).encode() + body


def obj(points: Floats, *, normals: Floats | None = None, faces: Faces | None = None) -> bytes:
    lines = ["# made by a test", "mtllib never_opened.mtl", "o thing"]
    lines += ["v " + " ".join(repr(float(number)) for number in row) for row in points]
    lines += [
        "vn " + " ".join(repr(float(number)) for number in row) for row in (normals if normals is not None else ())
    ]
    lines += ["f " + " ".join(f"{corner + 1}" for corner in face) for face in faces or ()]
    return ("\n".join(lines) + "\n").encode()


def off(points: Floats, *, faces: Faces = (), normals: Floats | None = None) -> bytes:
    word = b"OFF" if normals is None else b"NOFF"
    body = rows(points) if normals is None else rows(points, normals)
    polygons = "".join(f"{len(face)} {' '.join(map(str, face))}\n" for face in faces)
    return word + f"\n# made by a test\n{len(points)} {len(faces)} 0\n".encode() + body + polygons.encode()


def binary_stl(points: Floats, faces: Faces) -> bytes:
    facets = b"".join(bytes(12) + points[list(face)].astype("<f4").tobytes() + bytes(2) for face in faces)
    return b"made by a test".ljust(80, b"\0") + struct.pack("<I", len(faces)) + facets


def ascii_stl(points: Floats, faces: Faces) -> bytes:
    facets = "".join(
        "facet normal 0 0 0\n outer loop\n"
        + "".join(f"  vertex {' '.join(repr(float(number)) for number in points[corner])}\n" for corner in face)
        + " endloop\nendfacet\n"
        for face in faces
    )
    return f"solid thing\n{facets}endsolid thing\n".encode()


def npy(array: NDArray[np.generic]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def npz(**arrays: NDArray[np.generic]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


BALL = sphere(60)
CLOUD_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ply ascii": (".ply", lambda: ply(BALL, normals=BALL, labels=octants(BALL))),
    "ply little": (".ply", lambda: ply(BALL, normals=BALL, labels=octants(BALL), order="<")),
    "ply big": (".ply", lambda: ply(BALL, normals=BALL, labels=octants(BALL), order=">")),
    "pcd ascii": (".pcd", lambda: pcd(BALL, normals=BALL, labels=octants(BALL))),
    "pcd binary": (".pcd", lambda: pcd(BALL, normals=BALL, labels=octants(BALL), storage="binary")),
    "pcd compressed": (".pcd", lambda: pcd(BALL, normals=BALL, labels=octants(BALL), storage="binary_compressed")),
    "obj points": (".obj", lambda: obj(BALL, normals=BALL)),
    "off points": (".off", lambda: off(BALL, normals=BALL)),
    "xyz": (".xyz", lambda: rows(BALL)),
    "xyz with normals and labels": (".txt", lambda: rows(BALL, BALL, octants(BALL))),
    "pts": (".pts", lambda: b"60\n" + rows(BALL)),
    "npy": (".npy", lambda: npy(np.concatenate((BALL, BALL), axis=1))),
    "npz": (".npz", lambda: npz(points=BALL, normals=BALL, labels=octants(BALL).astype(np.int64))),
}
"""A file of `BALL` in every format of clouds; labels are its octants where the format has them."""

MESH_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ply ascii": (".ply", lambda: ply(CUBE, faces=CUBE_QUADS)),
    "ply ascii, mixed": (".ply", lambda: ply(CUBE, faces=CUBE_TRIANGLES[:2] + CUBE_QUADS[1:])),
    "ply little": (".ply", lambda: ply(CUBE, faces=CUBE_TRIANGLES, order="<")),
    "ply little, mixed": (".ply", lambda: ply(CUBE, faces=CUBE_TRIANGLES[:2] + CUBE_QUADS[1:], order="<")),
    "ply big": (".ply", lambda: ply(CUBE, faces=CUBE_QUADS, order=">")),
    "obj": (".obj", lambda: obj(CUBE, faces=CUBE_QUADS)),
    "off": (".off", lambda: off(CUBE, faces=CUBE_QUADS)),
    "stl binary": (".stl", lambda: binary_stl(CUBE, CUBE_TRIANGLES)),
    "stl ascii": (".stl", lambda: ascii_stl(CUBE, CUBE_TRIANGLES)),
}
"""A file of the unit cube, with faces wound to be seen from outside, in every format of meshes."""
