"""XYZ and PTS: one point per line. Own parser: the formats have no rules that a library could know better."""

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats._lines import Lines
from engine.inputs.clouds.formats.base import Format, Geometry, check_counts, damaged, from_columns, whole
from engine.inputs.clouds.working import MAX_POINTS

_NAME = "XYZ or PTS"


def read(data: bytes) -> Geometry:
    """x y z, or x y z and a unit normal, or these and a label; other columns are passed over.

    A PTS file may begin with the number of its points; a line of column names (`x y z ...` or `// ...`) is skipped.
    """
    lines = Lines(data, _NAME, most=MAX_POINTS + 1_000)
    first = lines.words(0) if len(lines) else []
    start = 0
    declared = whole(first[0]) if len(first) == 1 else None
    if declared is not None:
        check_counts(points=declared)
        start = 1
        if declared != len(lines) - 1:
            raise damaged(_NAME, f"it declares {declared:,} points but has {len(lines) - 1:,}")
    elif first and (first[0].startswith(b"//") or first[0].lower() == b"x"):
        start = 1
    check_counts(points=len(lines) - start)
    if len(lines) > start and len(lines.words(start)) < 3:
        raise InvalidInput("a line of the file has fewer than 3 numbers; write x y z on each line, between spaces")
    numbers = lines.table(start)
    if not numbers.size:
        raise InvalidInput("the file has no points; choose a file that holds a shape")
    return from_columns(numbers)


FORMAT = Format(name=_NAME, suffixes=(".xyz", ".xyzn", ".pts", ".txt"), read=read)
