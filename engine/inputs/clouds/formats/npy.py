"""NPY: one array (P, 3), (P, 6) or (P, 7)."""

import numpy as np

from engine.core.errors import InvalidInput
from engine.core.npz import MAGIC, array_of
from engine.inputs.clouds.formats._tables import check_table
from engine.inputs.clouds.formats.base import Format, Geometry, from_columns


def read(data: bytes) -> Geometry:
    """x y z, or these and a unit normal, or these and a label."""
    array = array_of(data, "the NPY file", check_table).astype(np.float64)
    if array.ndim != 2 or array.shape[1] not in (3, 6, 7):
        raise InvalidInput(f"the array has shape {array.shape}; it must be (P, 3) or (P, 6)")
    return from_columns(array)


FORMAT = Format(name="NPY", suffixes=(".npy",), magics=(MAGIC,), read=read)
