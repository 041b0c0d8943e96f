"""PCD, the format of PCL: ASCII, binary and compressed. Own parser.

open3d reads PCD too, but some files end the process: version 0.19.0 crashes on a header with normal_y and normal_z
but no normal_x, even where everything else is right. It would also cost each process 300 MB of memory.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines
from engine.inputs.clouds.formats._lzf import unpack
from engine.inputs.clouds.formats._pcd_header import Field, Header, read_header
from engine.inputs.clouds.formats.base import Format, Geometry, as_labels, damaged

Columns = dict[str, NDArray[np.float64]]

_MAX_UNPACKED = 200 * 1024 * 1024
_SIZES = 8  # two uint32 before a compressed block: its length packed and unpacked
_USED = ("x", "y", "z", "normal_x", "normal_y", "normal_z", "label")


def read(data: bytes) -> Geometry:
    """x y z, normal_x normal_y normal_z, and label where it holds whole numbers in [0, 255]; no viewpoint."""
    header = read_header(data)
    names = [field.name for field in header.fields]
    if not {"x", "y", "z"} <= set(names):
        raise damaged("PCD", "it has no fields x, y and z")
    if not header.points:
        raise InvalidInput("the PCD file has no points; choose a file that holds a shape")
    columns = {"ascii": _ascii, "binary": _binary, "binary_compressed": _compressed}[header.storage](data, header)
    normals = None
    if set(_USED[3:6]) <= set(columns):
        normals = np.stack([columns[name] for name in _USED[3:6]], axis=1)
    return Geometry(
        points=np.stack([columns[name] for name in _USED[:3]], axis=1),
        normals=normals,
        labels=as_labels(columns["label"]) if "label" in columns else None,
    )


def _ascii(data: bytes, header: Header) -> Columns:
    lines = Lines(data[header.start :], "PCD")
    numbers = lines.table(0, header.points)
    if len(lines) != header.points or numbers.shape[1] != sum(field.count for field in header.fields):
        raise damaged("PCD", f"its data are not the {header.points:,} points that its header declares")
    starts = np.cumsum([0, *(field.count for field in header.fields)])
    return {field.name: numbers[:, start] for field, start in _used(header, starts[:-1].tolist())}


def _binary(data: bytes, header: Header) -> Columns:
    record = header.record
    if header.points * record.itemsize > len(data) - header.start:
        raise damaged("PCD", f"it ends before the {header.points:,} points that its header declares")
    rows = np.frombuffer(data, dtype=record, count=header.points, offset=header.start)
    places = list(range(len(header.fields)))
    return {field.name: rows[f"f{place}"][:, 0].astype(np.float64) for field, place in _used(header, places)}


def _used(header: Header, places: list[int]) -> list[tuple[Field, int]]:
    """The fields that matter with their places; of a name given twice, the first."""
    found: dict[str, tuple[Field, int]] = {}
    for field, place in zip(header.fields, places, strict=True):
        if field.name in _USED:
            found.setdefault(field.name, (field, place))
    return list(found.values())


def _compressed(data: bytes, header: Header) -> Columns:
    """A compressed block: all numbers of the first field, then of the second, ...; its sizes must fit the header."""
    packed = int.from_bytes(data[header.start : header.start + 4], "little")
    unpacked = int.from_bytes(data[header.start + 4 : header.start + _SIZES], "little")
    block = data[header.start + _SIZES : header.start + _SIZES + packed]
    if len(block) < packed or unpacked != header.points * header.record.itemsize:
        raise damaged("PCD", "its compressed block has not the size that its header declares")
    if unpacked > _MAX_UNPACKED:
        raise InvalidInput(f"the PCD file unpacks to {unpacked / 2**20:.0f} MB; save only x, y, z and normals")
    content = unpack(block, unpacked, "PCD")
    sizes = [header.points * field.count * int(field.kind[2]) for field in header.fields]
    starts = np.cumsum([0, *sizes])[:-1].tolist()
    columns: Columns = {}
    for field, start in _used(header, starts):
        numbers = np.frombuffer(content, dtype=field.kind, count=header.points * field.count, offset=start)
        columns[field.name] = numbers[:: field.count].astype(np.float64)
    return columns


FORMAT = Format(name="PCD", suffixes=(".pcd",), magics=(b"# .PCD",), read=read)
