"""STL, ASCII and binary: triangles with their corners. Own parser: one fixed record, or one word per corner."""

import re

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines, table
from engine.inputs.clouds.formats.base import MAX_TRIANGLES, Format, Geometry, check_counts, damaged

_HEADER = 84
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_TEXT = bytes(range(32, 127)) + b"\t\r\n"
_LINES_PER_TRIANGLE = 7


def read(data: bytes) -> Geometry:
    """Triangles; stored normals are not used, since the winding says them too.

    Some binary files begin with `solid` like text: a binary file is told by its size, which its count decides.
    """
    declared = int.from_bytes(data[80:_HEADER], "little") if len(data) >= _HEADER else -1
    if declared >= 0 and len(data) == _HEADER + declared * _RECORD.itemsize:
        return _binary(data, declared)
    if data.lstrip()[:5].lower() == b"solid":
        return _ascii(data)
    if declared < 0 or not data[:_HEADER].translate(None, _TEXT):
        raise InvalidInput("this is not an STL file, neither as text nor binary; save it anew as STL")
    return _binary(data, declared)


def _binary(data: bytes, declared: int) -> Geometry:
    check_counts(triangles=declared)
    if declared == 0:
        raise InvalidInput("the STL file has no triangles; choose a file that holds a shape")
    if len(data) < _HEADER + declared * _RECORD.itemsize:
        held = (len(data) - _HEADER) // _RECORD.itemsize
        raise damaged("STL", f"it declares {declared:,} triangles but holds {held:,}")
    records = np.frombuffer(data, dtype=_RECORD, count=declared, offset=_HEADER)
    return _triangles(records["corners"].astype(np.float64).reshape(-1, 3))


def _ascii(data: bytes) -> Geometry:
    check_counts(triangles=data.count(b"vertex") // 3)
    lines = Lines(data, "STL", most=_LINES_PER_TRIANGLE * MAX_TRIANGLES + 1_000)
    text = lines.text().lower()
    if b"endsolid" not in text:
        raise damaged("STL", "it has no endsolid line")
    corners = re.findall(rb"^[ \t]*vertex([^\n]*)$", text, re.MULTILINE)
    if len(corners) % 3 or len(corners) != 3 * text.count(b"endfacet"):
        raise damaged("STL", "a facet does not have 3 corners")
    if not corners:
        raise InvalidInput("the STL file has no triangles; choose a file that holds a shape")
    numbers = table(b"\n".join(corners), "STL")
    if numbers.shape != (len(corners), 3):
        raise damaged("STL", "a corner does not have 3 numbers")
    return _triangles(numbers)


def _triangles(corners: NDArray[np.float64]) -> Geometry:
    return Geometry(points=corners, faces=np.arange(len(corners), dtype=np.int64).reshape(-1, 3))


FORMAT = Format(name="STL", suffixes=(".stl",), magics=(b"solid ",), read=read)
