"""What every registered dataset source must do: say its layout, and refuse a folder that is not laid out that way."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import InvalidInput, datasets
from engine.datasets.base import DatasetSource

EVERY = list(datasets().values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])


@every
def test_it_says_what_it_is(entry: DatasetSource) -> None:
    for text in (entry.name, entry.title, entry.layout):
        assert text.strip()
    assert datasets()[entry.name] is entry


@every
@pytest.mark.parametrize("split", ["val", "", "no/such", "../up"])
def test_an_empty_folder_is_refused(entry: DatasetSource, tmp_path: Path, split: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        entry.open(tmp_path, split)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@every
def test_a_file_or_nothing_in_place_of_the_folder_is_refused(entry: DatasetSource, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for root in (tmp_path / "file", tmp_path / "missing"):
        with pytest.raises(InvalidInput):
            entry.open(root, "val")
