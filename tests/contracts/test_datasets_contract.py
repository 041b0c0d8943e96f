"""What every registered dataset source must do: read its layout, and refuse a folder that is not laid out that way.

Each is tried on a tiny tree in its real layout (tests/unit/datasets/trees.py); a source without one fails here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.core import InvalidInput
from engine.inputs import VOID, SegmentationDataset, datasets, decode_image, reduce_labels
from engine.inputs.datasets.base import DatasetSource
from tests.material.image_trees import HEIGHT, TREES, WIDTH

EVERY = list(datasets.values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])
SIZES_ARE_COMPARED_LATER = {"camvid"}  # by reduce_labels, see tests/unit/test_evaluation.py


def opened(entry: DatasetSource, root: Path) -> SegmentationDataset:
    """Write the entry's tree into a folder and open its split `val`."""
    TREES[entry.name].write(root)
    return entry.open(root, "val")


def sentence(caught: pytest.ExceptionInfo[InvalidInput]) -> str:
    """The message, which must be one line."""
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_every_source_has_a_tree() -> None:
    assert set(TREES) == set(datasets)


@every
def test_it_says_what_it_is(entry: DatasetSource) -> None:
    for text in (entry.name, entry.title, entry.layout):
        assert text.strip()
    assert datasets[entry.name] is entry


@every
def test_it_reads_its_layout(entry: DatasetSource, tmp_path: Path) -> None:
    source = opened(entry, tmp_path)
    assert tuple(item.name for item in source.items()) == TREES[entry.name].names
    assert len(source.labels) == TREES[entry.name].classes
    for item in source.items():
        image = decode_image(item.image_path.read_bytes(), size=64)
        labels = source.read_labels(item)
        assert labels.dtype == np.uint8
        assert reduce_labels(labels, image).shape == (HEIGHT, WIDTH)
        assert set(np.unique(labels)) == {*range(len(source.labels)), VOID}  # the trees show every value


@every
def test_opening_again_gives_the_same_items(entry: DatasetSource, tmp_path: Path) -> None:
    assert opened(entry, tmp_path).items() == entry.open(tmp_path, "val").items()


@every
def test_what_systems_leave_behind_is_passed_over(entry: DatasetSource, tmp_path: Path) -> None:
    first = opened(entry, tmp_path).items()[0]
    for folder in {first.image_path.parent, first.image_path.parent.parent, first.label_path.parent}:
        (folder / ".DS_Store").write_bytes(b"x")
        (folder / f"._{first.image_path.name}").write_bytes(b"x")
        (folder / "Thumbs.db").write_bytes(b"x")
    assert tuple(item.name for item in entry.open(tmp_path, "val").items()) == TREES[entry.name].names


@every
def test_loops_of_links_are_not_walked(entry: DatasetSource, tmp_path: Path) -> None:
    first = opened(entry, tmp_path).items()[0]
    for folder in {first.image_path.parent, first.image_path.parent.parent, tmp_path}:
        (folder / "again").symlink_to(folder.parent if folder != tmp_path else folder, target_is_directory=True)
        (folder / "itself").symlink_to(folder / "itself")
    assert tuple(item.name for item in entry.open(tmp_path, "val").items()) == TREES[entry.name].names


@every
def test_a_link_for_an_image_that_leads_nowhere(entry: DatasetSource, tmp_path: Path) -> None:
    image = opened(entry, tmp_path).items()[0].image_path
    image.unlink()
    image.symlink_to(image)
    with pytest.raises(InvalidInput) as caught:
        entry.open(tmp_path, "val")
    assert image.stem in sentence(caught)
    assert "remove" in sentence(caught)


@every
@pytest.mark.parametrize("split", ["", "no/such", "../up", "val/../val/x", "nope", "x" * 5000, "val\0"])
def test_an_unknown_split(entry: DatasetSource, tmp_path: Path, split: str) -> None:
    TREES[entry.name].write(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        entry.open(tmp_path, split)
    assert str(tmp_path) in sentence(caught)


@every
def test_a_missing_label(entry: DatasetSource, tmp_path: Path) -> None:
    item = opened(entry, tmp_path).items()[1]
    item.label_path.unlink()
    with pytest.raises(InvalidInput) as caught:
        entry.open(tmp_path, "val")
    assert f"image {item.name} has no label file {item.label_path}; add it or remove" in sentence(caught)


@every
def test_no_images(entry: DatasetSource, tmp_path: Path) -> None:
    for item in opened(entry, tmp_path).items():
        item.image_path.unlink()
    with pytest.raises(InvalidInput, match=r"no images in|has no 2008_000007\.jpg") as caught:
        entry.open(tmp_path, "val")
    assert str(tmp_path) in sentence(caught)


@every
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_a_label_in_colour(entry: DatasetSource, tmp_path: Path, mode: str) -> None:
    source = opened(entry, tmp_path)
    item = source.items()[0]
    Pillow.new(mode, (WIDTH, HEIGHT)).save(item.label_path)
    with pytest.raises(InvalidInput, match=f"mode {mode}; expected one channel"):
        source.read_labels(item)


@every
@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_an_unreadable_label(entry: DatasetSource, tmp_path: Path, content: bytes) -> None:
    source = opened(entry, tmp_path)
    item = source.items()[0]
    item.label_path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        source.read_labels(item)
    assert f"label file {item.label_path.name} cannot be read" in sentence(caught)


@every
def test_labels_of_another_size(entry: DatasetSource, tmp_path: Path) -> None:
    source = opened(entry, tmp_path)
    item = source.items()[0]
    Pillow.new("L", (WIDTH, HEIGHT + 1)).save(item.label_path)
    if entry.name in SIZES_ARE_COMPARED_LATER:
        assert source.read_labels(item).shape == (HEIGHT + 1, WIDTH)
        return
    with pytest.raises(InvalidInput) as caught:
        source.read_labels(item)
    expected = f"labels of {item.name} are {WIDTH}x{HEIGHT + 1} but the image is {WIDTH}x{HEIGHT}; they must have"
    assert expected in sentence(caught)


@every
@pytest.mark.parametrize("split", ["val", "", "no/such", "../up"])
def test_an_empty_folder_is_refused(entry: DatasetSource, tmp_path: Path, split: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        entry.open(tmp_path, split)
    assert str(tmp_path) in sentence(caught)


@every
def test_a_file_or_nothing_in_place_of_the_folder_is_refused(entry: DatasetSource, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for root in (tmp_path / "file", tmp_path / "missing", tmp_path / ("x" * 5000)):
        with pytest.raises(InvalidInput):
            entry.open(root, "val")
