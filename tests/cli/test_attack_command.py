"""attack and audit-attacks: files, JSON, refusals, and the exit code that says whether a promise broke."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor, nn

from engine.attacks import EdgeSearch, empirical_radius, losses
from engine.certification import Certificate, Settings, certify
from engine.cli import main
from engine.inputs import Subject
from engine.inputs.clouds import read_shape
from engine.models import BaseModel
from tests.material.cloud_files import rows, sphere
from tests.material.tiny_models import publish_part_model

CLOUD = ["--points", "64", "--n0", "3", "--n", "40", "--tau", "0.6", "--precision", "fp32", "--device", "cpu"]
CLOUD += ["--model", "parts-tiny@Cup", "--sigma", "0.1", "--certify", "parts-tiny@Cup"]
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
    check = ["verify", str(out / "attacked.npz"), "--working", str(out / "attacked.npy")]
    assert main([*check, "--resample"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
    assert main([*check, "--image", str(picture)]) == 2
    assert "give one of them" in capsys.readouterr().err
    assert main([*check[:3], str(out / "before.png")]) == 2
    assert "cannot be read as an array of floats" in capsys.readouterr().err
    np.save(out / "double.npy", adversarial.astype(np.float64))
    assert main([*check[:3], str(out / "double.npy")]) == 2
    assert "must hold one array of float32 of at most" in capsys.readouterr().err
    assert clean.provenance.input_sha256 != attacked.provenance.input_sha256
    for name in ("attacked.png", "difference.png", "before.png", "after.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


class Reordered(nn.Module):
    """A network whose classes are in reverse order."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images).flip(1)


@pytest.mark.parametrize(("share", "inside", "code"), [("0.9", True, 1), ("40", False, 0)])
def test_a_broken_promise_is_an_exit_code(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    share: str, inside: bool, code: int,
) -> None:  # fmt: skip
    """The model is exchanged between the two certificates. Beyond the radius nothing was promised."""

    def exchanged(model: BaseModel, subject: Subject, settings: Settings, **watch: Any) -> Certificate:
        return certify(replace(model, network=Reordered(model.network)), subject, settings, **watch)

    monkeypatch.setattr("engine.attacks.duel.certify", exchanged)
    arguments = ["attack", str(picture), "--out", str(tmp_path / "out"), *SMALL, "--steps", "2"]
    assert main([*arguments, "--certify", "street-noise25", "--budget-share", share]) == code
    row = json.loads(capsys.readouterr().out)
    assert row["inside"] is inside
    assert row["violations"] > 0


def test_where_and_towards_what(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only sky in the left half, towards buildings: what is reached is counted there, and nothing else is aimed at."""
    start = ["attack", str(picture), *SMALL, "--steps", "5", "--budget-share", "40", "--only", "sky"]
    start += ["--region", "0,0,50,100", "--towards", "Building"]
    assert main([*start, "--out", str(tmp_path / "out")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["inside"], row["budget"] > row["radius"]) == (False, True)
    assert 0.0 < row["share"] <= row["flipped_share"] <= 1.0
    assert row["compute"] == "cpu/fp32"
    for region, words in (
        ("0,0,50", "a region is left,top,right,bottom in percent, got '0,0,50'"),
        ("9,0,5,9", "before"),
    ):
        assert main([*start, "--region", region, "--out", str(tmp_path / "bad")]) == 2
        assert words in capsys.readouterr().err


def test_the_worst_over_losses(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["attack", str(picture), "--out", str(tmp_path / "out"), *SMALL, "--steps", "2", "--loss", "all"]
    assert main(arguments) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["by_loss"].keys() == losses.keys()
    assert row["share"] == max(row["by_loss"].values()) == row["by_loss"][row["loss"]]


def test_what_was_found_is_given_to_the_other_models(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["attack", str(picture), "--out", str(tmp_path / "out"), *SMALL, "--steps", "5", "--budget-share", "20"]
    assert main([*arguments, "--transfer"]) == 0
    row = json.loads(capsys.readouterr().out)
    flipped = {one["model"]: one["flipped"] for one in row["transfer"]}
    assert {"street-clean", "street-noise25", "street-noise50"} <= flipped.keys()
    assert flipped["street-clean"] == row["flipped_share"] > 0.0


def test_the_empirical_radius_beside_the_certified_one(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = EdgeSearch(limit=1.0, halvings=0, steps=2)
    monkeypatch.setattr(
        "engine.attacks.empirical.empirical_radius", lambda *given, **told: empirical_radius(*given, quick, **told)
    )
    arguments = ["attack", str(picture), "--out", str(tmp_path / "out"), *SMALL, "--steps", "2", "--empirical-radius"]
    assert main([*arguments, "--certify", "street-noise25"]) == 0
    row = json.loads(capsys.readouterr().out)
    found = row["empirical_radius"]
    assert found["certified"] == row["radius"]
    assert (found["flipped"], found["gap"], len(found["probes"])) == (None, None, 1)  # within R nothing falls
    assert main(arguments) == 2
    assert "name the model with --certify" in capsys.readouterr().err


def test_a_table_of_losses(camvid_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "losses.json"
    arguments = ["audit-losses", "--dataset", "camvid", "--root", str(camvid_root), "--size", "64", "--limit", "1"]
    arguments += ["--budgets", "0.3,3", "--losses", "ce,js", "--attacks", "pgd,sea", "--steps", "3", "--device", "cpu"]
    arguments += ["--keep", str(tmp_path / "kept.jsonl"), "--json", str(report)]
    assert main(arguments) == 0
    row = json.loads(capsys.readouterr().out)
    assert json.loads(report.read_text()) == row
    assert {(one["budget"], one["attack"], one["loss"]) for one in row["rows"]} == {
        (budget, *pair) for budget in (0.3, 3.0) for pair in (("pgd", "ce"), ("pgd", "js"), ("sea", "own"))
    }
    assert [one["budget"] for one in row["by_budget"]] == [0.3, 3.0]
    assert row["command"].endswith("--keep FILE --json OUT")
    assert main([*arguments, "--json", str(tmp_path / "again.json")]) == 0  # from what was kept
    assert json.loads((tmp_path / "again.json").read_text())["rows"] == row["rows"]
    assert main([*arguments[:9], "--budgets", "-1"]) == 2
    assert "a budget must be a number of at least 0" in capsys.readouterr().err


@pytest.mark.usefixtures("tiny_denoisers")
@pytest.mark.parametrize("denoise", ["single", "multi:2", "dncnn:mse"])
def test_a_denoised_pipeline_is_attacked_through_the_denoiser(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], denoise: str
) -> None:
    start = ["attack", str(picture), *SMALL, "--steps", "2", "--draws", "1", "--denoise", denoise]
    assert main([*start, "--victim", "smoothed", "--out", str(tmp_path / "out")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["model"] == f"street-clean+{denoise}"
    assert row["size_float32"] > 0.5 * row["budget"]  # it moved from its random start to the border of the ball
    assert main([*start, "--out", str(tmp_path / "out")]) == 2
    assert "attack the model behind it with --victim smoothed" in capsys.readouterr().err


@pytest.fixture
def shape(tmp_path: Path, copied_assets: Path) -> Path:
    """A sphere of 100 points with normals; `parts-tiny` is in the zoo."""
    publish_part_model(copied_assets)
    path = tmp_path / "ball.xyz"
    path.write_bytes(rows(3.0 * sphere(100) + 5.0, sphere(100)))
    return path


@pytest.mark.parametrize("family", ["l2", "so3", "rotation-axis"])
@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_a_shape_is_attacked_by_shifts_or_turned(
    shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], family: str, victim: str
) -> None:
    out = tmp_path / "out"
    arguments = ["attack", str(shape), "--out", str(out), *CLOUD, "--family", family, "--victim", victim]
    assert main([*arguments, "--steps", "6", "--draws", "2", "--budget-share", "1"]) == 0
    row = json.loads(capsys.readouterr().out)
    cloud, attacked = read_shape(shape, points=64), np.load(out / "attacked.npy", allow_pickle=False)
    assert attacked.dtype == (np.float32 if family == "l2" else np.float64)
    assert attacked.shape == cloud.values.shape == (64, 6)
    assert row["budget"] == row["radius"]
    assert (row["inside"], row["violations"], row["victim"]) == (True, 0, victim)
    if family == "l2":
        assert (row["attack"], row["norm"], row["steps"]) == ("pgd", "l2", 7)
        assert 0.0 < row["size_float32"] <= row["budget"]
        np.testing.assert_array_equal(attacked[:, 3:], cloud.normals)
    else:
        assert (row["attack"], row["norm"], row["steps"]) == ("rotation", "angle", 6)
        assert row["angle"] <= row["budget"]
        turned = cloud.values.astype(np.float64).reshape(-1, 3) @ np.array(row["rotation"]).T
        np.testing.assert_allclose(attacked.reshape(-1, 3), turned, rtol=0, atol=1e-15)
    assert Certificate.load(out / "attacked.npz").kind == "cloud"
    check = ["verify", str(out / "attacked.npz"), "--resample", "--working"]
    assert main([*check, str(out / "attacked.npy")]) == 0
    assert "counts of all 64 components agree" in capsys.readouterr().out
    np.save(out / "other.npy", attacked[::-1])
    assert main([*check, str(out / "other.npy")]) == 1
    for name in ("before.ply", "after.ply"):
        assert (out / name).read_bytes().startswith(b"ply")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--family", "so3", "--attack", "pgd"], "attack pgd does not go with family so3"),
        (["--family", "l2", "--attack", "rotation"], "attack rotation does not go with family l2"),
        (["--family", "so3", "--steps", "0"], "passes must lie in [1, 10000], got 0"),
        (["--model", "street-clean"], "street-clean segments images, not point clouds"),
        (["--family", "so3", "--loss", "all"], "the search for a rotation takes one loss, not all"),
        (["--region", "0,0,50,50"], "a region is of an image"),
    ],
)
def test_what_a_shape_cannot_be_attacked_with(
    shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["attack", str(shape), "--out", str(tmp_path / "out"), *CLOUD, *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--family", "so3"], "family so3 perturbs point clouds, not images"),
        (["--attack", "rotation"], "attack rotation does not go with family l2"),
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
    arguments += ["--smoothed-losses", "ce"]
    assert main([*arguments, "--json", str(report)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert json.loads(report.read_text()) == row
    assert row["images"] == 2
    assert row["norm_max"] <= row["radius"]
    assert row["inside"] is True
    assert row["violations"] == 0
    assert {(one["victim"], one["attack"], one["loss"]) for one in row["by_attack"]} == {
        ("base", "pgd", "ce"),
        ("base", "pgd", "js"),
        ("smoothed", "pgd", "ce"),
    }
    assert row["weights"].keys() == {row["undefended"], row["certified"]} == {"street-clean", "street-noise25"}
    assert row["plan"]["steps"] == 3
    assert row["command"].startswith("python -m engine audit-attacks --dataset camvid --root DIR ")
    assert row["command"].endswith(" --smoothed-losses ce --json OUT")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--losses", "nope"], "unknown loss 'nope'"), (["--draws", "0"], "at least one step, draw and restart")],
)
def test_an_audit_of_nothing_is_refused(
    camvid_root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["audit-attacks", "--dataset", "camvid", "--root", str(camvid_root), *SMALL, *arguments]) == 2
    assert words in capsys.readouterr().err
