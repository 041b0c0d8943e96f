"""PLY, ASCII and binary: clouds and meshes. Own parser: a header that lies must not reach native code."""

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines
from engine.inputs.clouds.formats._ply_header import MAGICS, Element, Header, read_header
from engine.inputs.clouds.formats._ply_rows import Column, Names, Rows, binary_rows, text_rows
from engine.inputs.clouds.formats._polygons import fan
from engine.inputs.clouds.formats.base import Format, Geometry, as_labels, damaged

_POSITION = ("x", "y", "z")
_NORMAL = ("nx", "ny", "nz")
_CORNERS = ("vertex_indices", "vertex_index")
_MAX_FOREIGN_LISTS = 200_000  # lists are walked one by one
_LABELS = ("label", "labels", "scalar_label", "class", "part")


def read(data: bytes) -> Geometry:
    """x y z, nx ny nz, and a label of vertices or faces where a property of that name holds whole numbers in [0, 255].

    Elements other than `vertex` and `face` are passed over.
    """
    header = read_header(data)
    names = [element.name for element in header.elements]
    if names.count("vertex") != 1 or names.count("face") > 1:
        raise InvalidInput(
            "the PLY file must have vertices, once, and faces at most once; choose one that holds a shape"
        )
    corners = _corners(header)
    tables = _tables(data, header, frozenset((corners, *_POSITION, *_NORMAL, *_LABELS)))
    vertices = tables["vertex"].columns
    points = _three(vertices, _POSITION)
    if points is None:
        raise damaged("PLY", "its vertices have no x, y and z")
    polygons = tables["face"].lists.get(corners) if "face" in tables else None
    if polygons is None or not len(polygons[1]):
        return Geometry(points=points, normals=_three(vertices, _NORMAL), labels=_labels(vertices))
    faces, polygon = fan(*polygons)
    labels = _labels(tables["face"].columns)
    return Geometry(
        points=points,
        labels=_labels(vertices),
        faces=faces,
        face_labels=None if labels is None else labels[polygon],
    )


def _tables(data: bytes, header: Header, kept: Names) -> dict[str, Rows]:
    """The rows of vertices and faces by name; what comes after both is not read."""
    found: dict[str, Rows] = {}
    lines = None if header.order else Lines(data[header.start :], "PLY")
    position = 0 if lines is not None else header.start
    needed = {element.name for element in header.elements} & {"vertex", "face"}
    walked = 0
    for element in header.elements:
        if element.name not in needed and any(entry.length for entry in element.properties):
            walked += element.count
            if walked > _MAX_FOREIGN_LISTS:
                raise InvalidInput(
                    f"the PLY file has more than {_MAX_FOREIGN_LISTS:,} lists before its vertices and faces; save it "
                    "without them"
                )
        if not element.properties and element.count:
            raise damaged("PLY", f"its element {element.name!r:.20} has no properties")
        if lines is not None:
            rows, position = text_rows(lines, position, element, kept)
        else:
            rows, position = binary_rows(data, position, element, header.order, kept)
        found.setdefault(element.name, rows)
        if needed <= set(found):
            break
    return found


def _corners(header: Header) -> str:
    """The name of the list that holds the corners of faces."""
    faces: list[Element] = [element for element in header.elements if element.name == "face"]
    names = {entry.name for element in faces for entry in element.properties if entry.length}
    return next((name for name in _CORNERS if name in names), _CORNERS[0])


def _three(columns: dict[str, Column], names: tuple[str, str, str]) -> NDArray[np.float64] | None:
    if not all(name in columns for name in names):
        return None
    return np.stack([columns[name] for name in names], axis=1)


def _labels(columns: dict[str, Column]) -> NDArray[np.uint8] | None:
    name = next((name for name in _LABELS if name in columns), None)
    return None if name is None else as_labels(columns[name])


FORMAT = Format(name="PLY", suffixes=(".ply",), magics=MAGICS, read=read)
