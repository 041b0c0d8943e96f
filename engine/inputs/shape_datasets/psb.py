"""The labelled Princeton Segmentation Benchmark (Chen et al. 2009; labels of Kalogerakis et al. 2010).

ROOT, or ROOT/psb, holds parts.json (category -> names of its parts) and meshes/CATEGORY_ID.npz with `vertices`
(V, 3), `faces` (F, 3) and `face_labels` (F,), indices into the category's parts.

The benchmark has no split of its own, so each category is dealt into five folds: its shapes by name, the first to fold
0, the second to fold 1, and so on. Split `foldK` is one fold and `trainK` the other four; `val` is fold0, `train` is
train0 and `all` is everything.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds import Mesh
from engine.inputs.folders import check_split, files_ending, release, twice
from engine.inputs.shape_datasets._files import read_json, read_npz
from engine.inputs.shape_datasets.base import ShapeItem, ShapeSource

FOLDS = 5

_LAYOUT = "ROOT/parts.json and ROOT/meshes/CATEGORY_ID.npz with vertices, faces and face_labels"
_MAX_PARTS = 255
_SPLITS = {"train": "train0", "val": "fold0"}
_ALL = "all"
_NAMES = ("train", "val", _ALL, *(f"{kind}{fold}" for kind in ("fold", "train") for fold in range(FOLDS)))


class PsbDataset:
    """One split. Raises InvalidInput if the folder is not laid out that way or holds no shape of the split."""

    def __init__(self, root: Path, split: str) -> None:
        folder = release(root, "psb")
        files = files_ending(folder / "meshes", (".npz",), _LAYOUT)
        check_split(split, _NAMES, folder, _LAYOUT)
        self._categories = _read_parts(folder / "parts.json")
        every = [self._item(path) for path in files]
        if (name := twice(item.name for item in every)) is not None:
            raise InvalidInput(f"{folder / 'meshes'} has more than one shape {name:.60}; keep one of them")
        every.sort(key=lambda item: (list(self._categories).index(item.category), _natural(item.name)))
        self._items = _dealt(every, _SPLITS.get(split, split))
        if not self._items:
            raise InvalidInput(f"no shapes of split {split} in {folder / 'meshes'}; expected {_LAYOUT}")

    @property
    def categories(self) -> Mapping[str, tuple[str, ...]]:
        """The parts of every category, in the order of parts.json."""
        return self._categories

    def items(self) -> tuple[ShapeItem, ...]:
        """All items of the split, by category and number."""
        return self._items

    def read(self, item: ShapeItem) -> Mesh:
        """The labelled mesh. Raises InvalidInput, naming the file, if it is damaged or its indices are out of range."""
        arrays = read_npz(item.path, ("vertices", "faces", "face_labels"))
        vertices, faces, labels = arrays["vertices"], arrays["faces"], arrays["face_labels"]
        _check_shapes(item.path, vertices, faces, labels)
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused
            vertices = vertices.astype(np.float32)
        if not np.isfinite(vertices).all():
            raise InvalidInput(f"{item.path} has vertices that are not finite; restore it or remove the shape")
        _check_range(item.path, "faces", faces, len(vertices), "vertices")
        _check_range(item.path, "face_labels", labels, len(self._categories[item.category]), "parts")
        return Mesh(vertices=vertices, faces=faces.astype(np.int32), face_labels=labels.astype(np.uint8))

    def _item(self, path: Path) -> ShapeItem:
        category, found, _ = path.stem.rpartition("_")
        if not found or category not in self._categories:
            raise InvalidInput(
                f"{path} is of no category that parts.json names; call it CATEGORY_ID.npz or add its parts"
            )
        return ShapeItem(name=path.stem, category=category, path=path)


def _dealt(items: list[ShapeItem], split: str) -> tuple[ShapeItem, ...]:
    """The items of a split; a shape's fold is its place among the shapes of its category, modulo the folds."""
    if split == _ALL:
        return tuple(items)
    fold, seen, kept = int(split[-1]), Counter[str](), []
    for item in items:
        if (seen[item.category] % FOLDS == fold) == split.startswith("fold"):
            kept.append(item)
        seen[item.category] += 1
    return tuple(kept)


def _natural(name: str) -> tuple[int, str]:
    """Shape 99 comes before shape 100."""
    number = re.search(r"_([0-9]{1,18})$", name)
    return (int(number[1]) if number else -1, name)


def _read_parts(path: Path) -> Mapping[str, tuple[str, ...]]:
    content = read_json(path)
    if not isinstance(content, dict) or not content:
        raise InvalidInput(f"{path} must map each category to the names of its parts")
    for category, parts in content.items():
        named = isinstance(parts, list) and all(isinstance(part, str) and part.strip() for part in parts)
        if not named or not 1 <= len(parts) <= _MAX_PARTS or len(set(parts)) < len(parts):
            raise InvalidInput(
                f"{path} must list 1 to {_MAX_PARTS} different part names for {category:.60}, in the order of their ids"
            )
    return {category: tuple(parts) for category, parts in content.items()}


def _check_shapes(path: Path, vertices: NDArray[Any], faces: NDArray[Any], labels: NDArray[Any]) -> None:
    wanted = vertices.ndim == 2 and vertices.shape[1] == 3 and faces.ndim == 2 and faces.shape[1] == 3
    if not wanted or labels.shape != faces.shape[:1] or len(vertices) == 0 or len(faces) == 0:
        found = f"{vertices.shape}, {faces.shape} and {labels.shape}"
        raise InvalidInput(f"{path} must have vertices (V, 3), faces (F, 3) and face_labels (F,), got {found}")
    if vertices.dtype.kind != "f" or faces.dtype.kind not in "iu" or labels.dtype.kind not in "iu":
        raise InvalidInput(f"{path} must have vertices of type float, and faces and face_labels of type integer")


def _check_range(path: Path, name: str, values: NDArray[Any], count: int, what: str) -> None:
    if int(values.min()) < 0 or int(values.max()) >= count:
        worst = int(values.min()) if int(values.min()) < 0 else int(values.max())
        raise InvalidInput(
            f"{path} has {worst} in {name}, but there are {count} {what}; restore it or remove the shape"
        )


SHAPES = ShapeSource(
    name="psb", title="Labelled Princeton Segmentation Benchmark (meshes)", layout=_LAYOUT, open=PsbDataset
)
