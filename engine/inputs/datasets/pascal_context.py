"""PASCAL-Context (Mottaghi et al. 2014), 59 classes, in the layout that mmsegmentation's converter writes.

ROOT is VOC2010 or the VOCdevkit that holds it: JPEGImages/*.jpg, SegmentationClassContext/*.png and
ImageSets/SegmentationContext/SPLIT.txt, one image name a line. Values 1..59 are the classes 0..58; 0 is background,
which the protocol with 59 classes does not score: it is void here. The papers bring every image to 480x480 (size 480).
"""

import os
from pathlib import Path

from engine.core.errors import InvalidInput
from engine.core.files import read_text
from engine.inputs.datasets._label_files import PairedDataset, one_based_table
from engine.inputs.datasets._tree import checked_items
from engine.inputs.datasets.base import DatasetItem, DatasetSource
from engine.inputs.folders import check_split, files_ending, release, twice, visible
from engine.inputs.labels.pascal_context import SPACE

_LAYOUT = (
    "ROOT/JPEGImages/*.jpg, ROOT/SegmentationClassContext/*.png and ROOT/ImageSets/SegmentationContext/SPLIT.txt, "
    "0 is background"
)


def open_pascal_context(root: Path, split: str) -> PairedDataset:
    """One split of PASCAL-Context, in the order of its list. Raises InvalidInput."""
    folder = release(root, "VOC2010")
    lists = folder / "ImageSets" / "SegmentationContext"
    images, labels = folder / "JPEGImages", folder / "SegmentationClassContext"
    check_split(split, {path.stem for path in files_ending(lists, (".txt",), _LAYOUT)}, lists, _LAYOUT)
    for needed in (images, labels):
        visible(needed, _LAYOUT)
    names = _names(lists / f"{split}.txt", images)
    items = [
        DatasetItem(name=name, image_path=images / f"{name}.jpg", label_path=labels / f"{name}.png") for name in names
    ]
    table = one_based_table(len(SPACE))
    return PairedDataset(SPACE, checked_items(items, images, _LAYOUT), lambda _: table, square=True)


def _names(path: Path, images: Path) -> list[str]:
    """The image names of a split's list, blank lines left out. Raises InvalidInput."""
    names = [line.strip() for line in read_text(path).splitlines() if line.strip()]
    if not names:
        raise InvalidInput(f"{path} names no images; write one image name a line")
    repeated = twice(names)
    if repeated is not None:
        raise InvalidInput(f"{path} names {repeated:.60} twice; remove one of the lines")
    for name in names:
        if Path(name).name != name:
            raise InvalidInput(f"{path} has the line {name!r:.60}; write plain image names, without folders")
        if not os.path.isfile(images / f"{name}.jpg"):
            raise InvalidInput(
                f"{path} names {name:.60}, but {images} has no {name:.60}.jpg; add it or remove the line"
            )
    return names


DATASET = DatasetSource(
    name="pascal-context", title="PASCAL-Context (59 classes)", layout=_LAYOUT, open=open_pascal_context
)
