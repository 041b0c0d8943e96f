"""ShapeNet-Part in both of its layouts, on tiny trees, and every way these can be wrong.

The numbers of parts and where each category's labels start are the published ones, written out below.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import InvalidInput
from engine.inputs.shape_datasets import ShapePoints, shape_datasets
from engine.inputs.shape_datasets._shapenet_parts import CATEGORIES, SYNSETS, first_label
from tests.material.shape_trees import MUG, TABLE, write_shapenet_normals, write_shapenet_older

COUNTS = (4, 2, 2, 4, 4, 3, 3, 2, 4, 2, 6, 2, 3, 3, 3, 3)
STARTS = (0, 4, 6, 8, 12, 16, 19, 22, 24, 28, 30, 36, 38, 41, 44, 47)


@pytest.fixture
def with_normals(tmp_path: Path) -> Path:
    write_shapenet_normals(tmp_path)
    return tmp_path


@pytest.fixture
def older(tmp_path: Path) -> Path:
    write_shapenet_older(tmp_path)
    return tmp_path


def read(root: Path, name: str, split: str = "all") -> ShapePoints:
    dataset = shape_datasets["shapenet-part"].open(root, split)
    shape = dataset.read(next(item for item in dataset.items() if item.name.endswith(name)))
    assert isinstance(shape, ShapePoints)
    return shape


def test_the_published_counts() -> None:
    assert tuple(len(parts) for parts in CATEGORIES.values()) == COUNTS
    assert tuple(first_label(name) for name in CATEGORIES) == STARTS
    assert list(SYNSETS) == list(CATEGORIES) == sorted(CATEGORIES)
    assert list(SYNSETS.values()) == sorted(SYNSETS.values())


def test_points_with_normals(with_normals: Path) -> None:
    shape = read(with_normals, "t1")
    np.testing.assert_array_equal(shape.points, np.float32([[0, 0.5, -1.25], [0.1, 0.5, -1.25], [0.2, 0.5, -1.25]]))
    assert shape.normals is not None
    np.testing.assert_array_equal(shape.normals, np.float32([[0, 0.6, 0.8]] * 3))
    np.testing.assert_array_equal(shape.labels, np.uint8([0, 1, 2]), strict=True)
    np.testing.assert_array_equal(read(with_normals, "a1").labels, np.uint8([0, 1]))


@pytest.mark.parametrize("first", [0, 1])
def test_points_and_labels_apart(tmp_path: Path, first: int) -> None:
    write_shapenet_older(tmp_path, first)
    shape = read(tmp_path, "t1")
    np.testing.assert_array_equal(shape.points, np.float32([[0, 0.5, -1.25], [0.1, 0.5, -1.25], [0.2, 0.5, -1.25]]))
    assert shape.normals is None
    np.testing.assert_array_equal(shape.labels, np.uint8([0, 1, 2]), strict=True)


@pytest.mark.parametrize(("first", "rows"), [(0, "1\n1\n"), (1, "2\n2\n")])
def test_a_shape_without_its_first_part_counts_as_the_others_do(tmp_path: Path, first: int, rows: str) -> None:
    write_shapenet_older(tmp_path, first)
    (tmp_path / MUG / "points_label" / "a1.seg").write_text(rows)
    np.testing.assert_array_equal(read(tmp_path, "a1").labels, np.uint8([1, 1]), strict=True)


def test_where_no_shape_tells_labels_count_from_one(older: Path) -> None:
    for name in ("a1", "b2", "c3"):
        (older / MUG / "points_label" / f"{name}.seg").write_text("1\n1\n")
    np.testing.assert_array_equal(read(older, "a1").labels, np.uint8([0, 0]), strict=True)


@pytest.mark.parametrize("layout", ["with_normals", "older"])
def test_splits(layout: str, request: pytest.FixtureRequest) -> None:
    root = request.getfixturevalue(layout)

    def names(split: str) -> list[str]:
        return [item.name for item in shape_datasets["shapenet-part"].open(root, split).items()]

    assert names("train") == [f"{MUG}/a1", f"{TABLE}/t1"]  # by category, not as listed
    assert names("val") == [f"{MUG}/b2"]
    assert names("test") == [f"{MUG}/c3"]
    assert names("trainval") == [f"{MUG}/a1", f"{MUG}/b2", f"{TABLE}/t1"]
    assert names("all") == [f"{MUG}/a1", f"{MUG}/b2", f"{MUG}/c3", f"{TABLE}/t1"]
    dataset = shape_datasets["shapenet-part"].open(root, "val")
    assert dataset.categories == CATEGORIES
    assert dataset.items()[0].category == "Mug"


ROWS = {
    "a label of another category": ("0 0 0 0 0 1 38", r"label 38, but labels of its category are 36\.\.37"),
    "a label between two": ("0 0 0 0 0 1 36.5", r"label 36\.5"),
    "too few columns": ("0 0 0 0 0 1", "row 1 has 6 numbers"),
    "words": ("0 0 0 0 0 1 handle", "no number"),
    "nothing": ("\n", "it has 0 rows"),
    "not finite": ("nan 0 0 0 0 1 36", "not finite"),
    "beyond float32": ("1e300 0 0 0 0 1 36", "too large for 32-bit"),
}


@pytest.mark.parametrize(("row", "message"), ROWS.values(), ids=ROWS.keys())
def test_bad_rows(with_normals: Path, row: str, message: str) -> None:
    (with_normals / MUG / "a1.txt").write_text(row)
    with pytest.raises(InvalidInput, match=rf"a1\.txt .*{message}"):
        read(with_normals, "a1")


def test_bytes_that_are_no_text(with_normals: Path) -> None:
    (with_normals / MUG / "a1.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match=r"a1\.txt is not text"):
        read(with_normals, "a1")


@pytest.mark.parametrize(
    ("labels", "message"),
    [("1\n", "has 1 labels for 2 points"), ("1\n3\n", "label 3"), ("0\n2\n", "label 2"), ("-1\n1\n", "-1")],
)
def test_bad_labels(older: Path, labels: str, message: str) -> None:
    (older / MUG / "points_label" / "a1.seg").write_text(labels)
    with pytest.raises(InvalidInput, match=rf"a1\.seg has {message}|a1\.seg .*{message}"):
        read(older, "a1")


def test_a_missing_shape_or_label_file(older: Path) -> None:
    (older / MUG / "points_label" / "a1.seg").unlink()
    with pytest.raises(InvalidInput, match=r"has no label file .*a1\.seg"):
        shape_datasets["shapenet-part"].open(older, "train")
    (older / MUG / "points" / "a1.pts").unlink()
    with pytest.raises(InvalidInput, match=r"neither .*a1\.txt nor .*a1\.pts"):
        shape_datasets["shapenet-part"].open(older, "train")


@pytest.mark.parametrize(
    "entries", ["no json", {}, [], [1], ["a1"], ["shape_data/00000000/a1"], [f"shape_data/{MUG}/../x"]]
)
def test_a_bad_list(with_normals: Path, entries: object) -> None:
    path = with_normals / "train_test_split" / "shuffled_train_file_list.json"
    path.write_text(entries if isinstance(entries, str) else json.dumps(entries))
    with pytest.raises(InvalidInput, match=r"shuffled_train_file_list\.json"):
        shape_datasets["shapenet-part"].open(with_normals, "train")


def test_a_shape_listed_twice(with_normals: Path) -> None:
    path = with_normals / "train_test_split" / "shuffled_train_file_list.json"
    path.write_text(json.dumps([f"shape_data/{MUG}/a1"] * 2))
    with pytest.raises(InvalidInput, match="name a shape twice"):
        shape_datasets["shapenet-part"].open(with_normals, "train")


def test_a_missing_list_split_or_folder(with_normals: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no split 'nope' .* choose one of all, test, train, trainval, val"):
        shape_datasets["shapenet-part"].open(with_normals, "nope")
    (with_normals / "train_test_split" / "shuffled_val_file_list.json").unlink()
    with pytest.raises(InvalidInput, match=r"shuffled_val_file_list\.json cannot be read"):
        shape_datasets["shapenet-part"].open(with_normals, "val")
    for wrong in (with_normals / "missing", with_normals / MUG, with_normals / ("x" * 5000)):
        with pytest.raises(InvalidInput, match=r"no folder .*train_test_split"):
            shape_datasets["shapenet-part"].open(wrong, "train")


@pytest.mark.parametrize("line", [f"Cup\t{MUG}", f"Mug\t{TABLE}", "Mug"])
def test_other_categories(with_normals: Path, line: str) -> None:
    path = with_normals / "synsetoffset2category.txt"
    path.write_text(f"Table\t{TABLE}\n{line}\n")
    with pytest.raises(InvalidInput, match=r"line 2 of .*synsetoffset2category\.txt"):
        shape_datasets["shapenet-part"].open(with_normals, "train")
    path.unlink()  # it is not needed
    assert len(shape_datasets["shapenet-part"].open(with_normals, "train").items()) == 2
