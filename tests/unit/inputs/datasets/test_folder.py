"""A plain folder: its splits, its classes as JSON or text, and every way these can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs import VOID, datasets
from engine.inputs.labels._palettes import distinct_colours
from tests.material.image_trees import FOLDER_CLASSES, put_image, put_labels, values, write_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_folder(tmp_path / "mine")
    return tmp_path / "mine"


def write_json(root: Path, content: Any) -> None:
    (root / "classes.json").write_text(json.dumps(content))


def test_values_that_name_no_class_are_void(root: Path) -> None:
    source = datasets["folder"].open(root, "val")
    raw = values(3)
    np.testing.assert_array_equal(source.read_labels(source.items()[0]), np.where(raw < 3, raw, VOID))


def test_a_list_of_names(root: Path) -> None:
    space = datasets["folder"].open(root, "val").labels
    assert (space.name, space.classes, space.palette) == ("mine", FOLDER_CLASSES, distinct_colours(3))


def test_names_and_a_palette(root: Path) -> None:
    write_json(root, {"classes": ["sea", " land "], "palette": [[0, 0, 255], [1, 200, 3]]})
    space = datasets["folder"].open(root, "val").labels
    assert (space.classes, space.palette) == (("sea", "land"), ((0, 0, 255), (1, 200, 3)))


def test_names_without_a_palette(root: Path) -> None:
    write_json(root, {"classes": ["sea", "land"]})
    assert datasets["folder"].open(root, "val").labels.palette == distinct_colours(2)


@pytest.mark.parametrize("content", [b"sea\nland\n", b"\xef\xbb\xbfsea\r\n land \r\n\r\n"])
def test_names_as_text(root: Path, content: bytes) -> None:
    (root / "classes.json").unlink()
    (root / "classes.txt").write_bytes(content)
    assert datasets["folder"].open(root, "val").labels.classes == ("sea", "land")


def test_json_goes_before_text(root: Path) -> None:
    (root / "classes.txt").write_text("sea\n")
    assert datasets["folder"].open(root, "val").labels.classes == FOLDER_CLASSES


def test_as_many_classes_as_ids_allow(root: Path) -> None:
    write_json(root, [f"class {number}" for number in range(255)])
    raw = np.arange(24 * 40, dtype=np.uint16).reshape(24, 40)
    put_labels(root / "val" / "labels" / "one.png", raw)
    source = datasets["folder"].open(root, "val")
    np.testing.assert_array_equal(source.read_labels(source.items()[0]), np.where(raw < 255, raw, VOID))


def test_the_split_that_is_the_folder_itself(root: Path) -> None:
    put_image(root / "images" / "three.png")
    put_labels(root / "labels" / "three.png", values(3))
    assert [item.name for item in datasets["folder"].open(root, ".").items()] == ["three"]


@pytest.mark.parametrize("split", [".", "train", "", "..", "val/"])
def test_an_unknown_split_lists_the_splits(root: Path, split: str) -> None:
    (root / "notes").mkdir()
    with pytest.raises(InvalidInput, match=r"no split '.*' in .*mine; choose one of val$"):
        datasets["folder"].open(root, split)


def test_a_folder_without_splits(root: Path) -> None:
    (root / "val").rename(root.parent / "elsewhere")
    with pytest.raises(InvalidInput, match=r"no split 'val' in .*mine; expected ROOT/SPLIT/images, ROOT/SPLIT/labels"):
        datasets["folder"].open(root, "val")


def test_no_labels_folder(root: Path) -> None:
    (root / "val" / "labels").rename(root / "elsewhere")
    with pytest.raises(InvalidInput, match=r"no folder .*labels; expected"):
        datasets["folder"].open(root, "val")


def test_two_images_of_one_stem(root: Path) -> None:
    put_image(root / "val" / "images" / "one.png")
    with pytest.raises(InvalidInput, match=r"two images in .*images are named one; rename one"):
        datasets["folder"].open(root, "val")


def test_no_class_file(root: Path) -> None:
    (root / "classes.json").unlink()
    with pytest.raises(InvalidInput, match=r"no classes\.json or classes\.txt in .*mine; add"):
        datasets["folder"].open(root, "val")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"names": ["a"]}, "must be a list of class names, or hold"),
        ({"classes": ["a"], "pallete": [[1, 2, 3]]}, "at most .palette. beside it"),
        ("a", "must be a list of class names"),
        ([], "must list 1 to 255 class names"),
        ({"classes": {"0": "a"}}, "must list 1 to 255 class names"),
        ([str(number) for number in range(256)], "must list 1 to 255 class names"),
        (["a", 3], "has 3 as the name of class 1"),
        (["a", "  "], "has '  ' as the name of class 1"),
        (["a", "b", "a "], "names a twice"),
        ({"classes": ["a", "b"], "palette": [[1, 2, 3]]}, "must list 2 colours"),
        ({"classes": ["a"], "palette": "red"}, "must list 1 colours"),
        ({"classes": ["a"], "palette": None}, "must list 1 colours"),
        ({"classes": ["a"], "palette": [[1, 2]]}, r"colour 0 in .* is \[1, 2\]; write \[red, green, blue\]"),
        ({"classes": ["a"], "palette": [[1, 2, True]]}, r"colour 0 in .*; write \[red, green, blue\]"),
        ({"classes": ["a"], "palette": [[1, 2, 3.0]]}, r"colour 0 in .*; write \[red, green, blue\]"),
        ({"classes": ["a"], "palette": [[1, 2, 256]]}, r"must lie in 0\.\.255"),
        ({"classes": ["a"], "palette": [[-1, 2, 3]]}, r"must lie in 0\.\.255"),
        ({"classes": ["a"], "palette": [[255, 255, 255]]}, "is white, which means abstention"),
        ({"classes": ["a", "b"], "palette": [[1, 2, 3], [1, 2, 3]]}, "gives two classes one colour"),
    ],
)
def test_a_bad_class_file(root: Path, content: Any, message: str) -> None:
    write_json(root, content)
    with pytest.raises(InvalidInput, match=message):
        datasets["folder"].open(root, "val")


@pytest.mark.parametrize("content", [b"", b"[", b"[" * 100_000, b"\xff\xfe", b"9" * 5000])
def test_a_class_file_that_is_no_json(root: Path, content: bytes) -> None:
    (root / "classes.json").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"classes\.json is not (JSON|text)") as caught:
        datasets["folder"].open(root, "val")
    assert "\n" not in str(caught.value)


def test_a_class_file_that_is_a_folder_or_a_loop(root: Path) -> None:
    (root / "classes.json").unlink()
    (root / "classes.json").symlink_to(root / "classes.json")
    with pytest.raises(InvalidInput, match=r"classes\.json cannot be read"):
        datasets["folder"].open(root, "val")
    (root / "classes.json").unlink()
    (root / "classes.json").mkdir()
    with pytest.raises(InvalidInput, match=r"classes\.json cannot be read"):
        datasets["folder"].open(root, "val")


@pytest.mark.parametrize(("content", "message"), [("", "must list 1 to 255"), ("a\n\nb\n", "has '' as the name")])
def test_a_bad_text_file(root: Path, content: str, message: str) -> None:
    (root / "classes.json").unlink()
    (root / "classes.txt").write_text(content)
    with pytest.raises(InvalidInput, match=message):
        datasets["folder"].open(root, "val")
