"""The header of a PCD file: fields and counts, checked before any data is read."""

from dataclasses import dataclass

import numpy as np

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import MAX_HEADER, MAX_LINE
from engine.inputs.clouds.formats.base import check_counts, damaged, whole

_KINDS = {b"F": "f", b"I": "i", b"U": "u"}
_MAX_FIELDS = 64
_MAX_NUMBERS = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`count` numbers of one type per point. kind: NumPy's name of the type, little-endian."""

    name: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """storage: ascii, binary or binary_compressed. start: where the data begin."""

    fields: tuple[Field, ...]
    points: int
    storage: str
    start: int

    @property
    def record(self) -> np.dtype[np.void]:
        """One point, with the fields named f0, f1, ... (names in files may repeat)."""
        return np.dtype([(f"f{i}", field.kind, (field.count,)) for i, field in enumerate(self.fields)])


def read_header(data: bytes) -> Header:
    """The header, with counts within the limits. Raises InvalidInput."""
    entries: dict[bytes, list[bytes]] = {}
    position, start = 0, 0
    while not start:
        end = data.find(b"\n", position, position + MAX_LINE + 1)
        if end < 0 or end > MAX_HEADER:
            raise InvalidInput("this is not a PCD file (it has no header that ends in DATA); save it anew as PCD")
        words = data[position:end].partition(b"#")[0].split()
        position = end + 1
        if words:
            entries[words[0].upper()] = words[1:]
            start = position if words[0].upper() == b"DATA" else 0
    storage = b" ".join(entries[b"DATA"]).lower().decode("latin1")
    if storage not in ("ascii", "binary", "binary_compressed"):
        raise damaged("PCD", "its DATA is neither ascii, binary nor binary_compressed")
    return Header(fields=_fields(entries), points=_points(entries), storage=storage, start=start)


def _points(entries: dict[bytes, list[bytes]]) -> int:
    declared = [_whole(entries[key]) for key in (b"POINTS", b"WIDTH", b"HEIGHT") if key in entries]
    for count in declared:
        check_counts(points=count)
    if b"WIDTH" in entries:
        area = _whole(entries[b"WIDTH"]) * _whole(entries.get(b"HEIGHT", [b"1"]))
        check_counts(points=area)
        if area != _whole(entries.get(b"POINTS", [b"%d" % area])):
            raise damaged("PCD", "its POINTS are not WIDTH times HEIGHT")
        return area
    if b"POINTS" not in entries:
        raise damaged("PCD", "its header has no POINTS")
    return declared[0]


def _whole(words: list[bytes]) -> int:
    number = whole(words[0]) if len(words) == 1 else None
    if number is None:
        raise damaged("PCD", "a count in its header is no whole number")
    return number


def _fields(entries: dict[bytes, list[bytes]]) -> tuple[Field, ...]:
    names = entries.get(b"FIELDS", entries.get(b"COLUMNS", []))
    sizes, types = entries.get(b"SIZE", []), entries.get(b"TYPE", [])
    counts = entries.get(b"COUNT", [b"1"] * len(names))
    if not 0 < len(names) <= _MAX_FIELDS or not len(names) == len(sizes) == len(types) == len(counts):
        raise damaged("PCD", "FIELDS, SIZE, TYPE and COUNT of its header do not fit together")
    fields = []
    for name, size, kind, count in zip(names, sizes, types, counts, strict=True):
        letter = _KINDS.get(kind.upper())
        if letter is None or size not in (b"1", b"2", b"4", b"8") or (letter == "f" and size in (b"1", b"2")):
            raise damaged("PCD", "a field of its header has no known type")
        number = _whole([count])
        if not 1 <= number <= _MAX_NUMBERS:
            raise damaged("PCD", "a field of its header has an impossible COUNT")
        fields.append(Field(name=name.decode("latin1").lower(), kind=f"<{letter}{size.decode()}", count=number))
    return tuple(fields)
