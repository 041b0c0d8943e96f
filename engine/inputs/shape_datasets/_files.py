"""Files of shape datasets: JSON, .npz and columns of numbers read with care.

Sizes are checked before anything is read or unpacked, and nothing is unpickled.
"""

from __future__ import annotations

import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import read_text

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
    if not os.path.isfile(path):
        raise InvalidInput(f"{path} cannot be read: no such file; restore it")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput(f"{path} has more than {_MAX_BYTES // 2**20} MB; it should be one small shape")
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_BYTES:
                raise InvalidInput(
                    f"{path} unpacks to more than {_MAX_BYTES // 2**20} MB; it should be one small shape"
                )
            return {name: _read_array(path, archive, name) for name in names}
    except KeyError as error:
        raise InvalidInput(f"{path} lacks an array ({error.args[0]!s:.80}); save all arrays of the shape") from None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise InvalidInput(f"{path} cannot be read as .npz ({error}); restore it") from None


def _read_array(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array, if its header is true to its size; the shape comes from the file, so it is checked before use."""
    with archive.open(f"{name}.npy") as stream:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise InvalidInput(f"{path} has its array {name} in format version {version}; save it with np.savez")
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(stream)
        data = stream.read()
    if dtype.hasobject:
        raise InvalidInput(f"{path} has Python objects in its array {name}; save plain numbers")
    if dtype.kind not in "iuf" or math.prod(shape) * dtype.itemsize != len(data):
        raise InvalidInput(f"{path} has a damaged array {name}; restore it")
    flat = np.frombuffer(data, dtype=dtype)
    return flat.reshape(shape, order="F" if fortran else "C")
