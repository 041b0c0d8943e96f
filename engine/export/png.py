"""Label maps as PNG bytes: exact colours, never compressed with loss."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.core.errors import InvalidInput
from engine.inputs.labels import ABSTAIN, LabelSpace

ABSTAIN_COLOUR = (255, 255, 255)
_HATCH_COLOUR = (226, 226, 230)
_HATCH_PERIOD = 6


def colour_labels(labels: NDArray[np.integer], space: LabelSpace) -> NDArray[np.uint8]:
    """uint8 (H, W, 3) from class ids or ABSTAIN (H, W); abstention is white with a light diagonal hatch.

    Raises InvalidInput for an id that the space does not have, such as void (255).

    >>> from engine.inputs import label_spaces
    >>> colour_labels(np.array([[0, ABSTAIN]]), label_spaces["camvid"]).tolist()
    [[[142, 202, 240], [255, 255, 255]]]
    """
    known = (labels == ABSTAIN) | ((labels >= 0) & (labels < len(space)))
    if not known.all():
        raise InvalidInput(
            f"label {labels[~known][0]} is no class of {space.name}; give void pixels ABSTAIN (-1) or a class"
        )
    table = np.concatenate([space.colours(), np.array([ABSTAIN_COLOUR], dtype=np.uint8)])
    rgb = table[np.where(labels == ABSTAIN, len(space), labels)]
    rows, columns = np.indices(labels.shape)
    rgb[(labels == ABSTAIN) & ((rows + columns) % _HATCH_PERIOD == 0)] = _HATCH_COLOUR
    return rgb


def labels_png(labels: NDArray[np.integer], space: LabelSpace) -> bytes:
    """A label map, class ids or ABSTAIN (H, W), in the palette's colours as PNG. Raises as `colour_labels`.

    >>> from engine.inputs import decode_image, label_spaces
    >>> picture = decode_image(labels_png(np.zeros((16, 16), dtype=int), label_spaces["camvid"]), size=64)
    >>> picture.as_uint8()[0, 0].tolist(), label_spaces["camvid"].palette[0]
    ([142, 202, 240], (142, 202, 240))
    """
    return png(colour_labels(labels, space))


def png(pixels: NDArray[np.uint8], *, compression: int = 6) -> bytes:
    """uint8 (H, W, 3) or (H, W) as PNG; compression 1 (fast) to 9 (small).

    >>> from engine.inputs import decode_image
    >>> pixels = np.arange(16 * 16 * 3, dtype=np.uint8).reshape(16, 16, 3)
    >>> np.array_equal(decode_image(png(pixels), size=64).as_uint8(), pixels)  # nothing is lost
    True
    """
    buffer = io.BytesIO()
    Pillow.fromarray(pixels).save(buffer, format="PNG", compress_level=compression)
    return buffer.getvalue()


def difference_png(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[bytes, float]:
    """The change between two images, float32 (H, W, 3), around mid-grey, amplified as far as a picture holds.

    Returns the PNG and the factor; grey and 1 where nothing changed.

    >>> before, after = np.zeros((2, 16, 16, 3), dtype=np.float32)
    >>> after[0, 0, 0] = 0.25  # the largest change is shown as half of the range
    >>> difference_png(before, after)[1]
    2.0
    """
    change = after.astype(np.float64) - before
    largest = float(np.abs(change).max(initial=0.0))
    factor = 0.5 / largest if largest > 0.0 else 1.0
    return png(np.rint(127.5 + 255.0 * factor * change).clip(0, 255).astype(np.uint8)), factor
