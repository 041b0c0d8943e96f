"""CamVid (Brostow et al. 2009) in the layout ROOT/SPLIT/images and ROOT/SPLIT/labels.

Labels are single-channel PNG files of the image's size and name: 0..10 are the classes of `engine.labels.CAMVID`,
anything above is void (11 in the usual export).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from engine.datasets.base import DatasetItem, DatasetSource
from engine.errors import InvalidInput
from engine.labels import CAMVID, VOID

_IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


class CamVid:
    """One split of CamVid. Raises InvalidInput if the folders are missing or an image has no label file."""

    labels = CAMVID

    def __init__(self, root: Path, split: str) -> None:
        folder = Path(root) / split
        self._images, self._labels = folder / "images", folder / "labels"
        for path in (self._images, self._labels):
            if not path.is_dir():
                raise InvalidInput(f"no folder {path}; CamVid is read from ROOT/SPLIT/images and ROOT/SPLIT/labels")
        self._items = tuple(
            DatasetItem(name=path.stem, image_path=path, label_path=self._labels / f"{path.stem}.png")
            for path in sorted(self._images.iterdir())
            if path.suffix.lower() in _IMAGE_SUFFIXES
        )
        if not self._items:
            raise InvalidInput(f"no images in {self._images}; expected PNG, JPEG or WebP files")
        for item in self._items:
            if not item.label_path.is_file():
                raise InvalidInput(f"image {item.name} has no label file {item.label_path}; add it or remove the image")

    def items(self) -> tuple[DatasetItem, ...]:
        return self._items

    def read_labels(self, item: DatasetItem) -> NDArray[np.uint8]:
        try:
            with Image.open(item.label_path) as file:
                if file.mode not in ("L", "P", "I", "I;16"):
                    raise InvalidInput(f"label file {item.label_path.name} has mode {file.mode}; expected one channel")
                raw = np.asarray(file)
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise InvalidInput(f"label file {item.label_path.name} cannot be read: {error}") from error
        return np.where((raw >= 0) & (raw < len(CAMVID)), raw, VOID).astype(np.uint8)


DATASET = DatasetSource(
    name="camvid",
    title="CamVid street scenes",
    layout="ROOT/SPLIT/images and ROOT/SPLIT/labels, ids 0..10, void above",
    open=CamVid,
)
