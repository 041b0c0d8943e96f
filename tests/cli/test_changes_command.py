"""changes: how often a model keeps its answers, as JSON and pictures; refusals in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.material.cloud_files import rows, sphere
from tests.material.commands import FAST, refused, run
from tests.material.tiny_models import publish_part_model

LAW = "brightness=-0.2:0.2,gamma=0.8:1.25,noise=0:0.05"
SMALL = [*FAST, "--size", "64", "--model", "street-clean", "--share", "0.9", "--alpha", "0.05"]


def test_an_image(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "out", tmp_path / "often.json"
    code, (row,), _ = run(
        capsys, "changes", picture, *SMALL, "--law", LAW, "--draws", 150, "--json", file, "--out", out
    )  # fmt: skip
    assert code == 0
    assert row == json.loads(file.read_text(encoding="utf-8"))
    assert (row["law"], row["draws"], row["alpha"], row["anytime"]) == (LAW, 150, 0.05, False)
    assert row["share_kept_99"] == 0.0  # 150 draws show of none of 3,072 that
    assert 0 < row["share_kept"] < 1
    assert row["draws_needed_99"] == 1098  # ln(0.05 / 3,072) / ln(0.99) = 1,097.2
    assert 0 < row["mean_lower_bound"] < row["mean_estimate"] <= 1
    assert "at least 95 %" in row["sure"]
    assert "not adversarial" in row["sure"]
    with np.load(out / "how-often.npz") as stored:
        assert stored["bounds"].mean() == pytest.approx(row["mean_lower_bound"])
        assert (stored["bounds"] >= 0.9).mean() == pytest.approx(row["share_kept"])
        assert stored["hits"].max() <= 150
        grey = np.asarray(Pillow.open(out / "bounds.png"))
        np.testing.assert_array_equal(grey, np.floor(255 * stored["bounds"]))
    sizes = {Pillow.open(out / f"{name}.png").size for name in ("segmentation", "kept", "bounds")}
    assert sizes == {tuple(row["working_size"])}


def test_the_published_figure_stands_beside(capsys: pytest.CaptureFixture[str], picture: Path) -> None:
    _, (row,), _ = run(capsys, "changes", picture, *SMALL, "--law", "gamma=0.8:1.25", "--published")
    assert row["as_published"]["label"] == "as published"
    assert row["as_published"]["draws"] == 1000
    assert "Pautov" in row["as_published"]["source"]
    assert "coefficient of variation" in row["as_published"]["assumes"]
    assert 0 <= row["as_published"]["share_kept_99"] <= row["as_published"]["share_kept_95"] <= 1
    assert row["draws"] % 10 == 0  # as many as are worth making
    assert row["share_kept"] > 0


def test_a_shape(capsys: pytest.CaptureFixture[str], copied_assets: Path, tmp_path: Path) -> None:
    publish_part_model(copied_assets)
    ball = tmp_path / "ball.xyz"
    ball.write_bytes(rows(3.0 * sphere(100) + 5.0, sphere(100)))
    out = tmp_path / "out"
    code, (row,), _ = run(
        capsys, "changes", ball, "--category", "Cup", "--law", "turn=-180:180,jitter=0:0.02", *FAST,
        "--points", 64, "--share", 0.8, "--out", out,
    )  # fmt: skip
    assert code == 0
    assert (row["model"], row["components"], row["working_size"]) == ("parts-tiny@Cup", 64, [64])
    assert {path.name for path in out.iterdir()} == {"how-often.npz", "segmentation.ply", "kept.ply"}


def test_it_may_stop_at_any_time(capsys: pytest.CaptureFixture[str], picture: Path) -> None:
    start = ["changes", picture, *SMALL, "--law", "brightness=0", "--draws", 400]
    _, (row,), _ = run(capsys, *start, "--anytime", "--stop-at", 1)
    assert row["anytime"] is True
    assert row["draws"] < 400
    assert row["share_kept"] == 1.0
    assert "at every moment" in row["sure"]
    assert "--stop-at needs --anytime" in refused(capsys, *start, "--stop-at", 1)


def test_too_few_draws_are_refused_and_what_is_advised_is_taken(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path
) -> None:
    start = ["changes", picture, *SMALL, "--law", "brightness=0", "--out", tmp_path / "out"]
    # ln(0.05 / 3,072) / ln(0.9) = 104.7
    assert "104 draws show of none of 3,072 components" in (line := refused(capsys, *start, "--draws", 104))
    assert "(105 at the least)" in line
    assert not (tmp_path / "out").exists()
    assert run(capsys, *start, "--draws", 105)[1][0]["share_kept"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--law", "rain=0:1"), "unknown change 'rain'; known: "),
        (("--law", "brightness"), "a law is written NAME=LOW:HIGH"),
        (("--law", "gamma=0:9"), "a range of gamma lies in [0.4, 2.5]"),
        (("--law", "turn=0:90"), "turn changes point clouds, not images"),
        (("--law", "fog=0:1", "--alpha", "0.7"), "alpha must lie in"),
        (("--law", "fog=0:1", "--share", "1"), "the share of changes must lie in (0, 1), got 1.0"),
        (("--law", "fog=0:1", "--denoise", "single"), "changes asks models without a denoiser"),
        ((), "--law"),
    ],
)
def test_what_is_wrong_is_said(
    capsys: pytest.CaptureFixture[str], picture: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(capsys, "changes", picture, *SMALL[:6], *arguments)
