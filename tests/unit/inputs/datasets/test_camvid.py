"""CamVid on disk: a generated tree in the real layout, what is void, and every way the tree can be wrong.

The one test on real data counts images and classes as the data's own README states them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.core import InvalidInput, UnknownName
from engine.inputs import VOID, datasets


def labels_folder(root: Path) -> Path:
    return root / "val" / "labels"


def test_items_are_in_a_stable_order(camvid_root: Path) -> None:
    items = datasets["camvid"].open(camvid_root, "val").items()
    assert [item.name for item in items] == ["a_001", "b_002"]
    assert all(item.image_path.is_file() and item.label_path.is_file() for item in items)


def test_other_files_are_passed_over(camvid_root: Path) -> None:
    (camvid_root / "val" / "images" / "Thumbs.db").write_bytes(b"x")
    assert len(datasets["camvid"].open(camvid_root, "val").items()) == 2


def test_labels_above_ten_are_void(camvid_root: Path) -> None:
    raw = np.tile(np.arange(16, dtype=np.uint8), (48, 4))
    Pillow.fromarray(raw).save(labels_folder(camvid_root) / "a_001.png")
    source = datasets["camvid"].open(camvid_root, "val")
    read = source.read_labels(source.items()[0])
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, np.where(raw <= 10, raw, VOID))


def test_palette_labels_are_indices(camvid_root: Path) -> None:
    raw = np.tile(np.arange(12, dtype=np.uint8), (48, 5))
    picture = Pillow.fromarray(raw)
    picture.putpalette(list(range(256)) * 3)
    assert picture.mode == "P"
    picture.save(labels_folder(camvid_root) / "a_001.png")
    source = datasets["camvid"].open(camvid_root, "val")
    np.testing.assert_array_equal(source.read_labels(source.items()[0]), np.where(raw <= 10, raw, VOID))


def test_labels_of_16_bits(camvid_root: Path) -> None:
    raw = np.full((48, 64), 256 + 3, dtype=np.uint16)  # its low byte alone would be a class
    raw[0] = 3
    Pillow.fromarray(raw).save(labels_folder(camvid_root) / "a_001.png")
    source = datasets["camvid"].open(camvid_root, "val")
    read = source.read_labels(source.items()[0])
    assert (read[0] == 3).all()
    assert (read[1:] == VOID).all()


@pytest.mark.parametrize("folder", ["images", "labels"])
def test_a_missing_folder(camvid_root: Path, folder: str) -> None:
    (camvid_root / "val" / folder).rename(camvid_root / "elsewhere")
    with pytest.raises(InvalidInput, match=f"no folder .*{folder}"):
        datasets["camvid"].open(camvid_root, "val")


def test_a_missing_split(camvid_root: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no folder .*test"):
        datasets["camvid"].open(camvid_root, "test")


def test_a_missing_label(camvid_root: Path) -> None:
    (labels_folder(camvid_root) / "b_002.png").unlink()
    with pytest.raises(InvalidInput, match=r"image b_002 has no label file .*b_002\.png"):
        datasets["camvid"].open(camvid_root, "val")


def test_no_images(camvid_root: Path) -> None:
    for file in (camvid_root / "val" / "images").iterdir():
        file.unlink()
    with pytest.raises(InvalidInput, match="no images in"):
        datasets["camvid"].open(camvid_root, "val")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_an_unreadable_label(camvid_root: Path, content: bytes) -> None:
    (labels_folder(camvid_root) / "a_001.png").write_bytes(content)
    source = datasets["camvid"].open(camvid_root, "val")
    with pytest.raises(InvalidInput, match=r"label file a_001\.png cannot be read"):
        source.read_labels(source.items()[0])


def test_a_label_in_colour(camvid_root: Path) -> None:
    Pillow.new("RGB", (64, 48)).save(labels_folder(camvid_root) / "a_001.png")
    source = datasets["camvid"].open(camvid_root, "val")
    with pytest.raises(InvalidInput, match="mode RGB; expected one channel"):
        source.read_labels(source.items()[0])


def test_unknown_dataset(camvid_root: Path) -> None:
    with pytest.raises(UnknownName, match=r"unknown dataset 'nope'; known: .*\bcamvid\b"):
        datasets["nope"].open(camvid_root, "val")


def test_the_real_one(shared_data: Path) -> None:
    source = datasets["camvid"].open(shared_data / "camvid", "val")
    items = source.items()
    assert len(items) == 101
    labels = source.read_labels(items[0])
    assert labels.shape == (360, 480)
    assert set(np.unique(labels)) <= {*range(11), VOID}
