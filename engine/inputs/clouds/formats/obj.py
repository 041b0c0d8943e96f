"""OBJ: lines that begin with a word. Own parser: only four words matter here, and material files are never opened."""

import io
import re
from array import array

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines, table
from engine.inputs.clouds.formats._polygons import check_corners, fan
from engine.inputs.clouds.formats.base import MAX_TRIANGLES, Format, Geometry, as_indices, check_counts, damaged
from engine.inputs.clouds.working import MAX_POINTS

_MOST_LINES = 3 * MAX_POINTS + MAX_TRIANGLES + 10_000  # vertices, normals, textures, faces, the rest


def read(data: bytes) -> Geometry:
    """`v` and `f` lines; `vn` lines too where there are no faces and as many normals as vertices."""
    lines = Lines(data.replace(b"\\\n", b" ").replace(b"\\\r\n", b" "), "OBJ", most=_MOST_LINES)
    text = b"\n" + lines.text()
    check_counts(
        points=text.count(b"\nv ") + text.count(b"\nv\t"), triangles=text.count(b"\nf ") + text.count(b"\nf\t")
    )
    positions = _three(text, b"v")
    if not len(positions):
        raise InvalidInput("the OBJ file has no vertices (v lines); choose a file that holds a shape")
    faces = b"\n".join(re.findall(rb"^f[ \t]([^\n]*)$", text, re.MULTILINE))
    if faces:
        uniform = None if b"-" in faces else _uniform(faces)
        corners, sizes = _walked(text) if uniform is None else uniform
        return Geometry(points=positions, faces=fan(as_indices(corners, "OBJ"), sizes)[0])
    normals = _three(text, b"vn")
    return Geometry(points=positions, normals=normals if len(normals) == len(positions) else None)


def _three(text: bytes, word: bytes) -> NDArray[np.float64]:
    """The first three numbers of all lines that begin so, float64 (count, 3); a weight or a colour may follow any."""
    lines = len(re.findall(rb"^" + word + rb"[ \t]", text, re.MULTILINE))
    found = re.findall(rb"^" + word + rb"[ \t]+(" + rb"[ \t]+".join([rb"[^ \t\n]+"] * 3) + b")", text, re.MULTILINE)
    if len(found) != lines:
        raise damaged("OBJ", "a v or vn line does not have 3 numbers")
    return table(b"\n".join(found), "OBJ").reshape(-1, 3)


def _uniform(faces: bytes) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Corners counted from 0 and sizes of polygons that all have as many corners, else None: the common case, fast."""
    try:
        numbers = table(re.sub(rb"/[^ \t\n]*", b"", faces), "OBJ")
    except InvalidInput:
        return None
    check_corners(numbers.size)
    return numbers.ravel() - 1.0, np.full(len(numbers), numbers.shape[1], dtype=np.int64)


def _walked(text: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same line by line, for polygons of all sizes and corners that are counted backwards."""
    known, corners, sizes = 0, array("q"), array("q")
    try:
        for line in io.BytesIO(text):
            word, *rest = line.split() or (b"",)
            if word == b"v":
                known += 1
            elif word == b"f":
                sizes.append(len(rest))
                corners.extend([_corner(entry, known) for entry in rest])
                check_corners(len(corners))
    except (ValueError, OverflowError):
        raise damaged("OBJ", "a face is not made of whole numbers") from None
    return np.frombuffer(corners, dtype=np.int64), np.frombuffer(sizes, dtype=np.int64)


def _corner(word: bytes, known: int) -> int:
    """`7`, `7/1`, `7/1/3` or `7//3`, counted from 1, or from the last vertex if negative, as an index from 0.

    0 is no index: it becomes -1, which is refused with the other wrong ones.
    """
    index = int(word.partition(b"/")[0])
    return index - 1 if index >= 0 else known + index


FORMAT = Format(name="OBJ", suffixes=(".obj",), read=read)
