"""OFF: a line of counts, the vertices, the polygons. Own parser: hostile lines stay in Python."""

from array import array

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines
from engine.inputs.clouds.formats._polygons import check_corners, fan
from engine.inputs.clouds.formats.base import Format, Geometry, as_indices, check_counts, damaged, whole

_MAGICS = (b"OFF", b"COFF", b"NOFF", b"CNOFF")


def read(data: bytes) -> Geometry:
    """Vertices with their normals (NOFF), and polygons; colours are passed over.

    The counts may follow the magic word on its line, with no space between, as in files of ModelNet.
    """
    magic = next((word for word in _MAGICS if data.startswith(word)), None)
    if magic is None:
        raise InvalidInput("this is not an OFF file (it does not begin with OFF); save it anew as OFF")
    if data[:200].upper().split(b"\n")[0].rstrip().endswith(b"BINARY"):
        raise InvalidInput("binary OFF cannot be read; save the mesh as ASCII OFF or as PLY")
    lines = Lines(data[len(magic) :], "OFF")
    counts = lines.words(0) if len(lines) else []
    if len(counts) not in (2, 3) or None in map(whole, counts):
        raise damaged("OFF", "it has no line with the numbers of vertices and faces")
    vertices, polygons = (whole(word) or 0 for word in counts[:2])
    check_counts(points=vertices, triangles=polygons)
    if vertices + polygons > len(lines) - 1:
        raise damaged("OFF", f"it declares {vertices:,} vertices and {polygons:,} faces on {len(lines) - 1:,} lines")
    table = lines.table(1, vertices)
    width = 6 if b"N" in magic else 3
    if table.shape[1] < width:
        raise damaged("OFF", f"its vertices have fewer than {width} numbers")
    return Geometry(
        points=table[:, :3],
        normals=table[:, 3:6] if width == 6 else None,
        faces=_faces(lines, 1 + vertices, polygons),
    )


def _faces(lines: Lines, first: int, count: int) -> NDArray[np.int64] | None:
    """Lines of `n i_1 ... i_n [colour]` as triangles."""
    if not count:
        return None
    corners, sizes = array("q"), array("q")
    try:
        for line in lines.text(first, count).splitlines():
            words = line.split()
            size = int(words[0])
            if not 0 <= size <= len(words) - 1:
                raise damaged("OFF", "a face has fewer corners than it declares")
            sizes.append(size)
            corners.extend(map(int, words[1 : size + 1]))
            check_corners(len(corners))
    except (ValueError, OverflowError, IndexError):
        raise damaged("OFF", "a face is not made of whole numbers") from None
    indices = as_indices(np.frombuffer(corners, dtype=np.int64), "OFF")
    return fan(indices, np.frombuffer(sizes, dtype=np.int64))[0]


FORMAT = Format(name="OFF", suffixes=(".off",), magics=_MAGICS, read=read)
