"""Reading an .npz that comes from anywhere: sizes are checked before anything is unpacked, nothing is unpickled."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import MAX_BYTES as _MAX_BYTES


def unpack(data: bytes, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The record and the arrays of a saved certificate. Sizes are checked before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _MAX_BYTES:
            raise InvalidInput(f"it unpacks to {unpacked / 2**20:.0f} MB; at most {_MAX_BYTES // 2**20} MB are read")
        record = json.loads(str(_read_array(archive, "record")))
        arrays = {name: _read_array(archive, name) for name in names}
    if not isinstance(record, dict):
        raise InvalidInput("its record is not an object")
    return record, arrays


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array, read-only, if its header is true to its size; objects are refused, never unpickled."""
    data = archive.read(f"{name}.npy")
    buffer = io.BytesIO(data)
    if np.lib.format.read_magic(buffer) != (1, 0):
        raise InvalidInput(f"its array {name} is written in another format version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(buffer)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - buffer.tell():
        raise InvalidInput(f"its array {name} is damaged")
    flat = np.frombuffer(data, dtype=dtype, offset=buffer.tell())
    return flat.reshape(shape, order="F" if fortran else "C")
