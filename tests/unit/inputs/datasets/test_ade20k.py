"""ADE20K on disk: names of its splits, values that are one above the classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs import VOID, datasets
from tests.material.image_trees import values, write_ade20k


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_ade20k(tmp_path / "ADEChallengeData2016")
    return tmp_path / "ADEChallengeData2016"


@pytest.mark.parametrize(
    ("split", "first"),
    [
        ("val", "ADE_val_00000001"),
        ("validation", "ADE_val_00000001"),
        ("train", "ADE_train_00000001"),
        ("training", "ADE_train_00000001"),
    ],
)
def test_names_of_the_splits(root: Path, split: str, first: str) -> None:
    assert datasets["ade20k"].open(root, split).items()[0].name == first


def test_the_folder_around_the_archive_serves_too(root: Path) -> None:
    assert datasets["ade20k"].open(root.parent, "val").items() == datasets["ade20k"].open(root, "val").items()


def test_values_are_one_above_the_classes(root: Path) -> None:
    source = datasets["ade20k"].open(root, "val")
    raw, read = values(151).astype(int), source.read_labels(source.items()[0])
    np.testing.assert_array_equal(read, np.where((raw >= 1) & (raw <= 150), raw - 1, VOID))


def test_the_first_and_the_last_value(root: Path) -> None:
    source = datasets["ade20k"].open(root, "val")
    raw, read = values(151), source.read_labels(source.items()[0])
    # objectInfo150.txt of the benchmark: index 1 is wall, 13 is person, 150 is flag
    assert [source.labels.classes[read[raw == value][0]] for value in (1, 13, 150)] == ["wall", "person", "flag"]


def test_an_unknown_split_lists_the_splits(root: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no split 'test' in .*; choose one of train, training, val, validation$"):
        datasets["ade20k"].open(root, "test")


@pytest.mark.parametrize("missing", ["images", "annotations"])
def test_a_missing_folder(root: Path, missing: str) -> None:
    (root / missing).rename(root / "elsewhere")
    with pytest.raises(InvalidInput, match=f"no folder .*{missing}.validation; expected ROOT/images"):
        datasets["ade20k"].open(root, "val")
