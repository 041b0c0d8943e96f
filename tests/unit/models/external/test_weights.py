"""Checkpoint files: only tensors come out, whatever is inside."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.core import EngineError, IntegrityError, InvalidInput
from engine.models.external._weights import read_state, sha256_of

ONE_SENTENCE = 400


def saved(path: Path, content: Any) -> Path:
    torch.save(content, path)
    return path


def test_floating_tensors_come_as_float32(tmp_path: Path) -> None:
    content = OrderedDict(
        a=torch.ones(2, dtype=torch.float64), b=torch.ones(2, dtype=torch.bfloat16), c=torch.tensor(3)
    )
    state, digest = read_state(saved(tmp_path / "a.pt", content))
    assert [value.dtype for value in state.values()] == [torch.float32, torch.float32, torch.int64]
    assert digest == hashlib.sha256((tmp_path / "a.pt").read_bytes()).hexdigest() == sha256_of(tmp_path / "a.pt")


def test_code_is_not_run(tmp_path: Path, running_code) -> None:
    for number, content in enumerate((running_code, {"a": torch.ones(1), "b": running_code}, torch.nn.Conv2d(1, 1, 1))):
        with pytest.raises(IntegrityError, match="holds more than tensors, such as code, and is not opened"):
            read_state(saved(tmp_path / f"{number}.pth", content))


@pytest.mark.parametrize("keep", [0, 1, 100, 1500])
@pytest.mark.parametrize("name", ["a.pth", "a.safetensors", "old.pth"])
def test_cut_files_are_refused(tmp_path: Path, name: str, keep: int) -> None:
    from safetensors.torch import save_file

    state = {"weight": torch.rand(40, 40)}
    path = tmp_path / name
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=name != "old.pth")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(IntegrityError, match="damaged") as caught:
        read_state(path)
    assert len(str(caught.value)) < ONE_SENTENCE
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors"])
@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04" + bytes(50), b"\x80\x02." * 9, b"\xff" * 64])
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EngineError):
        read_state(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "tensors by name"),
        ([torch.ones(1)], "tensors by name"),
        (torch.ones(1), "tensors by name"),
        ({"a": torch.ones(1), "b": "text"}, "nothing but tensors"),
        ({1: torch.ones(1)}, "nothing but tensors"),
        ({"a": torch.ones(2).to_sparse()}, "plain tensors, which 'a' is not"),
        ({"a": torch.ones(1, dtype=torch.complex64)}, "plain tensors, which 'a' is not"),
        ({"a": torch.tensor([np.inf])}, "no finite numbers, in 'a'"),
    ],
)
def test_other_contents_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_state(saved(tmp_path / "a.pth", content))


def test_missing_files_and_other_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"a\.pth cannot be read: No such file"):
        read_state(tmp_path / "a.pth")
    (tmp_path / "folder.pth").mkdir()
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        read_state(tmp_path / "folder.pth")
    with pytest.raises(InvalidInput, match=r"must be a file of the kind \.pth"):
        read_state(tmp_path / "a.h5")


def test_sha256_of_a_folder(tmp_path: Path) -> None:
    # Expected: as `sha256sum a b/c | sha256sum` prints it, the lines being "<sha256>  <name>\n".
    folder = tmp_path / "model"
    (folder / "b").mkdir(parents=True)
    (folder / "a").write_bytes(b"1")
    (folder / "b" / "c").write_bytes(b"2")
    lines = f"{hashlib.sha256(b'1').hexdigest()}  a\n{hashlib.sha256(b'2').hexdigest()}  b/c\n"
    before = sha256_of(folder)
    assert before == hashlib.sha256(lines.encode()).hexdigest()
    (folder / ".cache").mkdir()
    (folder / ".cache" / "when").write_text("a download keeps notes here")
    assert sha256_of(folder) == before
    (folder / "a").rename(folder / "d")
    assert sha256_of(folder) != before
