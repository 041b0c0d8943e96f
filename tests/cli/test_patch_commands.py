"""patch, evaluate-patches, audit-patches and verify of what they make: files, JSON, refusals, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audits.patches import run as _audit
from engine.patches import Answers, PatchCertificate
from tests.material.commands import refused, run

TINY = ["--model", "street-clean", "--image-size", "64", "--device", "cpu", "--precision", "fp32"]
AUDIT = ["--size", "8", "--stride", "16", "--places", "1", "--steps", "2", "--watched-steps", "1", "--looks", "1"]


def test_patch(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "new" / "out", tmp_path / "patch.json"
    code, (row,), lines = run(
        capsys, "patch", picture, *TINY, "--size", "8", "--stride", "16", "--json", told, "--out", out
    )
    assert (code, lines) == (0, [])
    assert json.loads(told.read_text()) == row
    assert (row["size"], row["stride"], row["passes"], row["fill"]) == (8, 16, 12, "mean")
    assert (row["model"], row["compute"], row["working_size"]) == ("street-clean", "cpu/fp32", [64, 48])
    certificate = PatchCertificate.load(out / "certificate.npz")
    assert row["certified_fraction"] == certificate.certified_fraction
    assert row["seconds"] == certificate.provenance.seconds > 0
    assert sorted(file.name for file in out.iterdir()) == ["certificate.npz", "certified.png", "segmentation.png"]


def test_patch_chooses_a_stride(capsys: pytest.CaptureFixture[str], picture: Path) -> None:
    code, (row,), _ = run(capsys, "patch", picture, *TINY, "--size", "8", "--fill", "smooth")
    assert (code, row["fill"]) == (0, "smooth")
    assert row["stride"] == 9  # ceil(41 / 9) * ceil(57 / 9) = 35; with 8 it were 6 * 8
    assert row["passes"] == 35


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--size", "49"], "does not fit a picture of 64x48"),
        (["--size", "0"], "does not fit"),
        (["--size", "8", "--stride", "60"], "hides all of a picture"),
        (["--stride", "wide"], "--stride takes a whole number or auto"),
        (["--fill", "grey"], "unknown fill 'grey'"),
        (["--denoise", "single"], "draws noise"),
    ],
)
def test_patch_refuses(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, options: list[str], problem: str
) -> None:
    line = refused(capsys, "patch", picture, *TINY, "--out", tmp_path / "out", *options)
    assert problem in line
    assert not (tmp_path / "out").exists()


def test_verify_computes_it_again(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    run(capsys, "patch", picture, *TINY, "--size", "8", "--stride", "16", "--out", tmp_path)
    file = tmp_path / "certificate.npz"
    for more in ([], ["--resample"]):
        code, (row,), _ = run(capsys, "verify", file, "--image", picture, *more)
        assert (code, row["passed"], row["certificate"]) == (0, True, True)
        assert [check["name"] for check in row["checks"]] == ["weights", "input", "answers"]
    certificate = PatchCertificate.load(file)
    against = certificate.against.copy()
    against[3, 3] = 0 if against[3, 3] else 1
    replace(certificate, against=against).save(file)
    code, (row,), _ = run(capsys, "verify", file, "--image", picture)
    assert (code, row["passed"]) == (1, False)
    assert "give the picture as well" in refused(capsys, "verify", file)
    assert "leave --seed out" in refused(capsys, "verify", file, "--image", picture, "--resample", "--seed", "3")
    cloud = tmp_path / "cloud.npy"
    np.save(cloud, np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32))
    assert "about an image" in refused(capsys, "verify", file, "--working", cloud)


def test_evaluate_patches(capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path) -> None:
    told, kept = tmp_path / "scores.json", tmp_path / "kept"
    command = ["evaluate-patches", "--dataset", "camvid", "--root", camvid_root, *TINY, "--sizes", "8,16"]
    command += ["--json", told, "--keep", kept]
    code, (row,), _ = run(capsys, *command)
    assert code == 0
    assert json.loads(told.read_text()) == row
    assert (row["model"], row["dataset"], row["images"]) == ("street-clean", "camvid/val", 2)
    assert str(camvid_root) not in row["command"]
    assert [one["patch"] for one in row["rows"]] == [8, 16]
    for one in row["rows"]:
        assert one["certified_accuracy"] <= min(one["accuracy"], one["certified_fraction"]) + 0.2  # void has no truth
        assert one["passes"] <= 36
    lines = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join(lines[:2]))  # stopped after the first image
    _, (again,), _ = run(capsys, *command)
    assert again["rows"][0]["certified_fraction"] == row["rows"][0]["certified_fraction"]


def test_audit_patches(capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path) -> None:
    told, kept = tmp_path / "audit.json", tmp_path / "kept"
    command = ["audit-patches", "--dataset", "camvid", "--root", camvid_root, *TINY, *AUDIT]
    command += ["--undefended", "street-plain", "--json", told, "--keep", kept]
    code, (row,), _ = run(capsys, *command)
    assert code == 0
    assert json.loads(told.read_text()) == row
    assert (row["images"], row["trials"], row["violations"]) == (2, 6, 0)
    assert [one["made_for"] for one in row["rows"]] == ["photograph", "undefended", "watched"]
    _, (again,), _ = run(capsys, *command)
    assert again == row  # all of it was kept


def test_audit_patches_fails_for_a_broken_promise(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fault: an alarm that never sounds, and an answer that the patch changes everywhere.
    honest = _audit.respond

    def silent(*arguments, **options) -> Answers:
        found = honest(*arguments, **options)
        return replace(found, plain=(found.plain + 1) % 11, against=np.zeros_like(found.against))

    monkeypatch.setattr(_audit, "respond", silent)
    code, (row,), _ = run(capsys, "audit-patches", "--dataset", "camvid", "--root", camvid_root, *TINY, *AUDIT)
    assert code == 1
    assert row["violations"] > 0
