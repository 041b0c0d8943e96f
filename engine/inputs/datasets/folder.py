"""A plain folder: your own images and labels.

ROOT/SPLIT/images holds PNG, JPEG or WebP files, ROOT/SPLIT/labels a single-channel PNG of class ids with the same stem
for each. The split `.` means ROOT/images and ROOT/labels themselves. ROOT/classes.json, or else ROOT/classes.txt, names
the classes (see `_class_list.py`); values that name no class, such as 255, are void.
"""

import os
from pathlib import Path

from engine.inputs.datasets._class_list import read_classes
from engine.inputs.datasets._label_files import PairedDataset, identity_table
from engine.inputs.datasets._tree import same_stem_pairs
from engine.inputs.datasets.base import DatasetSource
from engine.inputs.folders import check_split, folders_in

_LAYOUT = (
    "ROOT/SPLIT/images, ROOT/SPLIT/labels (PNG files of ids) and ROOT/classes.json or ROOT/classes.txt; "
    "split . is ROOT itself"
)
_ROOT_ITSELF = "."


def open_folder(root: Path, split: str) -> PairedDataset:
    """One split of a plain folder, by name. Raises InvalidInput."""
    root = Path(root)
    splits = {path.name for path in folders_in(root, _LAYOUT) if _has_images(path)}
    if _has_images(root):
        splits.add(_ROOT_ITSELF)
    check_split(split, splits, root, _LAYOUT)
    labels = read_classes(root)
    items = same_stem_pairs(root / split / "images", root / split / "labels", _LAYOUT)
    table = identity_table(len(labels))
    return PairedDataset(labels, items, lambda _: table)


def _has_images(path: Path) -> bool:
    return os.path.isdir(path / "images")


DATASET = DatasetSource(name="folder", title="A plain folder of images and labels", layout=_LAYOUT, open=open_folder)
