"""Files of shape datasets: JSON, .npz and columns of numbers read with care.

Sizes are checked before anything is read or unpacked, and nothing is unpickled.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import read_bytes, read_text
from engine.core.npz import arrays_of

_MAX_BYTES = 200 * 1024 * 1024
_MAX_ROWS = 5_000_000


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises InvalidInput."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not JSON ({error}); restore it") from None


def read_columns(path: Path, columns: int) -> NDArray[np.float64]:
    """float64 (rows >= 1, columns), finite: the numbers of a text file. Raises InvalidInput."""
    lines = read_text(path, _MAX_BYTES).splitlines()
    try:
        rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    except ValueError as error:
        raise InvalidInput(f"{path} has what is no number ({error}); restore it") from None
    wrong = next((number for number, row in enumerate(rows, 1) if len(row) != columns), None)
    if wrong is not None or not 1 <= len(rows) <= _MAX_ROWS:
        what = f"row {wrong} has {len(rows[wrong - 1])} numbers" if wrong else f"it has {len(rows)} rows"
        raise InvalidInput(f"{path} must hold rows of {columns} numbers, but {what}; restore it")
    values = np.array(rows)
    if not np.isfinite(values).all():
        raise InvalidInput(f"{path} has values that are not finite; restore it or remove the shape")
    return values


def read_npz(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """The named arrays of an .npz file; arrays of objects are refused. Raises InvalidInput."""
    wanted = tuple(names)
    found = arrays_of(read_bytes(path), str(path), wanted)
    if missing := [name for name in wanted if name not in found]:
        raise InvalidInput(f"{path} lacks an array ({missing[0]}); save all arrays of the shape")
    return found
