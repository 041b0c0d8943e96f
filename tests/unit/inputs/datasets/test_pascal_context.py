"""PASCAL-Context on disk: the lists of its splits, the background that is not scored, and bad lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.evaluation.examples import example_image, read_example
from engine.inputs import VOID, datasets
from tests.material.image_trees import values, write_pascal_context


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_pascal_context(tmp_path / "VOCdevkit" / "VOC2010")
    return tmp_path / "VOCdevkit" / "VOC2010"


def write_list(root: Path, content: bytes) -> None:
    (root / "ImageSets" / "SegmentationContext" / "val.txt").write_bytes(content)


def test_the_list_decides(root: Path) -> None:
    assert [item.name for item in datasets["pascal-context"].open(root, "val").items()] == [
        "2008_000007",
        "2008_000002",
    ]
    assert [item.name for item in datasets["pascal-context"].open(root, "train").items()] == ["2008_000003"]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf2008_000003\n", b"\r\n 2008_000003 \r\n\r\n", b"2008_000003"])
def test_lists_as_editors_save_them(root: Path, content: bytes) -> None:
    write_list(root, content)
    assert [item.name for item in datasets["pascal-context"].open(root, "val").items()] == ["2008_000003"]


def test_the_devkit_serves_too(root: Path) -> None:
    around = datasets["pascal-context"].open(root.parent, "val")
    assert around.items() == datasets["pascal-context"].open(root, "val").items()


def test_background_is_void(root: Path) -> None:
    source = datasets["pascal-context"].open(root, "val")
    raw, read = values(60).astype(int), source.read_labels(source.items()[0])
    np.testing.assert_array_equal(read, np.where((raw >= 1) & (raw <= 59), raw - 1, VOID))


def test_both_sides_become_the_working_size(root: Path) -> None:
    source = datasets["pascal-context"].open(root, "val")
    item = source.items()[0]
    image, truth = read_example(source, item, 480)
    assert image.pixels.shape == (480, 480, 3)
    assert truth.shape == (480, 480)
    assert image.source_size == example_image(source, item, 96).source_size != (480, 480)
    raw = source.read_labels(item)
    rows = ((np.arange(480) + 0.5) * raw.shape[0] / 480).astype(int)
    columns = ((np.arange(480) + 0.5) * raw.shape[1] / 480).astype(int)
    np.testing.assert_array_equal(truth, raw[np.ix_(rows, columns)])  # nearest neighbour, by its definition


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"val\.txt names no images; write one image name a line"),
        (b" \n\n", r"val\.txt names no images"),
        (b"2008_000002\n2008_000002\n", r"val\.txt names 2008_000002 twice; remove one"),
        (b"2008_000005\n", r"names 2008_000005, but .*JPEGImages has no 2008_000005\.jpg; add it or remove the line"),
        (b"../JPEGImages/2008_000002\n", r"has the line '\.\./JPEGImages/2008_000002'; write plain image names"),
        (b"JPEGImages/2008_000002.jpg a.png\n", r"write plain image names"),
        (b"\xff\xfe2\x000\x00", r"val\.txt is not text in UTF-8"),
        (b"a\0b\n", r"names a\x00b, but"),
    ],
)
def test_a_bad_list(root: Path, content: bytes, message: str) -> None:
    write_list(root, content)
    with pytest.raises(InvalidInput, match=message):
        datasets["pascal-context"].open(root, "val")


def test_a_list_that_is_far_too_long(root: Path) -> None:
    write_list(root, b"2008_000002\n" * 400_000)
    with pytest.raises(InvalidInput, match=r"val\.txt has .* MB; at most 4 MB can be read"):
        datasets["pascal-context"].open(root, "val")


def test_an_unknown_split_lists_the_splits(root: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no split 'test' in .*SegmentationContext; choose one of train, val$"):
        datasets["pascal-context"].open(root, "test")


@pytest.mark.parametrize("missing", ["JPEGImages", "SegmentationClassContext", "ImageSets"])
def test_a_missing_folder(root: Path, missing: str) -> None:
    (root / missing).rename(root / "elsewhere")
    with pytest.raises(InvalidInput, match=f"no folder .*{missing}.*; expected ROOT/JPEGImages"):
        datasets["pascal-context"].open(root, "val")
