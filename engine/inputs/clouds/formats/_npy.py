"""Arrays in NumPy's own format, from anywhere. The header is matched, never evaluated; objects are never unpickled."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats.base import check_counts, damaged

MAGIC = b"\x93NUMPY"
HEADER_BYTES = 1_024  # far more than the header of any plain array has
_NUMBER = re.compile(rb"'descr': *'([<>|=][fiub][1248])'")
_ORDER = re.compile(rb"'fortran_order': *(True|False)")
_SHAPE = re.compile(rb"'shape': *\(((?:\d{1,15}, *)*(?:\d{1,15})?)\)")


def header_of(start: bytes, name: str) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """dtype, shape, whether in Fortran order, and where the data begin, from the first bytes of an array.

    Raises InvalidInput for what is not a plain array of numbers with at most 2,000,000 rows.
    """
    if not start.startswith(MAGIC) or len(start) < 12:
        raise InvalidInput(f"this is not an {name} file as NumPy writes it; save it anew with numpy.save")
    wide = 2 if start[6] == 1 else 4
    begin = 8 + wide
    stop = begin + int.from_bytes(start[8:begin], "little")
    if stop > HEADER_BYTES:
        raise InvalidInput(f"the {name} file holds more than a plain array of numbers; save only x y z, as floats")
    header = start[begin:stop]
    number, order, shape = _NUMBER.search(header), _ORDER.search(header), _SHAPE.search(header)
    if len(header) < stop - begin or order is None or shape is None:
        raise damaged(name, "its header is not one of NumPy's")
    if number is None:
        raise InvalidInput(f"the {name} file does not hold plain numbers (nothing is unpickled); save x y z as floats")
    sizes = tuple(int(size) for size in shape.group(1).split(b",") if size.strip())
    check_counts(points=max(sizes, default=0))
    if len(sizes) > 2 or math.prod(sizes[1:]) > 7:
        raise InvalidInput(f"the array has shape {sizes!s:.60}; it must be (P, 3) or (P, 6)")
    try:
        dtype = np.dtype(number.group(1).decode())
    except TypeError:
        raise damaged(name, "its header names no type of numbers") from None
    return dtype, sizes, order.group(1) == b"True", stop


def array_of(data: bytes, name: str) -> NDArray[np.float64]:
    """A whole array as float64. Raises InvalidInput."""
    dtype, shape, fortran, begin = header_of(data[:HEADER_BYTES], name)
    if math.prod(shape) * dtype.itemsize != len(data) - begin:
        raise damaged(name, f"its header declares shape {shape}, which is not what follows")
    flat = np.frombuffer(data, dtype=dtype, offset=begin)
    return flat.reshape(shape, order="F" if fortran else "C").astype(np.float64)
