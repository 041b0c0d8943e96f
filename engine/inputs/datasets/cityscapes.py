"""Cityscapes (Cordts et al. 2016) with its fine annotations, as the benchmark's archives unpack.

ROOT/leftImg8bit/SPLIT/CITY/*_leftImg8bit.png are the images. The labels lie under ROOT/gtFine/SPLIT/CITY:
*_gtFine_labelTrainIds.png (made by the benchmark's scripts) where there is one, else *_gtFine_labelIds.png. The
benchmark withholds the labels of its split `test`: the files that stand in for them are void everywhere.
"""

import os
from pathlib import Path

import numpy as np

from engine.inputs.datasets._label_files import ClassTable, PairedDataset, identity_table
from engine.inputs.datasets._tree import checked_items
from engine.inputs.datasets.base import DatasetItem, DatasetSource
from engine.inputs.folders import check_split, files_ending, folders_in
from engine.inputs.labels import VOID
from engine.inputs.labels.cityscapes import SPACE

_LAYOUT = (
    "ROOT/leftImg8bit/SPLIT/CITY/*_leftImg8bit.png and ROOT/gtFine/SPLIT/CITY/*_gtFine_labelIds.png "
    "or *_gtFine_labelTrainIds.png"
)
_IMAGE, _IDS, _TRAIN_IDS = "_leftImg8bit.png", "_gtFine_labelIds.png", "_gtFine_labelTrainIds.png"

# The label ids that are evaluated, in the order of the classes they become (train ids 0..18).
_EVALUATED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)


def open_cityscapes(root: Path, split: str) -> PairedDataset:
    """One split of Cityscapes, by city and name. Raises InvalidInput."""
    images, labels = Path(root) / "leftImg8bit", Path(root) / "gtFine"
    splits = {folder.name for folder in folders_in(images, _LAYOUT)}
    check_split(split, splits, images, _LAYOUT)
    items = [
        DatasetItem(
            name=path.name.removesuffix(_IMAGE),
            image_path=path,
            label_path=_label_path(labels / split / city.name, path.name.removesuffix(_IMAGE)),
            group=city.name,
        )
        for city in folders_in(images / split, _LAYOUT)
        for path in files_ending(city, (_IMAGE.lower(),), _LAYOUT)
    ]
    folders_in(labels / split, _LAYOUT)
    return PairedDataset(SPACE, checked_items(items, images / split, _LAYOUT), _table_of)


def _label_path(folder: Path, name: str) -> Path:
    train_ids = folder / f"{name}{_TRAIN_IDS}"
    return train_ids if os.path.isfile(train_ids) else folder / f"{name}{_IDS}"


def _table_of(item: DatasetItem) -> ClassTable:
    if item.label_path.name.endswith(_TRAIN_IDS):
        return identity_table(len(SPACE))
    table = np.full(max(_EVALUATED) + 1, VOID, dtype=np.uint8)
    table[list(_EVALUATED)] = identity_table(len(SPACE))
    return table


DATASET = DatasetSource(
    name="cityscapes", title="Cityscapes street scenes (19 classes)", layout=_LAYOUT, open=open_cityscapes
)
