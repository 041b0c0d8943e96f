"""Label files -> class ids: single-channel PNG files, the values of which a table turns into ids or VOID."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from engine.core.errors import InvalidInput
from engine.inputs.datasets.base import DatasetItem
from engine.inputs.labels import VOID, LabelSpace

ClassTable = NDArray[np.uint8]
"""uint8 (values <= 255,): the class id, or VOID, of each value of a label file; values past its end are void."""

_MODES = ("1", "L", "P", "I", "I;16")
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)
_SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_HEADER, _DEPTH, _COLOUR = 26, 24, 25  # a PNG's first bytes, and which of them hold bit depth and colour type
_GREY = 0  # the colour type of plain intensities


def identity_table(classes: int) -> ClassTable:
    """Values 0..classes-1 are the ids themselves."""
    return np.arange(classes, dtype=np.uint8)


def one_based_table(classes: int) -> ClassTable:
    """Value 0 is void, values 1..classes are the ids 0..classes-1."""
    return np.concatenate([np.array([VOID], dtype=np.uint8), identity_table(classes)])


class PairedDataset:
    """Items on disk, whose label files must have their images' sizes; `table_of` gives the table of an item."""

    def __init__(
        self,
        labels: LabelSpace,
        items: Sequence[DatasetItem],
        table_of: Callable[[DatasetItem], ClassTable],
        *,
        square: bool = False,
    ) -> None:
        self.labels = labels
        self.square = square
        self._items = tuple(items)
        self._table_of = table_of

    def items(self) -> tuple[DatasetItem, ...]:
        """All items, in a stable order."""
        return self._items

    def read_labels(self, item: DatasetItem) -> NDArray[np.uint8]:
        """uint8 (H, W), class ids or VOID. Raises InvalidInput for a bad label file or one of another size."""
        ids = read_class_ids(item.label_path, self._table_of(item))
        _check_size(item, ids.shape[1], ids.shape[0])
        return ids


def read_class_ids(path: Path, table: ClassTable) -> NDArray[np.uint8]:
    """uint8 (H, W), class ids or VOID, of a PNG with one channel of up to 16 bits. Raises InvalidInput."""
    try:
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
            stream.seek(0)
            with Image.open(stream, formats=("PNG",)) as file:
                _check_channel(path, file.mode, header)
                raw = np.asarray(file)
    except UnidentifiedImageError:
        raise InvalidInput(f"label file {path.name} cannot be read: it is no PNG; save it as PNG") from None
    except _DAMAGE as error:
        raise InvalidInput(f"label file {path.name} cannot be read: {error}; restore it") from None
    return np.append(table, np.uint8(VOID))[np.minimum(raw, len(table))]


def _check_channel(path: Path, mode: str, header: bytes) -> None:
    """Raise InvalidInput unless the stored numbers can be ids: one channel, and no grey that decoders stretch."""
    if mode not in _MODES:
        raise InvalidInput(
            f"label file {path.name} has mode {mode}; expected one channel of class ids, so save ids, not colours"
        )
    if header[_COLOUR] == _GREY and header[_DEPTH] in (2, 4):
        raise InvalidInput(
            f"label file {path.name} is grey with {header[_DEPTH]} bits, which readers stretch to 8; "
            "save its ids with 8 bits"
        )


def _check_size(item: DatasetItem, width: int, height: int) -> None:
    """Raise InvalidInput unless the image has this size, upright. Where both are equal unrotated, no pixel is read."""
    try:
        with Image.open(item.image_path) as file:
            found = file.size
            if found != (width, height) and file.getexif().get(ExifTags.Base.Orientation) in _SIDEWAYS:
                found = (file.height, file.width)
    except _DAMAGE as error:
        raise InvalidInput(f"image {item.image_path.name} cannot be read: {error}; restore it") from None
    if found != (width, height):
        raise InvalidInput(
            f"labels of {item.name} are {width}x{height} but the image is {found[0]}x{found[1]}; "
            "they must have the same size"
        )
