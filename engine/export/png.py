"""Label maps as PNG bytes: exact colours, never compressed with loss."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.inputs.labels import ABSTAIN, LabelSpace

ABSTAIN_COLOUR = (255, 255, 255)
_HATCH_COLOUR = (226, 226, 230)
_HATCH_PERIOD = 6


def colour_labels(labels: NDArray[np.integer], space: LabelSpace) -> NDArray[np.uint8]:
    """uint8 (H, W, 3) from class ids or ABSTAIN (H, W); abstention is white with a light diagonal hatch."""
    table = np.concatenate([space.colours(), np.array([ABSTAIN_COLOUR], dtype=np.uint8)])
    rgb = table[np.where(labels == ABSTAIN, len(space), labels)]
    rows, columns = np.indices(labels.shape)
    rgb[(labels == ABSTAIN) & ((rows + columns) % _HATCH_PERIOD == 0)] = _HATCH_COLOUR
    return rgb


def labels_png(labels: NDArray[np.integer], space: LabelSpace) -> bytes:
    """A label map in the palette's colours as PNG."""
    return png(colour_labels(labels, space))


def png(pixels: NDArray[np.uint8], *, compression: int = 6) -> bytes:
    """uint8 (H, W, 3) or (H, W) as PNG; compression 1 (fast) to 9 (small)."""
    buffer = io.BytesIO()
    Pillow.fromarray(pixels).save(buffer, format="PNG", compress_level=compression)
    return buffer.getvalue()


def difference_png(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[bytes, float]:
    """The change between two images, float32 (H, W, 3), around mid-grey, amplified as far as a picture holds.

    Returns the PNG and the factor; grey and 1 where nothing changed.
    """
    change = after.astype(np.float64) - before
    largest = float(np.abs(change).max(initial=0.0))
    factor = 0.5 / largest if largest > 0.0 else 1.0
    return png(np.rint(127.5 + 255.0 * factor * change).clip(0, 255).astype(np.uint8)), factor
