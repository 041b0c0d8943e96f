"""ShapeNet-Part (Yi et al. 2016) in both layouts in which it was published.

With normals: SYNSET/ID.txt holds rows `x y z nx ny nz label`, where labels count through all categories, 0..49.
Without: SYNSET/points/ID.pts holds rows `x y z` and SYNSET/points_label/ID.seg a label a row, 1, 2, ... within the
category, or 0, 1, ... (a copy in use). Which of the two, the first file of the category in this split says that has a
label 0 or one as large as the number of parts; where none has, labels count from 1.

Both have train_test_split/shuffled_{train,val,test}_file_list.json, lists of `shape_data/SYNSET/ID`, and
synsetoffset2category.txt with `Category SYNSET` a line (not needed: the synsets are known, and a file that says
otherwise is refused). Splits are `train`, `val`, `test`, `trainval` and `all`. Part names are no part of the data: see
`_shapenet_parts.py`.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.files import read_text
from engine.inputs.folders import check_split
from engine.inputs.shape_datasets._files import read_columns, read_json
from engine.inputs.shape_datasets._shapenet_parts import CATEGORIES, SYNSETS, first_label
from engine.inputs.shape_datasets.base import ShapeItem, ShapePoints, ShapeSource

_LAYOUT = (
    "ROOT/synsetoffset2category.txt, ROOT/train_test_split/shuffled_{train,val,test}_file_list.json and either "
    "ROOT/SYNSET/ID.txt (x y z nx ny nz label) or ROOT/SYNSET/points/ID.pts with ROOT/SYNSET/points_label/ID.seg"
)
_SPLITS = {
    "train": ("train",),
    "val": ("val",),
    "test": ("test",),
    "trainval": ("train", "val"),
    "all": ("train", "val", "test"),
}
_CATEGORY_OF = {synset: category for category, synset in SYNSETS.items()}
_ENTRY = re.compile(r"(?:[\w.-]+/)?([0-9]{8})/([\w-]+)")  # no dots in the last name: an entry cannot lead elsewhere


class ShapeNetPart:
    """One split. Raises InvalidInput if the lists are missing or name a shape that is not there."""

    def __init__(self, root: Path, split: str) -> None:
        root = Path(root)
        if not os.path.isdir(root / "train_test_split"):
            raise InvalidInput(f"no folder {root / 'train_test_split'}; expected {_LAYOUT}")
        check_split(split, tuple(_SPLITS), root, _LAYOUT)
        _check_synsets(root / "synsetoffset2category.txt")
        lists = [root / "train_test_split" / f"shuffled_{name}_file_list.json" for name in _SPLITS[split]]
        items = [_item(root, path, entry) for path in lists for entry in _read_list(path)]
        if len({item.path for item in items}) < len(items):
            raise InvalidInput(
                f"the lists of split {split} in {root / 'train_test_split'} name a shape twice; restore them"
            )
        self._items = tuple(sorted(items, key=lambda item: (SYNSETS[item.category], item.path.stem)))
        self._first: dict[str, int] = {}

    @property
    def categories(self) -> Mapping[str, tuple[str, ...]]:
        """The parts of the 16 categories, in the order in which the release numbers them."""
        return CATEGORIES

    def items(self) -> tuple[ShapeItem, ...]:
        """All items of the split, by category and id, in whatever order the lists have them."""
        return self._items

    def read(self, item: ShapeItem) -> ShapePoints:
        """The labelled points. Raises InvalidInput, naming the file, if it is damaged or has unknown labels."""
        parts = len(CATEGORIES[item.category])
        if item.label_path is None:
            rows = read_columns(item.path, 7)
            points, normals, first = rows[:, :3], _float32(item.path, rows[:, 3:6]), first_label(item.category)
            labels = _labels(item.path, rows[:, 6], first, parts)
        else:
            points, normals = read_columns(item.path, 3), None
            stored = read_columns(item.label_path, 1)[:, 0]
            if len(stored) != len(points):
                raise InvalidInput(
                    f"{item.label_path} has {len(stored)} labels for {len(points)} points of {item.path.name}; "
                    "restore both"
                )
            labels = _labels(item.label_path, stored, self._first_of(item.category), parts)
        return ShapePoints(points=_float32(item.path, points), normals=normals, labels=labels)

    def _first_of(self, category: str) -> int:
        """The number that stands for a category's first part in the files without normals."""
        if category not in self._first:
            parts, paths = len(CATEGORIES[category]), [item.label_path for item in self._items]
            own = [path for path, item in zip(paths, self._items, strict=True) if path and item.category == category]
            ranges = ((stored.min(), stored.max()) for stored in (read_columns(path, 1) for path in own))
            decided = (0 if low == 0 else 1 for low, high in ranges if low == 0 or high == parts)
            self._first[category] = next(decided, 1)
        return self._first[category]


def _float32(path: Path, values: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused
        small = values.astype(np.float32)
    if not np.isfinite(small).all():
        raise InvalidInput(f"{path} has values too large for 32-bit numbers; restore it or remove the shape")
    return small


def _labels(path: Path, stored: NDArray[np.float64], first: int, parts: int) -> NDArray[np.uint8]:
    """uint8 (P,) in 0..parts-1, from stored labels first..first+parts-1."""
    wrong = (stored != np.rint(stored)) | (stored < first) | (stored >= first + parts)
    if wrong.any():
        raise InvalidInput(
            f"{path} has label {stored[wrong][0]:g}, but labels of its category are {first}..{first + parts - 1}; "
            "restore it or remove the shape"
        )
    return (stored - first).astype(np.uint8)


def _check_synsets(path: Path) -> None:
    if not os.path.lexists(path):
        return
    for number, line in enumerate(read_text(path).splitlines(), 1):
        words = line.split()
        if words and (len(words) != 2 or SYNSETS.get(words[0]) != words[1]):
            raise InvalidInput(
                f"line {number} of {path} is {line.strip()!r:.60}, no category of ShapeNet-Part; restore it"
            )


def _read_list(path: Path) -> list[str]:
    entries = read_json(path)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, str) for entry in entries):
        raise InvalidInput(f"{path} must be a list of entries shape_data/SYNSET/ID, at least one; restore it")
    return entries


def _item(root: Path, path: Path, entry: str) -> ShapeItem:
    """The shape that an entry of a list names, in the layout in which it is there."""
    match = _ENTRY.fullmatch(entry)
    if match is None or match[1] not in _CATEGORY_OF:
        raise InvalidInput(f"{path} has the entry {entry!r:.80}; expected shape_data/SYNSET/ID with a known synset")
    synset, name = match.groups()
    folder, category = root / synset, _CATEGORY_OF[synset]
    table, points, labels = (
        folder / f"{name}.txt",
        folder / "points" / f"{name}.pts",
        folder / "points_label" / f"{name}.seg",
    )
    if os.path.isfile(table):
        return ShapeItem(name=f"{synset}/{name}", category=category, path=table)
    if not os.path.isfile(points):
        raise InvalidInput(f"{path} lists {entry}, but there is neither {table} nor {points}; restore it")
    if not os.path.isfile(labels):
        raise InvalidInput(f"shape {entry} has no label file {labels}; restore it")
    return ShapeItem(name=f"{synset}/{name}", category=category, path=points, label_path=labels)


SHAPES = ShapeSource(
    name="shapenet-part", title="ShapeNet-Part (points, 16 categories)", layout=_LAYOUT, open=ShapeNetPart
)
