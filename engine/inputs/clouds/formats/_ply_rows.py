"""The rows of one PLY element: at once where all its lists are equally long, else number by number."""

import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines, table
from engine.inputs.clouds.formats._ply_header import Element
from engine.inputs.clouds.formats._polygons import check_corners
from engine.inputs.clouds.formats.base import MAX_TRIANGLES, as_indices, check_counts, damaged

_MAX_LIST = 100_000
_MAX_WALKED = 3 * MAX_TRIANGLES  # entries read one by one: a list for each triangle, and two numbers beside it
_CODES = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}
Column = NDArray[np.float64]
Lists = tuple[NDArray[np.int64], NDArray[np.int64]]
Names = frozenset[str]
Take = Callable[[str, int], tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """columns: float64 (count,) by name. lists: by name, all entries one after another and how many each row has."""

    columns: dict[str, Column]
    lists: dict[str, Lists]


def binary_rows(data: bytes, start: int, element: Element, order: str, kept: Names) -> tuple[Rows, int]:
    """The rows from byte `start` on, of them the names in `kept`, and where the next element begins."""
    if element.count * element.least_bytes > len(data) - start:
        raise damaged("PLY", f"it declares {element.count:,} rows of {element.name!r:.20} but ends before them")
    if not element.count:
        return _nothing(element, kept), start
    uniform = _uniform_binary(data, start, element, order)
    if uniform is not None:
        return _split(element, uniform, kept), start + uniform.dtype.itemsize * element.count
    position = start

    def take(kind: str, count: int) -> tuple[float, ...]:
        nonlocal position
        stop = position + count * int(kind[1])
        if stop > len(data):
            raise damaged("PLY", f"it ends within its rows of {element.name!r:.20}")
        numbers = struct.unpack_from(f"{order}{count}{_CODES[kind]}", data, position)
        position = stop
        return numbers

    rows = _walked(element, kept, lambda _: take)
    return rows, position


def text_rows(lines: Lines, start: int, element: Element, kept: Names) -> tuple[Rows, int]:
    """The rows from line `start` on, of them the names in `kept`, and the line where the next element begins."""
    text = lines.text(start, element.count)
    if not element.count:
        return _nothing(element, kept), start
    uniform = _uniform_text(text, element)
    if uniform is not None:
        return _split(element, uniform, kept), start + element.count
    words = text.splitlines()

    def taker(row: int) -> Take:
        numbers = iter(words[row].split())

        def take(_: str, count: int) -> tuple[float, ...]:
            taken = tuple(float(word) for _, word in zip(range(count), numbers, strict=False))
            if len(taken) < count:
                raise damaged("PLY", f"a row of {element.name!r:.20} is too short")
            return taken

        return take

    try:
        return _walked(element, kept, taker), start + element.count
    except ValueError:
        raise damaged("PLY", f"a row of {element.name!r:.20} is not made of numbers") from None


def _uniform_binary(data: bytes, start: int, element: Element, order: str) -> NDArray[Any] | None:
    """All rows as a structured array if every list is as long as in the first row."""
    fields: list[tuple[Any, ...]] = []
    size = 0
    for number, entry in enumerate(element.properties):
        if entry.length:
            width = int(entry.length[1])
            begin = start + size
            length = int.from_bytes(data[begin : begin + width], "little" if order == "<" else "big")
            size += width + length * int(entry.kind[1])
            fields += [(f"n{number}", order + entry.length), (f"p{number}", order + entry.kind, (length,))]
        else:
            size += int(entry.kind[1])
            fields.append((f"p{number}", order + entry.kind))
        if size * element.count > len(data) - start:
            return None
    rows = np.frombuffer(data, dtype=np.dtype(fields), count=element.count, offset=start)
    for number, entry in enumerate(element.properties):
        if entry.length and (rows[f"n{number}"] != rows[f"p{number}"].shape[1]).any():
            return None
    return rows


def _uniform_text(text: bytes, element: Element) -> NDArray[Any] | None:
    """The same for text."""
    first = text.partition(b"\n")[0].split()
    fields: list[tuple[Any, ...]] = []
    position = 0
    for number, entry in enumerate(element.properties):
        if entry.length:
            if position >= len(first) or not first[position].isdigit():
                return None
            length = int(first[position][:9])
            fields += [(f"n{number}", np.float64), (f"p{number}", np.float64, (length,))]
            position += 1 + length
        else:
            fields.append((f"p{number}", np.float64))
            position += 1
    if position != len(first) or not position:
        return None
    try:
        numbers = table(text, "PLY")
    except InvalidInput:
        if any(entry.length for entry in element.properties):
            return None  # lists of different lengths, or damage that the walk will name
        raise
    if numbers.shape != (element.count, position):
        return None
    rows = np.ascontiguousarray(numbers).view(np.dtype(fields))[:, 0]
    for number, entry in enumerate(element.properties):
        if entry.length and (rows[f"n{number}"] != rows[f"p{number}"].shape[1]).any():
            return None
    return rows


def _split(element: Element, rows: NDArray[Any], kept: Names) -> Rows:
    columns: dict[str, Column] = {}
    lists: dict[str, Lists] = {}
    for number, entry in enumerate(element.properties):
        values = rows[f"p{number}"]
        if entry.name not in kept:
            continue
        if entry.length:
            check_counts(triangles=len(values) * max(values.shape[1] - 2, 0))
            sizes = np.full(len(values), values.shape[1], dtype=np.int64)
            lists[entry.name] = as_indices(values.ravel(), "PLY"), sizes
        else:
            columns.setdefault(entry.name, values.astype(np.float64))
    return Rows(columns=columns, lists=lists)


def _walked(element: Element, kept: Names, taker: Callable[[int], Take]) -> Rows:
    """Number by number: `taker(row)` gives the function that takes the next numbers of a row."""
    if element.count * len(element.properties) > _MAX_WALKED:
        raise InvalidInput(
            f"the PLY file has lists of different lengths beside {len(element.properties)} properties in each of "
            f"{element.count:,} rows of {element.name!r:.20}, which would take too long; save it with fewer properties"
        )
    columns = {entry.name: array("d") for entry in element.properties if not entry.length and entry.name in kept}
    lists = {entry.name: (array("d"), array("q")) for entry in element.properties if entry.length}
    for row in range(element.count):
        take = taker(row)
        for entry in element.properties:
            number, *_ = take(entry.length or entry.kind, 1)
            if entry.length:
                if not 0 <= number <= _MAX_LIST or number != int(number):
                    raise damaged("PLY", "a list has an impossible length")
                values = take(entry.kind, int(number))
                if entry.name in kept:
                    entries, sizes = lists[entry.name]
                    entries.extend(values)
                    sizes.append(len(values))
                    check_corners(len(entries))
            elif entry.name in kept:
                columns[entry.name].append(number)
    return Rows(
        columns={name: np.array(column)[: element.count] for name, column in columns.items()},
        lists={
            name: (as_indices(np.array(entries), "PLY"), np.array(sizes, dtype=np.int64))
            for name, (entries, sizes) in lists.items()
            if name in kept
        },
    )


def _nothing(element: Element, kept: Names) -> Rows:
    none = np.empty(0, dtype=np.int64)
    used = [entry for entry in element.properties if entry.name in kept]
    return Rows(
        columns={entry.name: np.empty(0) for entry in used if not entry.length},
        lists={entry.name: (none, none) for entry in used if entry.length},
    )
