"""attack and audit-attacks: files, JSON, refusals, and the exit code that says whether a promise broke."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine import Certificate
from engine.cli import main

SMALL = ["--size", "64", "--n0", "3", "--n", "40", "--tau", "0.6", "--precision", "fp32", "--device", "cpu"]


def test_an_attack_writes_what_it_found(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = ["attack", str(picture), "--out", str(out), *SMALL, "--steps", "5", "--budget-share", "1"]
    assert main([*arguments, "--certify", "street-noise25"]) == 0
    row = json.loads(capsys.readouterr().out)
    adversarial = np.load(out / "attacked.npy", allow_pickle=False)
    assert adversarial.dtype == np.float32
    assert row["size_float32"] <= row["budget"] == row["radius"]
    assert row["inside"] is True
    assert row["violations"] == 0
    assert 0.0 <= row["flipped_share"] <= 1.0
    clean, attacked = Certificate.load(out / "clean.npz"), Certificate.load(out / "attacked.npz")
    assert row["certified_components"] == clean.certified_count
    assert clean.provenance.input_sha256 != attacked.provenance.input_sha256
    for name in ("attacked.png", "difference.png", "before.png", "after.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "Dragon"], "unknown class 'Dragon'; known: Sky"),
        (["--budget-share", "-1"], "a budget must be a number of at least 0"),
        (["--steps", "0"], "steps must lie in [1, 10000], got 0"),
        (["--model", "nope"], "unknown model 'nope'"),
    ],
)
def test_what_cannot_be_attacked(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["attack", str(picture), "--out", str(tmp_path / "out"), *SMALL, *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_audit_counts_every_attack(camvid_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "audit.json"
    arguments = ["audit-attacks", "--dataset", "camvid", "--root", str(camvid_root), *SMALL, "--limit", "2"]
    arguments += ["--losses", "ce,js", "--attacks", "pgd", "--steps", "3", "--smoothed-steps", "2", "--draws", "2"]
    assert main([*arguments, "--json", str(report)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert json.loads(report.read_text()) == row
    assert row["images"] == 2
    assert row["norm_max"] <= row["radius"]
    assert row["inside"] is True
    assert row["violations"] == 0
    assert {(one["victim"], one["attack"], one["loss"]) for one in row["by_attack"]} == {
        (victim, "pgd", loss) for victim in ("base", "smoothed") for loss in ("ce", "js")
    }
    assert report.with_suffix(".md").read_text().count("\n") == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--losses", "nope"], "unknown loss 'nope'"), (["--draws", "0"], "at least one step, draw and restart")],
)
def test_an_audit_of_nothing_is_refused(
    camvid_root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["audit-attacks", "--dataset", "camvid", "--root", str(camvid_root), *SMALL, *arguments]) == 2
    assert words in capsys.readouterr().err
