"""The benchmark runs for real, in its shortest form. Nothing is said about how long anything takes."""

from __future__ import annotations

import engine
from engine.audits.speed import bench
from engine.models.part_models import of_category


def test_the_shortest_form_fills_every_field() -> None:
    row = bench(engine.load_model("street-noise25"), repeats=1, samples=1)
    assert {"sampling_ratio", "testing_ms", "sampling_ms_per_draw", "forward_ms_per_draw", "certify_seconds"} <= set(
        row
    )
    assert all(row[name] > 0 for name in ("sampling_ratio", "testing_ms", "forward_ms_per_draw", "certify_seconds"))
    assert row["holm_ms_2m"] > 0
    assert row["naive_ratio"] > 1
    assert row["model"] == "street-noise25"


def test_shapes_are_measured_under_noise_and_under_rotations() -> None:
    name = of_category(engine.models.part_models()[0][0], "Chair")
    row = bench(engine.load_model(name), repeats=1, samples=1)
    assert row["model"] == name
    assert all(row[field] > 0 for field in ("sampling_ratio", "rotation_ratio", "certify_seconds"))
    assert "denoise_ratio" not in row


def test_pace_is_positive() -> None:
    assert engine.certification.measure_pace(engine.load_model("street-noise25")) > 0
