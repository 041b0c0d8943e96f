"""The configuration file: what may be written in it, and that nothing is opened that is not what it says."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.core import IntegrityError, InvalidInput
from engine.inputs.labels import label_spaces
from engine.models.external import sha256_of, sources
from engine.models.external.config import open_configured, read_config

FIRST = '[[model]]\nname = "own.net-1"\nsource = "scripted"\npath = "nets/own.pt"\nlabels = ["a", "b", "c"]\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with some file under nets/."""
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "own.pt").write_bytes(b"reading a configuration opens no model")
    return tmp_path


def written(home: Path, text: str) -> Path:
    (home / "models.toml").write_text(text)
    return home / "models.toml"


def test_everything_is_read(home: Path) -> None:
    text = FIRST + 'title = "My own"\ntrained_sigma = 0.25\nmultiple_of = 8\nmean = [0, 0.5, 1]\n'
    text += (
        f'sha256 = "{"0" * 64}"\n[[model]]\nname = "b"\nsource = "hrnet"\npath = "{home}/nets"\nlabels = "cityscapes"\n'
    )
    first, second = read_config(written(home, text))
    assert first.name == "own.net-1"
    assert (first.title, first.source, first.trained_sigma, first.sha256) == ("My own", "scripted", 0.25, "0" * 64)
    assert first.path == home / "nets" / "own.pt"
    assert first.labels.classes == ("a", "b", "c")
    assert first.options == {"multiple_of": 8, "mean": (0.0, 0.5, 1.0)}
    assert (second.title, second.trained_sigma, second.sha256, second.options) == ("b", 0.0, "", {})
    assert second.labels == label_spaces["cityscapes"]
    with pytest.raises(FrozenInstanceError):
        first.name = "x"  # type: ignore[misc]


def test_no_models_are_fine(home: Path) -> None:
    assert read_config(written(home, "# nothing yet\n")) == ()


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_opening(home: Path, certify, sound) -> None:
    torch.jit.script(nn.Conv2d(3, 3, 3, padding=1)).save(home / "nets" / "own.pt")
    (row,) = read_config(written(home, FIRST + f'sha256 = "{sha256_of(home / "nets" / "own.pt")}"\n'))
    opened = open_configured(row)
    assert opened.labels == row.labels
    sound(opened)
    certify(opened)


def test_another_file_is_refused_before_it_is_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = read_config(written(home, FIRST + f'sha256 = "{"0" * 64}"\n'))
    monkeypatch.setattr(torch.jit, "load", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(IntegrityError, match=r"own\.pt of own\.net-1 has sha256 .* says 000000000000"):
        open_configured(row)
    (home / "nets" / "own.pt").unlink()
    with pytest.raises(InvalidInput, match=r"own\.pt cannot be read"):
        open_configured(row)


def changed(old: str, new: str) -> str:
    assert old in FIRST
    return FIRST.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[model]", "is no TOML"),
        ("\x00", "is no TOML"),
        ("a = " + "[" * 3000, "is no TOML"),
        ("[models]\n", "has unknown key 'models'"),
        ("model = 3", r"must hold models as \[\[model\]\] entries"),
        ("model = [3]", r"must hold models as \[\[model\]\] entries"),
        ("[[model]]\n", "model 1: it lacks name"),
        (changed('path = "nets/own.pt"\n', ""), "model 1: it lacks path"),
        (changed('labels = ["a", "b", "c"]\n', ""), "model 1: it lacks labels"),
        (changed('"own.net-1"', "3"), "name must be a text, got 3"),
        (changed('"own.net-1"', '""'), "name must be a text, got ''"),
        (changed("own.net-1", "Own"), "name must be 1 to 64 of a-z, 0-9, . and -"),
        (changed("own.net-1", "a+b"), "name must be 1 to 64 of a-z"),
        (changed("own.net-1", "../a"), "name must be 1 to 64 of a-z"),
        (changed("own.net-1", "a" * 65), "name must be 1 to 64 of a-z"),
        (changed("scripted", "onnx"), "unknown model source 'onnx'; known: hrnet, scripted"),
        (changed("nets/own.pt", "nets/other.pt"), "path 'nets/other.pt' names no file or folder"),
        (changed("nets/own.pt", "a" * 5000), "names no file or folder"),
        (changed("nets/own.pt", "\\u0000"), "names no file or folder"),
        (changed('["a", "b", "c"]', '"streets"'), "unknown label space 'streets'; known: ade20k"),
        (changed('["a", "b", "c"]', "3"), "labels must be the name of a label space or a list of class names"),
        (changed('["a", "b", "c"]', '["a"]'), "class names must be 2 to 255 different ones, got 1"),
        (changed('["a", "b", "c"]', '["a", "a"]'), "different ones"),
        (changed('["a", "b", "c"]', '["a", 3]'), "class names must be texts"),
        (FIRST + "sigma = 1\n", "source scripted has no option 'sigma'; it knows: mean, std"),
        (FIRST + "multiple_of = 0\n", "multiple_of must be an integer from 1 to 4096, got 0"),
        (FIRST + "title = 3\n", "title must be a text, got 3"),
        (FIRST + "trained_sigma = true\n", "trained_sigma must be a number from 0 to 10, got True"),
        (FIRST + "trained_sigma = nan\n", "trained_sigma must be a number from 0 to 10, got nan"),
        (FIRST + "trained_sigma = -1\n", "trained_sigma must be a number from 0 to 10, got -1"),
        (FIRST + 'sha256 = "abc"\n', "sha256 must be 64 digits of 0-9 and a-f, got 'abc'"),
        (FIRST + FIRST, "gives the name own.net-1 to 2 models"),
        (FIRST + "[[model]]\n", "model 2: it lacks name"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(home: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read_config(written(home, text))
    assert str(caught.value).startswith("models.toml")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"models\.toml cannot be read: No such file"):
        read_config(tmp_path / "models.toml")
    (tmp_path / "models.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="is not text in UTF-8"):
        read_config(tmp_path / "models.toml")


def test_no_option_is_named_like_a_key_of_its_own() -> None:
    own = {"name", "source", "path", "labels", "title", "trained_sigma", "sha256"}
    assert not own & {option.name for one in sources.values() for option in one.options}
