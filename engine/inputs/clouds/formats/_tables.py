"""What arrays of shapes may be, before they are unpacked."""

import math
from typing import Any

import numpy as np

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats.base import check_counts


def check_table(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Raises InvalidInput for more than 2,000,000 rows, more than two dimensions or 7 columns, and for text."""
    check_counts(points=max(shape, default=0))
    if len(shape) > 2 or math.prod(shape[1:]) > 7:
        raise InvalidInput(f"the array has shape {shape!s:.60}; it must be (P, 3) or (P, 6)")
    if dtype.kind == "U":
        raise InvalidInput("the array does not hold plain numbers; save x y z as floats")
