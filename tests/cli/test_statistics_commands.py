"""plan, ledger, and the modes and corrections of certify."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import engine
from engine.certification import Certificate
from engine.core import Compute
from tests.material.commands import SMALL, refused, run
from tests.material.pictures import coin_certificate


def test_plan_for_a_number_of_pixels(capsys: pytest.CaptureFixture[str]) -> None:
    code, (row,), _ = run(capsys, "plan", "--pixels", 76_800)
    assert code == 0
    assert row["smallest_useful_n"] == 64  # 0.75^64 * 76,800 <= 0.001 < 0.75^63 * 76,800
    powers = list(row["power"].values())
    assert powers[0] == 0.0
    assert powers[-1] > 0.99
    assert row["best_correction"] == "holm"
    assert row["seconds"] is None


def test_plan_for_an_image_says_how_long(capsys: pytest.CaptureFixture[str], picture: Path) -> None:
    code, (row,), _ = run(capsys, "plan", picture, *SMALL, "--mode", "free")
    assert code == 0
    assert row["components"] == 64 * 48
    assert row["seconds"] > 0
    assert row["best_correction"] == "bonferroni"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "either a FILE or --pixels"),
        (["--pixels", "0"], "pixels must lie in"),
        (["--pixels", "5", "--p", "2"], "p must lie in"),
        (["--pixels", "5", "--mode", "never"], "mode"),
        (["--pixels", "5", "--mode", "free", "--correction", "holm"], "single-step"),
        (["--pixels", "5", "--budget", "2"], "budget needs"),
        (["--pixels", "5", "--budget", "2.5", "--correction", "k-step-down"], "whole number"),
    ],
)
def test_plans_that_make_no_sense(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert words in refused(capsys, "plan", *arguments)


@pytest.mark.parametrize("mode", ["free", "anytime", "explore", "fixed"])
def test_certify_in_every_mode_verifies(
    capsys: pytest.CaptureFixture[str],
    picture: Path,
    tmp_path: Path,
    mode: str,
) -> None:
    code, (row,), _ = run(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, "--mode", mode)
    assert code == 0
    assert row["draws"] == 30
    assert row["stopped"] == "all drawn"
    assert row["certified_fraction"] > 0
    certificate = tmp_path / "out" / "certificate.npz"
    assert run(capsys, "verify", certificate, "--image", picture, "--resample")[0] == 0
    assert run(capsys, "verify", certificate, "--image", picture, "--resample", "--seed", 99)[0] == 0


def test_a_target_ends_an_anytime_run(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    arguments = ["certify", picture, "--out", tmp_path / "out", *SMALL, "--n", 5000, "--mode", "free"]
    code, (row,), _ = run(capsys, *arguments, "--stop-at", "0.1")
    assert code == 0
    assert row["stopped"] == "target reached"
    assert row["draws"] < 5000
    made = Certificate.load(tmp_path / "out" / "certificate.npz")
    assert made.draws == row["draws"]
    assert run(capsys, "verify", tmp_path / "out" / "certificate.npz", "--image", picture, "--resample")[0] == 0


def test_stop_rules_are_for_anytime_modes(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    line = refused(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, "--patience", 20)
    assert "need --mode anytime or free" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "tolerated", "assumes"),
    [
        (["--correction", "holm"], 0, None),
        (["--correction", "k-step-down", "--budget", "0.001"], 3, None),  # of 3,072 pixels, rounded down
        (["--correction", "sidak"], 0, engine.stats.corrections["sidak"].needs),
    ],
    ids=["holm", "budget", "sidak"],
)
def test_json_says_what_a_certificate_leaves_open(
    capsys: pytest.CaptureFixture[str],
    picture: Path,
    tmp_path: Path,
    arguments: list[str],
    tolerated: int,
    assumes: str | None,
) -> None:
    _, (made,), _ = run(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, *arguments)
    _, (checked,), _ = run(capsys, "verify", tmp_path / "out" / "certificate.npz")
    for row in (made, checked):
        assert (row["tolerated"], row["assumes"]) == (tolerated, assumes)


def test_ledger(capsys: pytest.CaptureFixture[str], tmp_path: Path, compute: Compute) -> None:
    paths = [tmp_path / f"{seed}.npz" for seed in range(3)]
    for seed, path in enumerate(paths):
        coin_certificate(compute, seed=seed, alpha=0.001).save(path)
    code, (row,), _ = run(capsys, "ledger", *paths, paths[0])
    assert code == 0
    assert (row["certificates"], row["alpha"]) == (3, 0.003)
    np.save(tmp_path / "other.npy", np.zeros(3))
    assert "not a Certiscope certificate" in refused(capsys, "ledger", tmp_path / "other.npy")
