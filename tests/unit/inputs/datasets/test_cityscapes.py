"""Cityscapes on disk: cities, label ids and train ids, and what is wrong with a tree.

The expected classes are written as the benchmark's scripts name the label ids (cityscapesScripts, helpers/labels.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs import VOID, datasets
from tests.material.image_trees import HEIGHT, WIDTH, put_labels, values, write_cityscapes

NAME = "frankfurt_000000_000294"
BY_LABEL_ID = {
    7: "road", 8: "sidewalk", 11: "building", 12: "wall", 13: "fence", 17: "pole", 19: "traffic light",
    20: "traffic sign", 21: "vegetation", 22: "terrain", 23: "sky", 24: "person", 25: "rider", 26: "car", 27: "truck",
    28: "bus", 31: "train", 32: "motorcycle", 33: "bicycle",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_cityscapes(tmp_path)
    return tmp_path


def labels_folder(root: Path) -> Path:
    return root / "gtFine" / "val" / "frankfurt"


def test_items_know_their_city(root: Path) -> None:
    items = datasets["cityscapes"].open(root, "val").items()
    assert [item.group for item in items] == ["frankfurt", "frankfurt", "munster"]


def test_label_ids_become_classes(root: Path) -> None:
    source = datasets["cityscapes"].open(root, "val")
    raw, read = values(33), source.read_labels(source.items()[0])
    for label_id in (*range(34), 255):
        (found,) = np.unique(read[raw == label_id])
        name = BY_LABEL_ID.get(label_id)
        assert (source.labels.classes[found] if name else found) == (name or VOID)


def test_train_ids_are_preferred(root: Path) -> None:
    raw = values(20)  # 19 and 20 are no classes
    put_labels(labels_folder(root) / f"{NAME}_gtFine_labelTrainIds.png", raw)
    source = datasets["cityscapes"].open(root, "val")
    first, second, _ = source.items()
    assert first.label_path.name.endswith("_gtFine_labelTrainIds.png")
    assert second.label_path.name.endswith("_gtFine_labelIds.png")
    np.testing.assert_array_equal(source.read_labels(first), np.where(raw < 19, raw, VOID))


def test_train_ids_alone_will_do(root: Path) -> None:
    for path in (root / "gtFine").rglob("*_labelIds.png"):
        path.rename(path.with_name(path.name.replace("_labelIds", "_labelTrainIds")))
    assert len(datasets["cityscapes"].open(root, "val").items()) == 3


def test_ids_above_the_last_are_void(root: Path) -> None:
    put_labels(labels_folder(root) / f"{NAME}_gtFine_labelIds.png", np.full((HEIGHT, WIDTH), 34, dtype=np.uint8))
    source = datasets["cityscapes"].open(root, "val")
    assert (source.read_labels(source.items()[0]) == VOID).all()


def test_other_annotations_beside_are_passed_over(root: Path) -> None:
    (labels_folder(root) / f"{NAME}_gtFine_color.png").write_bytes(b"x")
    (labels_folder(root) / f"{NAME}_gtFine_polygons.json").write_bytes(b"{}")
    (root / "leftImg8bit" / "val" / "frankfurt" / "notes.png").write_bytes(b"x")
    assert len(datasets["cityscapes"].open(root, "val").items()) == 3


def test_an_unknown_split_lists_the_splits(root: Path) -> None:
    (root / "leftImg8bit" / "train").mkdir()
    with pytest.raises(InvalidInput, match=r"no split 'minival' in .*leftImg8bit; choose one of train, val$"):
        datasets["cityscapes"].open(root, "minival")


@pytest.mark.parametrize("missing", ["leftImg8bit", "gtFine"])
def test_a_missing_folder(root: Path, missing: str) -> None:
    (root / missing).rename(root / "elsewhere")
    with pytest.raises(InvalidInput, match=f"no folder .*{missing}.*; expected ROOT/leftImg8bit/SPLIT/CITY"):
        datasets["cityscapes"].open(root, "val")


def test_the_same_name_in_two_cities(root: Path) -> None:
    for kind in ("leftImg8bit", "gtFine"):
        (root / kind / "val" / "zurich").mkdir()
        for path in (root / kind / "val" / "frankfurt").iterdir():
            (root / kind / "val" / "zurich" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(InvalidInput, match=f"two images in .* are named {NAME}; rename one"):
        datasets["cityscapes"].open(root, "val")
