"""evaluate, audit-turns and audit-shifts on datasets of shapes: what is told, what is kept, what is refused."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from engine.certification import Certificate
from engine.cli import main
from engine.models import model_info
from tests.material.commands import SMALL_SHAPES
from tests.material.shape_trees import write_psb
from tests.material.tiny_models import publish_part_model


def _untimed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "seconds": 0.0} for row in rows]


def test_a_dataset_of_shapes_is_scored(tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    start = ["evaluate-shapes", "--dataset", "psb", "--root", str(tmp_path / "psb"), *SMALL_SHAPES, "--family", "so3"]
    report = tmp_path / "out.json"
    start += ["--model", "parts-tiny", "--sigma", "0.1"]
    assert main([*start, "--split", "all", "--every", "2", "--taus", "0.7", "--json", str(report)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert json.loads(report.read_text()) == told
    assert (told["model"], told["dataset"]) == ("parts-tiny", "psb/all")
    assert told["weights"] == model_info("parts-tiny@Cup").weights_sha256
    assert told["radius_unit"] == engine.perturbations["so3"].unit
    assert told["command"] == shlex.join(
        ["python", "-m", "engine", "evaluate-shapes", "--dataset", "psb", "--root", "DIR", *SMALL_SHAPES,
         "--family", "so3",
         "--model", "parts-tiny", "--sigma", "0.1", "--split", "all", "--every", "2", "--taus", "0.7", "--json", "OUT"]
    )  # fmt: skip
    assert {(row["tau"], row["category"], row["shapes"]) for row in told["rows"]} == {
        (tau, category, shapes) for tau in (0.0, 0.6, 0.7) for category, shapes in (("", 5), ("Chair", 1), ("Cup", 4))
    }
    joined = [f"{start[3]}={start[4]}" if word == start[3] else word for word in start if word != start[4]]
    assert main([*joined, "--limit", "1", f"--json={report}"]) == 0
    once = json.loads(capsys.readouterr().out)
    again = once["command"]
    assert str(tmp_path) not in again
    assert "--root=DIR" in again
    assert again.endswith("--json=OUT")
    assert main([*start, "--roo", "x"]) == 2  # a short form would not be known for a place
    assert "unrecognized arguments: --roo x" in capsys.readouterr().err
    assert main(["evaluate", *start[1:], "--limit", "1", "--json", str(report)]) == 0
    short = json.loads(capsys.readouterr().out)
    assert short["command"] == again.replace("evaluate-shapes", "evaluate").replace("=", " ")
    assert _untimed(short["rows"]) == _untimed(once["rows"])
    assert main(["evaluate", *start[1:], "--dataset", "camvid", "--every", "2"]) == 2
    assert "--taus, --every, --keep and --base are for datasets of shapes" in capsys.readouterr().err
    assert main([*start, "--base", "--n", "1"]) == 0
    assert {row["tau"] for row in json.loads(capsys.readouterr().out)["rows"]} == {0.0}
    assert main([*start, "--base", "--taus", "0.9"]) == 2
    assert "--base certifies nothing" in capsys.readouterr().err
    assert main(["audit-attacks", *start[1:]]) == 2
    assert "psb holds shapes: for them there are evaluate and audit-shifts" in capsys.readouterr().err
    assert main([*start, "--dataset", "camvid"]) == 2
    assert "unknown shape dataset 'camvid'; known: psb, shapenet-part" in capsys.readouterr().err
    assert main([*start, "--limit", "1", "--taus", "0.65,0.99"]) == 2
    told = capsys.readouterr().err
    assert "with --n 40 nothing can be certified at tau 0.99 among 64 components: take --n" in told
    assert main([*start, "--taus", "high"]) == 2
    assert "'high' is no list of values separated by commas" in capsys.readouterr().err


def test_turns_are_audited(tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    report = tmp_path / "turns.json"
    start = ["audit-turns", "--dataset", "psb", "--root", str(tmp_path / "psb"), "--split", "all", "--limit", "2"]
    start += [
        "--model",
        "parts-tiny",
        *SMALL_SHAPES,
        "--sigma",
        "0.2",
        "--inside",
        "3",
        "--outside",
        "1",
        "--turned-n",
        "20",
    ]
    assert main([*start, "--family", "so3", "--json", str(report)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["shapes"], told["inside"]["turns"], told["outside"]["turns"]) == (2, 6, 2)
    assert told["inside"]["violations"] == 0
    assert (told["model"], told["dataset"]) == ("parts-tiny", "psb/all")
    assert told["weights"] == model_info("parts-tiny@Cup").weights_sha256
    assert told["command"].startswith("python -m engine audit-turns --dataset psb --root DIR --split all --limit 2 ")
    rows = json.loads(report.read_text())["rows"]
    assert [(row["shape"], row["inside"]) for row in rows] == [
        (shape, inside) for shape in ("Cup_8", "Chair_2") for inside in (True, False)
    ]
    assert told["radius_unit"] == engine.perturbations["so3"].unit
    assert main([*start, "--family", "l2"]) == 2
    assert "family l2 is not about rotations" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["audit-turns", "audit-shifts"])
@pytest.mark.parametrize("promise", ["none", "kept", "broken"])
def test_an_audit_passes_only_where_promises_were_made_and_kept(
    command: str, promise: str, tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    answers = {"none": iter([engine.inputs.ABSTAIN] * 9), "kept": iter([1] * 9), "broken": iter([1] + [0] * 9)}[promise]

    def answering(*arguments: Any, **options: Any) -> Certificate:
        made = engine.certify(*arguments, **options)
        return replace(made, labels=np.full_like(made.labels, next(answers)))

    name = "rotations" if command == "audit-turns" else "attacks.run"
    for place in (f"engine.audits.{name}", "engine.attacks.duel"):
        monkeypatch.setattr(f"{place}.certify", answering)
    start = [
        command,
        "--dataset",
        "psb",
        "--root",
        str(tmp_path / "psb"),
        "--split",
        "all",
        "--limit",
        "1",
        *SMALL_SHAPES,
    ]
    few = ["--family", "so3", "--inside", "1", "--outside", "0", "--turned-n", "20"]
    if command == "audit-shifts":
        few = ["--losses", "ce", "--attacks", "pgd", "--steps", "1", "--smoothed-steps", "1", "--again", "20"]
    assert main([*start, *few]) == (0 if promise == "kept" else 1)
    told = capsys.readouterr()
    assert ("nothing was certified, so this audit has tested nothing" in told.err) == (promise == "none")
    assert json.loads(told.out)  # the record is there all the same


def test_shifts_are_audited(tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    report = tmp_path / "shifts.json"
    start = ["audit-shifts", "--dataset", "psb", "--root", str(tmp_path / "psb"), "--split", "all", "--limit", "2"]
    start += ["--model", "parts-tiny", *SMALL_SHAPES, "--sigma", "0.2", "--losses", "flips", "--attacks", "pgd"]
    start += ["--steps", "2", "--smoothed-steps", "1", "--draws", "1", "--again", "20"]
    assert main([*start, "--json", str(report)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert json.loads(report.read_text()) == told
    assert (told["shapes"], told["violations"], told["plan"]["again"]) == (2, 0, 20)
    assert (told["undefended"], told["certified"], told["dataset"]) == ("parts-tiny", "parts-tiny", "psb/all")
    assert told["weights"] == {"parts-tiny": model_info("parts-tiny@Cup").weights_sha256}
    assert {(row["victim"], row["loss"]) for row in told["by_attack"]} == {("base", "flips"), ("smoothed", "flips")}
    assert main([*start, "--family", "so3"]) == 2
    assert "family so3 covers is not told by a size" in capsys.readouterr().err
    assert main([*start, "--undefended", "street-clean"]) == 2
    assert "got 'street-clean'; known: parts-tiny" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["evaluate-shapes", "audit-turns", "audit-shifts"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "parts-tiny@Cup"], "--model takes a model of shapes without a category, got 'parts-tiny@Cup'"),
        (["--model", "street-noise25"], "got 'street-noise25'; known: parts-tiny"),
        (["--model", "parts-tiny", "--denoise", "single"], "single goes around models of images"),
        (["--model", "parts-tiny", "--limit", "-1"], "limit must be 0 (all) or more, got -1"),
    ],
)
def test_what_datasets_of_shapes_do_not_take(
    command: str, arguments: list[str], words: str, tmp_path: Path, copied_assets: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    family = "l2" if command == "audit-shifts" else "so3"
    start = [
        command,
        "--dataset",
        "psb",
        "--root",
        str(tmp_path / "psb"),
        "--split",
        "all",
        "--family",
        family,
        *SMALL_SHAPES,
    ]
    assert main([*start, *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("evaluate-shapes", ["--family", "so3"]),
        ("audit-turns", ["--family", "so3", "--inside", "1", "--outside", "0", "--turned-n", "20"]),
        (
            "audit-shifts",
            ["--losses", "ce", "--attacks", "pgd", "--steps", "1", "--smoothed-steps", "1", "--again", "20"],
        ),
    ],
)
def test_long_runs_go_on_from_what_was_kept(
    command: str, more: list[str], tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    kept = tmp_path / "kept.jsonl"
    start = [
        command,
        "--dataset",
        "psb",
        "--root",
        str(tmp_path / "psb"),
        "--split",
        "all",
        "--limit",
        "2",
        *SMALL_SHAPES,
    ]
    start += ["--sigma", "0.2", *more, "--keep", str(kept)]
    assert main(start) == 0
    told, before = json.loads(capsys.readouterr().out), kept.read_bytes()
    assert str(tmp_path) not in told["command"]
    assert told["command"].endswith("--keep FILE")
    assert main([*start, "--json", str(tmp_path / "out.json")]) == 0  # where the result goes is no part of the run
    again = json.loads(capsys.readouterr().out)
    assert {**again, "command": told["command"]} == told  # seconds too: nothing was done again
    for other in (["--seed", "9"], ["--limit", "1"], ["--sigma", "0.3"], ["--split", "val"]):
        assert main([*start, *other]) == 2
        assert "belongs to another run" in capsys.readouterr().err
    shape = min((tmp_path / "psb").rglob("*.npz"))
    state = shape.stat()
    os.utime(shape, ns=(0, 0))
    assert main(start) == 2
    assert "belongs to another run (other examples)" in capsys.readouterr().err
    os.utime(shape, ns=(state.st_atime_ns, state.st_mtime_ns))
    parts = tmp_path / "psb" / "parts.json"
    meaning = parts.read_text()
    parts.write_text(meaning.replace("handle", "grip"))
    assert main(start) == 2
    assert "belongs to another run (other labels)" in capsys.readouterr().err
    parts.write_text(meaning)
    (tmp_path / "psb").rename(tmp_path / "moved")  # the same examples
    assert main([str(tmp_path / "moved") if word == str(tmp_path / "psb") else word for word in start]) == 0
    assert json.loads(capsys.readouterr().out) == told
    (tmp_path / "moved").rename(tmp_path / "psb")
    assert main([*start, "--json", str(kept)]) == 2
    assert "--keep and --json both name" in capsys.readouterr().err
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr("engine.cli.keeping.made_by", lambda _: {"compute": "cuda/bf16"})
        assert main(start) == 2
    assert "belongs to another run (other compute)" in capsys.readouterr().err
    publish_part_model(copied_assets, normals=False)
    assert main(start) == 2  # other weights
    assert "belongs to another run" in capsys.readouterr().err
    assert kept.read_bytes() == before
    assert main([*start[:-1], str(tmp_path)]) == 2
    assert "it is a folder; give a file name" in capsys.readouterr().err
