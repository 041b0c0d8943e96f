"""The benchmark runs for real, in its shortest form on tiny models. Nothing is said about how long anything takes."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import engine
from engine.audits import speed
from engine.certification import Settings

MEASURED = ("sampling_ratio", "sampling_ms_per_draw", "forward_ms_per_draw", "testing_ms", "certify_seconds")
ATTACKED = ("attack_ratio",)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller map of tested pixels, fewer points, draws and steps than are measured for the record."""
    monkeypatch.setattr(speed, "Settings", partial(Settings, n0=2, n=8))
    monkeypatch.setattr(speed, "_TESTED_COMPONENTS", (36, 48))
    monkeypatch.setattr(speed, "_POINTS", 256)
    monkeypatch.setattr(speed, "_ATTACK_STEPS", 2)


@pytest.mark.usefixtures("tiny_denoisers", "short")
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("street-noise25", ()),
        ("street-noise25+single", ("denoise_ratio",)),
        ("parts-rotated@Chair", ("rotation_ratio",)),
    ],
)
def test_the_shortest_form_fills_every_field(name: str, more: tuple[str, ...]) -> None:
    row: dict[str, Any] = speed.bench(engine.load_model(name), repeats=1, samples=1)
    measured = (*MEASURED, *ATTACKED, *more)
    told = {"model", "compute", "batch", "certify_seconds_range", "holm_ms_2m", "naive_ratio"}
    assert set(row) == {*measured, *told}
    assert all(row[field] > 0 for field in measured)
    assert row["holm_ms_2m"] > 0
    assert row["naive_ratio"] > 1
    assert row["model"] == name
    assert len(row["certify_seconds_range"]) == 2


@pytest.mark.usefixtures("copied_assets")
def test_pace_is_positive() -> None:
    assert engine.certification.measure_pace(engine.load_model("street-noise25")) > 0
