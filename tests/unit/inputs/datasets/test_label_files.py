"""Label files: what PNG can hold, what decoders do to it, and what happens to damaged bytes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin

from engine.core import InvalidInput
from engine.inputs import VOID, SegmentationDataset, datasets, decode_image, reduce_labels
from engine.inputs.datasets._label_files import identity_table, one_based_table, read_class_ids
from tests.material.image_trees import HEIGHT, WIDTH, put_grey, put_image, put_labels, values, write_folder

TABLE = identity_table(3)


@pytest.fixture
def source(tmp_path: Path) -> SegmentationDataset:
    write_folder(tmp_path)
    return datasets["folder"].open(tmp_path, "val")


def test_tables() -> None:
    assert identity_table(3).tolist() == [0, 1, 2]
    assert one_based_table(3).tolist() == [VOID, 0, 1, 2]
    assert identity_table(3).dtype == one_based_table(3).dtype == np.uint8


def test_the_longest_table(tmp_path: Path) -> None:
    put_labels(tmp_path / "a.png", values(254))
    np.testing.assert_array_equal(read_class_ids(tmp_path / "a.png", identity_table(255)), values(254))


def test_one_bit(tmp_path: Path) -> None:
    bits = values(0) == 0
    Pillow.fromarray(bits).save(tmp_path / "a.png", bits=1)
    assert Pillow.open(tmp_path / "a.png").mode == "1"
    read = read_class_ids(tmp_path / "a.png", TABLE)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, bits)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes_of_few_bits_hold_ids(tmp_path: Path, bits: int) -> None:
    raw = values(1) % 2
    picture = Pillow.fromarray(raw)
    picture.putpalette(list(range(2**bits)) * 3)
    picture.save(tmp_path / "a.png", bits=bits)
    assert (tmp_path / "a.png").read_bytes()[24:26] == bytes([bits, 3])  # PNG's bit depth, and colour type 3: palette
    np.testing.assert_array_equal(read_class_ids(tmp_path / "a.png", TABLE), raw)


@pytest.mark.parametrize(("depth", "row", "stretched"), [(2, b"\x1b", 85), (4, b"\x01\x23", 17)])
def test_grey_that_decoders_stretch_is_refused(tmp_path: Path, depth: int, row: bytes, stretched: int) -> None:
    put_grey(tmp_path / "a.png", [row] * 4, width=4, depth=depth)
    # the fault that is refused: ids 0, 1, 2, 3 are read as multiples of 255 / (2**depth - 1)
    assert np.asarray(Pillow.open(tmp_path / "a.png"))[0].tolist() == [0, stretched, 2 * stretched, 3 * stretched]
    with pytest.raises(InvalidInput, match=rf"a\.png is grey with {depth} bits.* save its ids with 8 bits"):
        read_class_ids(tmp_path / "a.png", TABLE)


@pytest.mark.parametrize("kind", ["JPEG", "BMP", "GIF", "TIFF"])
def test_other_formats_under_the_name_of_a_png(tmp_path: Path, kind: str) -> None:
    Pillow.fromarray(values(2)).save(tmp_path / "a.png", format=kind)  # JPEG would change ids without a word
    with pytest.raises(InvalidInput, match=r"a\.png cannot be read: it is no PNG; save it as PNG"):
        read_class_ids(tmp_path / "a.png", TABLE)


def test_damaged_bytes_are_refused_or_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    put_labels(path, np.random.default_rng(3).integers(0, 4, (HEIGHT, WIDTH)).astype(np.uint8))
    whole = path.read_bytes()
    rng = np.random.default_rng(4)
    flipped = [bytearray(whole) for _ in range(len(whole))]
    for position, data in enumerate(flipped):
        data[position] ^= int(rng.integers(1, 256))
    refusals = []
    for data in [*(whole[:length] for length in range(len(whole))), *flipped]:
        path.write_bytes(data)
        try:
            read_class_ids(path, TABLE)
        except InvalidInput as error:
            refusals.append(str(error))
    assert not [text for text in refusals if "\n" in text]
    assert len(refusals) > len(whole)  # PNG carries checksums: most of the damage shows


def test_a_label_with_a_bomb_of_text(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "x" * 2_000_000, zip=True)  # Pillow's limit is 1 MB; past it, it raises ValueError
    Pillow.fromarray(values(2)).save(tmp_path / "a.png", pnginfo=text)
    with pytest.raises(InvalidInput, match=r"a\.png cannot be read: Decompressed data too large"):
        read_class_ids(tmp_path / "a.png", TABLE)


def test_a_label_with_far_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_labels(tmp_path / "a.png", values(2))
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", WIDTH * HEIGHT // 2 - 1)  # Pillow refuses from twice as many on
    with pytest.raises(InvalidInput, match=r"a\.png cannot be read: Image size"):
        read_class_ids(tmp_path / "a.png", TABLE)


def test_a_label_that_went_away(source: SegmentationDataset) -> None:
    item = source.items()[0]
    item.label_path.unlink()
    with pytest.raises(InvalidInput, match=r"label file one\.png cannot be read"):
        source.read_labels(item)


def test_an_image_that_cannot_be_read(source: SegmentationDataset) -> None:
    item = source.items()[0]
    item.image_path.write_bytes(b"no picture")
    with pytest.raises(InvalidInput, match=r"image one\.jpg cannot be read"):
        source.read_labels(item)


def test_a_photograph_held_sideways(tmp_path: Path) -> None:
    write_folder(tmp_path)
    photograph = tmp_path / "val" / "images" / "one.jpg"
    exif = Pillow.Exif()
    exif[0x0112] = 6  # EXIF orientation: turn by 90 degrees to view
    Pillow.open(photograph).save(photograph, exif=exif)
    put_labels(tmp_path / "val" / "labels" / "one.png", values(3).T.copy())
    source = datasets["folder"].open(tmp_path, "val")
    item = source.items()[0]
    labels = source.read_labels(item)
    assert labels.shape == (WIDTH, HEIGHT)
    assert reduce_labels(labels, decode_image(photograph.read_bytes(), size=64)).shape == labels.shape


def test_a_small_image_beside_its_full_labels(tmp_path: Path) -> None:
    write_folder(tmp_path)
    put_image(tmp_path / "val" / "images" / "one.jpg", size=(WIDTH // 2, HEIGHT // 2))
    source = datasets["folder"].open(tmp_path, "val")
    with pytest.raises(InvalidInput, match="labels of one are 40x24 but the image is 20x12; they must have the same"):
        source.read_labels(source.items()[0])


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path)

    def barred(path: object) -> list[str]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "listdir", barred)
    with pytest.raises(InvalidInput, match=r"folder .* cannot be read: Permission denied; allow reading it"):
        datasets["folder"].open(tmp_path, "val")
