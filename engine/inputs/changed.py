"""A picture after a change of known amounts, as computed: not clamped, and not rounded to 8 bits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.images import array_sha256
from engine.inputs.subject import Image, Kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangedImage:
    """pixels: float64 (H, W, 3), read-only, which may lie outside [0, 1]; sha256: of them, with their shape. The source
    is that of the picture that was changed."""

    pixels: NDArray[np.float64]
    sha256: str
    source_sha256: str
    source_size: tuple[int, int]

    @property
    def kind(self) -> Kind:
        return "image"

    @property
    def values(self) -> NDArray[np.float64]:
        return self.pixels

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.pixels.shape[0]), int(self.pixels.shape[1])

    def as_uint8(self) -> NDArray[np.uint8]:
        """The pixels for display, clamped, uint8 (H, W, 3)."""
        return np.rint(self.pixels.clip(0.0, 1.0) * 255.0).astype(np.uint8)


def changed_image(image: Image, pixels: NDArray[np.float64]) -> ChangedImage:
    """What a change made of an image, float64 (H, W, 3) of its size. Raises InvalidInput.

    >>> from engine.inputs.images import image_from_array
    >>> grey = image_from_array(np.full((48, 64, 3), 0.5, dtype=np.float32))
    >>> float(changed_image(grey, grey.pixels + np.float64(0.7)).values.max())  # in float64, and beyond 1
    1.2
    """
    array = np.array(pixels, dtype=np.float64, order="C")
    if array.shape != image.pixels.shape:
        raise InvalidInput(f"a changed image must have the shape {image.pixels.shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidInput("the change made NaN or infinite values: choose a smaller one")
    array.setflags(write=False)
    return ChangedImage(
        pixels=array, sha256=array_sha256(array), source_sha256=image.source_sha256, source_size=image.source_size
    )
