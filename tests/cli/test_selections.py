"""What a false discovery rate selects, on the command line: no radius, no certificate, and an exit code for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.certification import Certificate, verify
from engine.core import Compute
from tests.material.cloud_files import rows, sphere
from tests.material.commands import SMALL, SMALL_SHAPES, refused, run
from tests.material.pictures import coin_certificate
from tests.material.tiny_models import publish_part_model

FDR = ("--correction", "fdr-by")


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> Path:
    """Where a selection was written."""
    run(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, *FDR)
    return tmp_path / "out"


def test_certify_says_that_it_is_none(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, (row,), lines = run(capsys, "certify", picture, "--out", out, *SMALL, *FDR)
    assert (code, lines) == (3, [])
    assert next(iter(row.items())) == ("certificate", False)
    assert not {"radius", "radius_unit", "certified_fraction"} & set(row)
    assert row["selected_fraction"] > 0
    assert row["selected_fraction"] + row["abstain_fraction"] == pytest.approx(1)
    assert "certified" not in json.dumps(row)
    assert sorted(file.name for file in out.iterdir()) == ["segmentation.png", "selected.png", "selection.npz"]
    assert Certificate.load(out / "selection.npz").radius == 0.0


def test_a_shape_is_selected_from_alike(
    capsys: pytest.CaptureFixture[str], copied_assets: Path, tmp_path: Path
) -> None:
    publish_part_model(copied_assets)
    shape = tmp_path / "ball.xyz"
    shape.write_bytes(rows(sphere(100), sphere(100)))
    code, (row,), _ = run(
        capsys, "certify", shape, "--out", tmp_path / "out", *SMALL_SHAPES, *FDR, "--model",
        "parts-tiny@Cup", "--family", "so3", "--sigma", "0.05",
    )  # fmt: skip
    assert (code, row["certificate"]) == (3, False)
    assert not any("radius" in key or "angle" in key for key in row)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "segmentation.ply", "selected.ply", "selection.npz",
    }  # fmt: skip


@pytest.mark.parametrize("extra", [[], ["--resample"]])
def test_verify_checks_it_and_never_passes_it(
    capsys: pytest.CaptureFixture[str], out: Path, picture: Path, extra: list[str]
) -> None:
    code, (row,), lines = run(capsys, "verify", out / "selection.npz", "--image", picture, *extra)
    assert (code, lines) == (3, [])
    assert (row["certificate"], row["passed"], row["consistent"]) == (False, False, True)
    names = [check["name"] for check in row["checks"]]
    assert {"selection", "decisions", "weights", "input"} <= set(names)
    assert ("resample" in names) == bool(extra)
    assert all(check["passed"] for check in row["checks"])
    assert "certified" not in json.dumps(row)


def test_a_forged_selection_fails_as_a_forged_certificate_does(
    capsys: pytest.CaptureFixture[str], out: Path, tmp_path: Path
) -> None:
    made = Certificate.load(out / "selection.npz")
    replace(made, cutoff=made.cutoff + 1).save(tmp_path / "forged.npz")
    code, (row,), _ = run(capsys, "verify", tmp_path / "forged.npz")
    assert (code, row["passed"], row["consistent"]) == (1, False, False)


def test_there_is_nothing_to_replicate(capsys: pytest.CaptureFixture[str], out: Path, picture: Path) -> None:
    line = refused(capsys, "verify", out / "selection.npz", "--image", picture, "--resample", "--seed", 99)
    assert "promises nothing about single components" in line


def test_a_certificate_passes_in_both_senses(street_certificate: Certificate) -> None:
    outcome = verify(street_certificate)
    assert (outcome.certificate, outcome.consistent, outcome.passed) == (True, True, True)
    votes = np.roll(street_certificate.votes, 1, axis=0)
    forged = verify(replace(street_certificate, votes=votes))
    assert (forged.certificate, forged.consistent, forged.passed) == (True, False, False)


def test_the_ledger_counts_it_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path, compute: Compute) -> None:
    for name, correction in (("a", "holm"), ("b", "fdr-by")):
        coin_certificate(compute, correction=correction).save(tmp_path / f"{name}.npz")
    _, (row,), _ = run(capsys, "ledger", tmp_path / "a.npz", tmp_path / "b.npz")
    assert (row["certificates"], row["selections"], row["alpha"]) == (1, 1, 0.1)


def test_attacks_have_no_radius_to_keep_to(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    line = refused(capsys, "attack", picture, "--out", tmp_path / "attacked", *SMALL, *FDR)
    assert "no radius limits an attack" in line
    assert not (tmp_path / "attacked").exists()
