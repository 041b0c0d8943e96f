"""Attacked images as PNG files of 16 bits that hold them exactly."""

import io

import numpy as np
import png as pypng
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.grid import GRID, STEPS

_SIDES = 4096


def fine_png(pixels: NDArray[np.float32]) -> bytes:
    """An image on the grid of base models, float32 (H, W, 3) of multiples k 2^-16 below 1, as a PNG file of 16 bits.

    The file holds k, so other programs, which divide by 65,535, show it as it is but for one part in 65,536.
    Raises InvalidInput for values off the grid. Source: METHOD, section 11.

    >>> pixels = np.full((1, 2, 3), 0.25, dtype=np.float32)
    >>> np.array_equal(read_fine_png(fine_png(pixels)), pixels)
    True
    """
    steps = pixels.astype(np.float64) * STEPS
    if not np.array_equal(steps, np.rint(steps)) or steps.min() < 0.0 or steps.max() > STEPS - 1.0:
        raise InvalidInput("an image of 16 bits holds multiples of 2^-16 from 0 to below 1; round the pixels to them")
    height, width, _ = pixels.shape
    buffer = io.BytesIO()
    writer = pypng.Writer(width, height, greyscale=False, bitdepth=16, compression=9)
    writer.write(buffer, steps.astype(np.uint16).reshape(height, 3 * width))
    return buffer.getvalue()


def read_fine_png(data: bytes) -> NDArray[np.float32]:
    """The pixels of such a file, float32 (H, W, 3). Raises InvalidInput for any other file.

    >>> read_fine_png(fine_png(np.zeros((1, 2, 3), dtype=np.float32))).shape
    (1, 2, 3)
    """
    try:
        width, height, values, told = pypng.Reader(bytes=data).read()
        if told["bitdepth"] != 16 or told["planes"] != 3 or max(width, height) > _SIDES:
            raise InvalidInput(f"a colour image of 16 bits is needed, of at most {_SIDES} pixels a side")
        steps = np.array([np.asarray(row, dtype=np.uint16) for row in values])
    except (pypng.Error, EOFError, ValueError) as error:
        raise InvalidInput(f"this is no PNG file of 16 bits: {error}"[:160]) from None
    return (steps.reshape(height, width, 3) * GRID).astype(np.float32)
