"""Sticking a content on a picture."""

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidSetting
from engine.inputs.images import image_from_array
from engine.inputs.subject import Image


def place_sticker(image: Image, content: NDArray[np.floating], *, x: int, y: int) -> Image:
    """The working picture with a content, (h, w, 3) in [0, 1], on it, whose upper left pixel is in column x and row y.

    Raises InvalidSetting where it would reach over the border, InvalidInput for values outside [0, 1].

    >>> import engine, numpy as np
    >>> grey = engine.inputs.image_from_array(np.full((48, 64, 3), 0.5, dtype=np.float32))
    >>> after = place_sticker(grey, np.ones((8, 8, 3)), x=10, y=20)
    >>> int((after.pixels != grey.pixels).any(axis=2).sum()), float(after.pixels[20, 10, 0])
    (64, 1.0)
    """
    check_place(image, content.shape[0], content.shape[1], x=x, y=y)
    pixels = image.pixels.copy()
    pixels[y : y + content.shape[0], x : x + content.shape[1]] = content
    return image_from_array(pixels, source_sha256=image.source_sha256, source_size=image.source_size)


def check_place(image: Image, height: int, width: int, *, x: int, y: int) -> None:
    """Raises InvalidSetting unless a sticker of that size lies within the picture."""
    if min(height, width) < 1 or not (0 <= x <= image.width - width and 0 <= y <= image.height - height):
        raise InvalidSetting(
            f"a sticker of {width}x{height} pixels at ({x}, {y}) does not lie within a picture of "
            f"{image.width}x{image.height}"
        )
