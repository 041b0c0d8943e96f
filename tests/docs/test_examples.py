"""The programs of examples/, run small in processes of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine import Certificate
from tests.docs.running import ROOT, run_example

EXAMPLES = ROOT / "examples"
SMALL = {
    "attack_certificate": ("--size", "64"),
    "certify_image": ("--size", "96"),
    "certify_rotations": ("--points", "192"),
}


def run(name: str, folder: Path) -> str:
    done = run_example(EXAMPLES / f"{name}.py", folder, *SMALL[name])
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_example_is_run_here_and_is_short() -> None:
    paths = sorted(EXAMPLES.glob("*.py"))
    assert {path.stem for path in paths} == set(SMALL)
    for path in paths:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 40


def test_a_picture_is_certified_and_saved(tmp_path: Path) -> None:
    said = run("certify_image", tmp_path)
    certificate = Certificate.load(tmp_path / "out" / "certificate.npz")
    assert f"{certificate.certified_fraction:.1%}" in said
    assert certificate.radius == pytest.approx(0.25 * 0.67449, rel=1e-4)  # ppf(0.75), from a table
    with Pillow.open(tmp_path / "out" / "certified.png") as picture:
        assert picture.size == (96, 72)
        assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 2


def test_a_shape_is_certified_against_rotations(tmp_path: Path) -> None:
    said = run("certify_rotations", tmp_path)
    assert "up to 9.76 degrees" in said  # 0.1704 radians, METHOD section 5
    assert "9.66 degrees" in said  # 0.25 * 0.67449 radians
    assert (tmp_path / "out" / "chair.ply").read_bytes().startswith(b"ply\n")


def test_an_attack_meets_a_certificate(tmp_path: Path) -> None:
    said = run("attack_certificate", tmp_path)
    assert "0 of them were flipped" in said
    assert "The certificate holds:" in said
    assert "outside the radius" not in said
