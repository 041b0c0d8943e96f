"""python -m engine experiments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.papers.figures import ExperimentResult, Quality

QUICK = ["--quality", "draft", "--seed", "3"]


def test_one_experiment_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made" / "one.json"
    assert main(["experiments", "figure-6b", "--json", str(out), *QUICK]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["name"] == "figure-6b"
    assert "series" not in line
    stored = ExperimentResult.from_dict(json.loads(out.read_text()))
    assert (stored.seed, stored.quality) == (3, Quality.DRAFT)
    assert len(stored.findings) == len(line["findings"])


def test_several_go_to_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", "figure-6a", "figure-6b", "--json", str(tmp_path), *QUICK]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure-6a.json", "figure-6b.json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["figure-9"], "unknown experiment 'figure-9'"),
        (["figure-6a", "--quality", "best"], "unknown quality 'best'"),
        (["figure-6a", "--seed", "-1"], "seed must be"),
    ],
)
def test_errors_are_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_an_unwritable_file_is_known_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", "which-draws", "--json", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err
