"""The header of a PLY file: elements, their counts and properties, read before any data."""

from dataclasses import dataclass

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import MAX_HEADER, MAX_LINE
from engine.inputs.clouds.formats.base import check_counts, damaged, whole
from engine.inputs.clouds.working import MAX_POINTS

MAGICS = (b"ply\n", b"ply\r")
_KINDS = {
    b"char": "i1",
    b"uchar": "u1",
    b"short": "i2",
    b"ushort": "u2",
    b"int": "i4",
    b"uint": "u4",
    b"float": "f4",
    b"double": "f8",
    b"int8": "i1",
    b"uint8": "u1",
    b"int16": "i2",
    b"uint16": "u2",
    b"int32": "i4",
    b"uint32": "u4",
    b"float32": "f4",
    b"float64": "f8",
}
_ORDERS = {b"ascii": "", b"binary_little_endian": "<", b"binary_big_endian": ">"}
_MAX_ENTRIES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One number per row, or, with `length` (the type of the count before it), a list of numbers.

    kind, length: NumPy's names of types without byte order.
    """

    name: str
    kind: str
    length: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A table of the file: `count` rows of these properties."""

    name: str
    count: int
    properties: tuple[Property, ...]

    @property
    def least_bytes(self) -> int:
        """Bytes of a binary row with empty lists."""
        return sum(int((entry.length or entry.kind)[1]) for entry in self.properties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """order: byte order of binary data, or empty for text. start: where the data begin."""

    order: str
    elements: tuple[Element, ...]
    start: int


def read_header(data: bytes) -> Header:
    """The header, with counts within the limits. Raises InvalidInput."""
    if not data.startswith(MAGICS):
        raise InvalidInput("this is not a PLY file (it does not begin with a line 'ply'); save it anew as PLY")
    end = data.find(b"end_header", 0, MAX_HEADER)
    line_end = data.find(b"\n", end, end + 16) if end >= 0 else -1
    if line_end < 0:
        raise damaged("PLY", f"its header does not end within {MAX_HEADER // 1024} kB")
    order: str | None = None
    elements: list[tuple[str, int, list[Property]]] = []
    for number, line in enumerate(data[:end].splitlines()):
        words = line.split()
        if len(line) > MAX_LINE or number > _MAX_ENTRIES:
            raise damaged("PLY", "its header is too long")
        if words[:1] == [b"format"] and len(words) >= 2:
            order = _ORDERS.get(words[1])
        elif words[:1] == [b"element"]:
            elements.append(_element(words))
        elif words[:1] == [b"property"]:
            if not elements:
                raise damaged("PLY", "a property comes before any element")
            entry = _property(words)
            if entry.name in [other.name for other in elements[-1][2]]:
                raise damaged("PLY", "two properties have the same name")
            elements[-1][2].append(entry)
    if order is None:
        raise damaged("PLY", "its header does not say ascii, binary_little_endian or binary_big_endian")
    return Header(
        order=order,
        elements=tuple(Element(name=name, count=count, properties=tuple(rows)) for name, count, rows in elements),
        start=line_end + 1,
    )


def _element(words: list[bytes]) -> tuple[str, int, list[Property]]:
    count = whole(words[2]) if len(words) == 3 else None
    if count is None:
        raise damaged("PLY", "an element has no count")
    name = words[1].decode("latin1").lower()
    if name == "face":
        check_counts(triangles=count)
    elif name == "vertex":
        check_counts(points=count)
    elif not 0 <= count <= 4 * MAX_POINTS:
        raise InvalidInput(f"the PLY file declares {count:,} rows of {name!r:.20}; save only its vertices and faces")
    return name, count, []


def _property(words: list[bytes]) -> Property:
    name = words[-1].decode("latin1").lower()
    if len(words) == 3 and words[1] in _KINDS:
        return Property(name=name, kind=_KINDS[words[1]])
    if len(words) == 5 and words[1] == b"list" and words[2] in _KINDS and words[3] in _KINDS:
        length = _KINDS[words[2]]
        if length[0] != "f":
            return Property(name=name, kind=_KINDS[words[3]], length=length)
    raise damaged("PLY", "a property has no known type")
