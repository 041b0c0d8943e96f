"""3D files that must be refused with one sentence: shared by tests of the decoder, the command line and the browser.

The twin of `bad_inputs.py`: a name, the suffix to give the file, a function that makes the bytes, and words that the
message must contain (compared without regard to case). Everything is made here; nothing is stored.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.inputs.clouds import MAX_CLOUD_BYTES
from tests.material.cloud_files import BALL, CUBE, CUBE_TRIANGLES, ascii_stl, npy, npz, obj, off, pcd, ply, rows

FIFTY_MILLION = 50_000_000


class BadCloud(NamedTuple):
    """One file that cannot be used."""

    name: str
    suffix: str
    make: Callable[[], bytes]
    words: str

    @property
    def file_name(self) -> str:
        return f"shape{self.suffix}"


def spoiled(value: float) -> bytes:
    """The ball with one coordinate replaced."""
    points = BALL.astype(np.float64)
    points[7, 1] = value
    return rows(points)


def slow_ply() -> bytes:
    """A list of no fixed length behind 200 properties, in 40,000 rows: numbers to be read one by one."""
    names = "".join(f"property uchar p{number}\n" for number in range(200))
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex 40000\n{names}property list uchar uchar l\nend_header\n"
    )
    return head.encode() + b"".join(bytes(200) + bytes([row % 2] * (1 + row % 2)) for row in range(40_000))


def pickled() -> bytes:
    return npy(np.array([{"points": 1}] * 20, dtype=object))


def zip_bomb() -> bytes:
    """An archive of a few hundred kB that claims, truly, to unpack to 210 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("points.npy", npy(np.zeros(210 * 2**17)))
    return buffer.getvalue()


def declared_npy() -> bytes:
    """A header of 50 million points, and little data."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (50000000, 3), }"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.ljust(117) + b"\n" + bytes(600)


def declared_stl() -> bytes:
    return bytes(80) + struct.pack("<I", FIFTY_MILLION) + bytes(500)


def many_lines() -> bytes:
    return b"0 0 0\n" * 2_002_000


def line() -> bytes:
    """40 points on a line through space."""
    return rows(np.arange(40)[:, None] * np.array([[1.0, 2.0, 3.0]]) + 5.0)


def outside() -> tuple[tuple[int, ...], ...]:
    """The faces of the cube, the last with a corner that is no vertex."""
    return (*CUBE_TRIANGLES[:-1], (0, 1, 8))


def without_area() -> bytes:
    return obj(CUBE, faces=[(0, 0, 1), (2, 2, 2)])


def swapped_counts() -> bytes:
    """PCD of 60 points that says 61 in both places."""
    return pcd(BALL).replace(b"WIDTH 60", b"WIDTH 61").replace(b"POINTS 60", b"POINTS 61")


def damaged_block() -> bytes:
    """Compressed PCD whose sizes are right and whose LZF stream points back before its start."""
    data = bytearray(pcd(BALL, storage="binary_compressed"))
    start = data.index(b"binary_compressed\n") + len(b"binary_compressed\n") + 8
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


def foreign_lists() -> bytes:
    """A ball behind many lists of something else, of different lengths: each would be read by itself."""
    data, count = ply(BALL, order="<"), 200_001
    element = f"element strips {count}\nproperty list uchar uchar row\nelement vertex".encode()
    head, end, body = data.replace(b"element vertex", element, 1).partition(b"end_header\n")
    return head + end + b"\x01\x07" + bytes(count - 1) + body


def two_faces() -> bytes:
    data = ply(CUBE, faces=CUBE_TRIANGLES)
    return data.replace(b"element face", b"element face 0\nproperty list uchar int vertex_indices\nelement face", 1)


def foreign_compression() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("points.npy", npy(BALL))
    return buffer.getvalue()


SQUASHED = np.array([[1, 2, 3], [3, 1, 0], [0, 0, 0]], dtype=np.float32)

ZEROS = np.zeros(8, dtype=np.uint8)

BAD_CLOUDS = (
    BadCloud("empty", ".ply", lambda: b"", "the file is empty"),
    BadCloud("unknown suffix", ".docx", lambda: ply(BALL), "cannot be read; choose one of NPY"),
    BadCloud("no suffix", "", lambda: ply(BALL), "cannot be read; choose one of NPY"),
    BadCloud("over the byte limit", ".xyz", lambda: bytes(MAX_CLOUD_BYTES + 1), "at most 50 MB"),
    BadCloud("ply read number by number", ".ply", slow_ply, "would take too long; save it with fewer properties"),
    BadCloud("ply named obj", ".obj", lambda: ply(BALL), "named .obj but holds PLY"),
    BadCloud("npz named npy", ".npy", lambda: npz(points=BALL), "named .npy but holds NPZ"),
    BadCloud("text named ply", ".ply", lambda: rows(BALL), "not a PLY file"),
    BadCloud("text named stl", ".stl", lambda: b"Dear reader, this is no shape.\n" * 20, "not an STL file"),
    BadCloud("text named xyz", ".xyz", lambda: b"Dear reader, this is no shape.\n" * 20, "numbers"),
    BadCloud("text named pcd", ".pcd", lambda: b"Dear reader, this is no shape.\n" * 20, "not a PCD file"),
    BadCloud("text named off", ".off", lambda: b"Dear reader, this is no shape.\n" * 20, "not an OFF file"),
    BadCloud("text named obj", ".obj", lambda: b"Dear reader, this is no shape.\n" * 20, "no vertices"),
    BadCloud("text named npy", ".npy", lambda: b"Dear reader, this is no shape.\n" * 20, "not an NPY file"),
    BadCloud("text named npz", ".npz", lambda: b"Dear reader, this is no shape.\n" * 20, "not an NPZ file"),
    BadCloud("binary named xyz", ".xyz", lambda: bytes(range(256)) * 8, "binary data"),
    BadCloud("nan", ".xyz", lambda: spoiled(np.nan), "NaN or infinite"),
    BadCloud("infinity", ".pts", lambda: spoiled(-np.inf), "NaN or infinite"),
    BadCloud("nan in a binary ply", ".ply", lambda: ply(BALL * np.float32(np.nan), order="<"), "NaN or infinite"),
    BadCloud("huge coordinates", ".xyz", lambda: spoiled(1e30), "as large as 1.0e+30"),
    BadCloud("single point", ".xyz", lambda: b"1 2 3\n", "the cloud has 1;"),
    BadCloud("fifteen points", ".npy", lambda: npy(BALL[:15]), "the cloud has 15;"),
    BadCloud("all points equal", ".npy", lambda: npy(np.full((40, 3), 0.1)), "same place"),
    BadCloud("collinear", ".xyz", line, "one line"),
    BadCloud("flat", ".xyz", lambda: rows(BALL * np.float32([1, 1, 0]) + 2), "in one plane"),
    BadCloud("flat and slanted", ".npy", lambda: npy(BALL @ SQUASHED), "one plane"),
    BadCloud("flat mesh", ".obj", lambda: obj(CUBE[:4], faces=((0, 1, 3, 2),)), "in one plane"),
    BadCloud("two columns", ".xyz", lambda: rows(BALL[:, :2]), "fewer than 3 numbers"),
    BadCloud("ragged lines", ".xyz", lambda: rows(BALL) + b"1 2\n", "as many numbers"),
    BadCloud("decimal commas", ".xyz", lambda: b"1,5 2,5 3,5\n" * 20, "numbers"),
    BadCloud("face outside", ".obj", lambda: obj(CUBE, faces=outside()), "uses vertex 8"),
    BadCloud("face outside, ply", ".ply", lambda: ply(CUBE, faces=outside(), order=">"), "uses vertex 8"),
    BadCloud("face outside, labels", ".ply", lambda: ply(CUBE, labels=ZEROS, faces=outside()), "uses vertex 8"),
    BadCloud("face outside, off", ".off", lambda: off(CUBE, faces=((0, 1, -1),)), "uses vertex -1"),
    BadCloud("mesh without area", ".obj", without_area, "no area"),
    BadCloud("truncated ply", ".ply", lambda: ply(BALL, order="<")[:-1], "cut off"),
    BadCloud("truncated ascii ply", ".ply", lambda: ply(BALL)[:-200], "cut off"),
    BadCloud("truncated pcd", ".pcd", lambda: pcd(BALL, storage="binary")[:-1], "cut off"),
    BadCloud("truncated stl", ".stl", lambda: ascii_stl(CUBE, CUBE_TRIANGLES)[:-40], "cut off"),
    BadCloud("truncated npy", ".npy", lambda: npy(BALL)[:-1], "cut off"),
    BadCloud("truncated npz", ".npz", lambda: npz(points=BALL)[:-30], "cut off"),
    BadCloud("pickled npy", ".npy", pickled, "nothing is unpickled"),
    BadCloud("npy of text", ".npy", lambda: npy(np.array(["a"] * 20)), "plain numbers"),
    BadCloud("npy of another shape", ".npy", lambda: npy(np.zeros((20, 4))), "must be (P, 3)"),
    BadCloud("npz without points", ".npz", lambda: npz(cloud=BALL), "no array named points"),
    BadCloud("npz without faces", ".npz", lambda: npz(vertices=CUBE), "nor vertices and faces"),
    BadCloud(
        "npz of quads", ".npz", lambda: npz(vertices=CUBE, faces=np.zeros((6, 4), dtype=int)), "faces has shape (6, 4)"
    ),
    BadCloud("npz with a face outside", ".npz", lambda: npz(vertices=CUBE, faces=np.array(outside())), "uses vertex 8"),
    BadCloud("npz with half a corner", ".npz", lambda: npz(vertices=CUBE, faces=CUBE[:, :3] / 2), "no index"),
    BadCloud(
        "npz with too few labels",
        ".npz",
        lambda: npz(vertices=CUBE, faces=np.array(CUBE_TRIANGLES), face_labels=np.arange(3)),
        "need face_labels",
    ),
    BadCloud("npz of lzma", ".npz", foreign_compression, "compressed as NumPy never does"),
    BadCloud("zip bomb", ".npz", zip_bomb, "unpacks to"),
    BadCloud("50 million points, ply", ".ply", lambda: ply(BALL).replace(b" 60", b" 50000000"), "50,000,000"),
    BadCloud("50 million points, pcd", ".pcd", lambda: pcd(BALL).replace(b" 60", b" 50000000"), "50,000,000 points"),
    BadCloud("50 million points, pts", ".pts", lambda: b"50000000\n" + rows(BALL), "50,000,000 points"),
    BadCloud("50 million points, off", ".off", lambda: b"OFF\n50000000 0 0\n0 0 0\n", "50,000,000 points"),
    BadCloud("50 million points, npy", ".npy", declared_npy, "50,000,000 points"),
    BadCloud("50 million triangles, stl", ".stl", declared_stl, "50,000,000 triangles"),
    BadCloud("too many lines", ".xyz", many_lines, "2,002,001 lines"),
    BadCloud("counts that lie, ply", ".ply", lambda: ply(BALL).replace(b"x 60", b"x 61"), "declares"),
    BadCloud("counts that lie, pcd", ".pcd", swapped_counts, "declares"),
    BadCloud("counts that lie, pts", ".pts", lambda: b"61\n" + rows(BALL), "declares 61 points but has 60"),
    BadCloud("negative count, ply", ".ply", lambda: ply(BALL).replace(b" 60", b" -60"), "negative"),
    BadCloud("negative count, off", ".off", lambda: b"OFF\n-8 12 0\n" + rows(BALL), "negative"),
    BadCloud("negative count, pcd", ".pcd", lambda: pcd(BALL).replace(b" 60", b" -60"), "negative"),
    BadCloud("lists before the vertices", ".ply", foreign_lists, "more than 200,000 lists"),
    BadCloud("faces twice", ".ply", two_faces, "faces at most once"),
    BadCloud("endless header", ".ply", lambda: b"ply\nformat ascii 1.0\ncomment " + b"a" * 500_000, "header"),
    BadCloud("header of many lines", ".ply", lambda: b"ply\n" + b"comment\n" * 5000 + b"end_header\n", "header"),
    BadCloud("very long line", ".xyz", lambda: b"0 " * 50_000, "line of"),
    BadCloud("damaged compression", ".pcd", damaged_block, "cannot be unpacked"),
)
