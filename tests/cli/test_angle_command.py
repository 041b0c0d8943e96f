"""angle: the proved rotation beside the published one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.material.commands import SMALL, refused, run


def test_angle(capsys: pytest.CaptureFixture[str]) -> None:
    code, (row,), lines = run(capsys, "angle", "--sigma", 0.25, "--tau", 0.75)
    assert (code, lines) == (0, [])
    assert list(row) == ["sigma", "tau", "floor", "proved", "degrees", "published", "all_rotations"]
    assert row["proved"] == pytest.approx(0.1704, abs=1e-4)  # METHOD, section 5
    assert row["degrees"] == pytest.approx(9.76)  # 9.763 degrees, rounded down
    assert row["published"] == pytest.approx(0.16862243754902043)  # 0.25 * qnorm(0.75)
    assert row["all_rotations"] is False


def test_every_rotation(capsys: pytest.CaptureFixture[str]) -> None:
    _, (row,), _ = run(capsys, "angle", "--sigma", 1, "--tau", 0.99)
    assert (row["proved"], row["degrees"], row["all_rotations"]) == (pytest.approx(math.pi), 180, True)


def test_a_floor_costs_angle(capsys: pytest.CaptureFixture[str]) -> None:
    _, (row,), _ = run(capsys, "angle", "--sigma", 0.25, "--tau", 0.9, "--floor", 0.75)
    assert row["floor"] == 0.75
    assert row["published"] is None  # the paper has no floor
    assert 0.14 < row["proved"] < 0.17  # in flat space 0.25 * (qnorm(0.9) - qnorm(0.75)) = 0.1518


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sigma", "0.25", "--tau", "0.4"),
        ("--sigma", "0.25", "--tau", "1"),
        ("--sigma", "0", "--tau", "0.75"),
        ("--sigma", "11", "--tau", "0.75"),
        ("--sigma", "nan", "--tau", "0.75"),
        ("--sigma", "0.25", "--tau", "0.75", "--floor", "0.8"),
    ],
)
def test_angles_that_cannot_be_proved(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert "radius needs sigma" in refused(capsys, "angle", *arguments)


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--tau" in refused(capsys, "angle", "--sigma", "0.25")


def test_an_image_cannot_be_certified_against_rotations(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path
) -> None:
    line = refused(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, "--family", "so3")
    assert line == "error: family so3 perturbs point clouds, not images"
    assert not list(tmp_path.glob("out/*"))
