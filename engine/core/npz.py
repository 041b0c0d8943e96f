"""NumPy's NPY and NPZ files that come from anywhere: the one place where they are read.

Sizes are checked before anything is unpacked, headers are matched and never evaluated, nothing is unpickled.
"""

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import MAX_BYTES

MAGIC = b"\x93NUMPY"
_HEADER_BYTES = 1_024  # far more than the header of any plain array has
_NUMBER = re.compile(rb"'descr': *'([<>|=](?:[fiub][1248]|U\d{1,7}))'")
_ORDER = re.compile(rb"'fortran_order': *(True|False)")
_SHAPE = re.compile(rb"'shape': *\(((?:\d{1,15}, *)*(?:\d{1,15})?)\)")
_MAX_ENTRIES = 100
_ENTRY = b"PK\x01\x02"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,  # a part of the format that Python lacks
    RuntimeError,  # a password is needed
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)

Check = Callable[[np.dtype[Any], tuple[int, ...]], None]
"""Told dtype and shape of an array before it is unpacked; raises InvalidInput for what is not wanted."""


def unchecked(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """The `Check` that takes every array."""


def array_of(data: bytes, what: str, check: Check = unchecked) -> NDArray[Any]:
    """The array of an NPY file, read-only. what: how the file is called in a sentence. Raises InvalidInput."""
    dtype, shape, fortran, begin = _header_of(data[:_HEADER_BYTES], what)
    check(dtype, shape)
    if math.prod(shape) * dtype.itemsize != len(data) - begin:
        raise InvalidInput(_damaged(what, f"its header declares shape {shape!s:.60}, which is not what follows"))
    flat = np.frombuffer(data, dtype=dtype, offset=begin)
    return flat.reshape(shape, order="F" if fortran else "C")


def arrays_of(data: bytes, what: str, names: Iterable[str], check: Check = unchecked) -> dict[str, NDArray[Any]]:
    """Those of the named arrays that an NPZ file has, by name, read-only. Raises InvalidInput."""
    if not data.startswith(b"PK"):
        raise InvalidInput(f"{what} is not an NPZ file; save it anew with numpy.savez")
    if data.count(_ENTRY) > _MAX_ENTRIES:
        raise InvalidInput(f"{what} holds more than {_MAX_ENTRIES} arrays; save only those that are asked for")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive, what)
            known = archive.namelist()
            return {name: _entry(archive, name, what, check) for name in names if f"{name}.npy" in known}
    except _BROKEN as error:
        raise InvalidInput(_damaged(what, f"it cannot be unpacked: {error!s:.80}")) from None


def _check_sizes(archive: zipfile.ZipFile, what: str) -> None:
    entries = archive.infolist()
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise InvalidInput(f"{what} is compressed as NumPy never does; save it anew with numpy.savez_compressed")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_BYTES:
        raise InvalidInput(f"{what} unpacks to {unpacked / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB can be read")


def _entry(archive: zipfile.ZipFile, name: str, what: str, check: Check) -> NDArray[Any]:
    """One array; its header is checked before the rest is unpacked, and what it hides is never unpacked."""
    with archive.open(f"{name}.npy") as stream:
        start = stream.read(_HEADER_BYTES)
        dtype, shape, _, begin = _header_of(start, f"the array {name} of {what}")
        check(dtype, shape)
        rest = stream.read(max(0, begin + math.prod(shape) * dtype.itemsize - len(start)) + 1)
    return array_of(start + rest, f"the array {name} of {what}")


def _header_of(start: bytes, what: str) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """dtype, shape, whether in Fortran order, and where the data begin, from the first bytes of an array."""
    if not start.startswith(MAGIC) or len(start) < 12:
        raise InvalidInput(f"{what} is not an NPY file as NumPy writes it; save it anew with numpy.save")
    begin = 10 if start[6] == 1 else 12
    stop = begin + int.from_bytes(start[8:begin], "little")
    if stop > _HEADER_BYTES:
        raise InvalidInput(f"{what} holds more than a plain array of numbers; save only numbers")
    header = start[begin:stop]
    number, order, shape = _NUMBER.search(header), _ORDER.search(header), _SHAPE.search(header)
    if len(header) < stop - begin or order is None or shape is None:
        raise InvalidInput(_damaged(what, "its header is not one of NumPy's"))
    if number is None:
        raise InvalidInput(f"{what} does not hold plain numbers (nothing is unpickled); save plain numbers")
    sizes = tuple(int(size) for size in shape.group(1).split(b",") if size.strip())
    try:
        dtype = np.dtype(number.group(1).decode())
    except TypeError:
        raise InvalidInput(_damaged(what, "its header names no type of numbers")) from None
    return dtype, sizes, order.group(1) == b"True", stop


def _damaged(what: str, reason: str) -> str:
    return f"{what} is damaged or cut off ({reason}); save it anew and try again"
