"""Black and white squares, four a side."""

import numpy as np
from numpy.typing import NDArray

from engine.attacks.patches.contents.base import Content

_SQUARES = 4


def make(size: int, seed: int) -> NDArray[np.float32]:
    """Float32 (size, size, 3); an odd seed exchanges black and white."""
    number = np.arange(size) * _SQUARES // size
    light = (number[:, None] + number[None, :] + seed) % 2
    return np.repeat(light[..., None], 3, axis=2).astype(np.float32)


CONTENT = Content(name="checkerboard", title="Checkerboard", make=make)
