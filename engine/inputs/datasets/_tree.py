"""Images paired with their label files."""

import os
from collections.abc import Sequence
from pathlib import Path

from engine.core.errors import InvalidInput
from engine.inputs.datasets.base import DatasetItem
from engine.inputs.folders import files_ending, twice, visible

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def same_stem_pairs(images: Path, labels: Path, layout: str) -> tuple[DatasetItem, ...]:
    """Every image of a folder with the PNG file of its stem in another. Raises InvalidInput."""
    visible(labels, layout)
    items = [
        DatasetItem(name=path.stem, image_path=path, label_path=labels / f"{path.stem}.png")
        for path in files_ending(images, IMAGE_SUFFIXES, layout)
    ]
    return checked_items(items, images, layout)


def checked_items(items: Sequence[DatasetItem], place: Path, layout: str) -> tuple[DatasetItem, ...]:
    """The items, if there are any, each with a name of its own and a label file. Raises InvalidInput."""
    if not items:
        raise InvalidInput(f"no images in {place}; expected {layout}")
    repeated = twice(item.name for item in items)
    if repeated is not None:
        raise InvalidInput(f"two images in {place} are named {repeated}; rename one, with its label file")
    for item in items:
        if not os.path.isfile(item.label_path):
            raise InvalidInput(f"image {item.name} has no label file {item.label_path}; add it or remove the image")
    return tuple(items)
