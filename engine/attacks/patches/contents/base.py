"""What the content of a sticker is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A registry entry. make: (size in pixels, seed) -> float32 (size, size, 3) in [0, 1], the same for the same seed.

    >>> from engine.attacks.patches import contents
    >>> contents["checkerboard"].make(8, 0).shape
    (8, 8, 3)
    """

    name: str
    title: str
    make: Callable[[int, int], NDArray[np.float32]]
