"""sweep: files for people and programs, work that is never done twice, refusals in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import torch

from engine.models import zoo
from tests.material.commands import FAST, refused, run

SMALL = [*FAST, "--n0", "2", "--n", "30", "--alpha", "0.4", "--size", "64"]
FILES = ["images.jsonl", "result.json", "rows.csv", "rows.md"]


def arguments(root: Path, out: Path, *more: object) -> list[object]:
    start = ["sweep", "--dataset", "camvid", "--root", root, "--models", "street-noise25", "--out", out]
    return [*start, "--sigmas", "0.02", "--taus", "0.6", *SMALL, *more]


@pytest.mark.usefixtures("tiny_denoisers")
def test_a_sweep_from_end_to_end(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new" / "out"
    asked = arguments(camvid_root, out, "--denoise", "none,single", "--sigmas", "0.02, 0.1", "--taus", "0.6,0.7")
    code, rows, lines = run(capsys, *asked)
    assert code == 0
    assert "2/2 images" in lines[-1]
    assert sorted(file.name for file in out.iterdir()) == FILES
    assert {row["model"] for row in rows} == {"street-noise25", "street-noise25+single"}
    whole = [row for row in rows if not row["group"]]  # the two pictures are of two sequences
    assert [row["kind"] for row in whole].count("certified") == 2 * 2 * 2  # models, sigmas, taus
    assert {row["images"] for row in whole} == {2}
    result = json.loads((out / "result.json").read_text())
    assert result["rows"] == rows
    assert (result["families"], result["compute"], result["dataset"]) == (8, "cpu/fp32", "camvid/val")
    assert set(result["weights"]) == {"street-noise25", "street-noise25+single"}
    assert result["weights"]["street-noise25"] == zoo.bundled_network("street-noise25", zoo.SEGMENTER).sha256
    assert result["threads"] == torch.get_num_threads()
    with (out / "rows.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["accuracy"]) for row in read] == [row["accuracy"] for row in rows]
    assert len((out / "rows.md").read_text().splitlines()) == 2 + len(whole)

    def work(*_: object) -> None:
        raise AssertionError("an image was done again")

    before = {name: (out / name).read_bytes() for name in FILES}
    monkeypatch.setattr("engine.evaluation.sweep.run._one_image", work)
    assert run(capsys, *asked)[:2] == (0, rows)
    assert {name: (out / name).read_bytes() for name in FILES} == before


def test_no_place_of_this_machine_is_told(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path
) -> None:
    code, _, _ = run(capsys, *arguments(camvid_root, tmp_path / "out", "--limit", 1))
    assert code == 0
    for name in FILES:
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text()


def test_another_plan_in_the_same_folder_is_refused(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(capsys, *arguments(camvid_root, out, "--limit", 1))
    before = {name: (out / name).read_bytes() for name in FILES}
    assert "belongs to another run" in refused(capsys, *arguments(camvid_root, out, "--limit", 1, "--seed", 7))
    assert {name: (out / name).read_bytes() for name in FILES} == before


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--sigmas", "0.25,x"], "'0.25,x' is no list of values separated by commas"),
        (["--sigmas", ","], "a list of values is empty"),
        (["--sigmas", "0"], "sigma must lie in [0.001, 10], got 0.0"),
        (["--sigmas", "0.25,0.25"], "sigmas of a sweep must differ"),
        (["--taus", "0.4"], "tau must lie in [0.5, 1), got 0.4"),
        (["--taus", ""], "a list of values is empty"),
        (["--corrections", "none"], "unknown correction 'none'; known: bonferroni"),
        (["--models", "resnet"], "unknown model 'resnet'"),
        (["--models", "street-noise25+blur"], "unknown wrapper 'blur'"),
        (["--denoise", "blur"], "unknown wrapper 'blur'"),
        (["--models", "street-noise25+single", "--denoise", "single"], "one denoiser at most"),
        (["--every", "0"], "every must be 1 or more"),
        (["--limit", "-1"], "limit must be 0 (all) or more"),
        (["--n", "0"], "n must lie in [1, 100000]"),
        (["--split", "nope"], "no folder"),
        (["--precision", "fp8"], "precision must be auto, bf16 or fp32"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path, more: list[str], words: str
) -> None:
    assert words in refused(capsys, *arguments(camvid_root, tmp_path / "out", *more))
    assert not (tmp_path / "out").exists()


def test_an_impossible_folder_is_refused(capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert "cannot write" in refused(capsys, *arguments(camvid_root, tmp_path / "file"))
