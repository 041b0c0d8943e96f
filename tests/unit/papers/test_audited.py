"""The bundled audits: of the weights that ship, sound in themselves, with figures that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import engine
from engine.papers import attack_grid, audit_records, input_grid, turn_grid


@pytest.fixture
def attacks() -> Mapping[str, Any]:
    return audit_records()["attacks"]


def test_attacks_are_on_the_weights_that_ship(attacks: Mapping[str, Any]) -> None:
    assert attacks["weights"] == {
        name: engine.models.model_info(name).weights_sha256 for name in (attacks["undefended"], attacks["certified"])
    }
    assert attacks["command"].startswith("python -m engine audit-attacks --dataset camvid --root DIR ")


def test_attacks_are_at_the_radius_and_every_one_counts(attacks: Mapping[str, Any]) -> None:
    settings, plan = attacks["settings"], attacks["plan"]
    radius = engine.perturbations[settings["family"]].radius(sigma=settings["sigma"], tau=settings["tau"])
    assert attacks["radius"] == pytest.approx(radius)  # last digits differ between processors
    assert 0.999 * radius <= attacks["norm_max"] <= attacks["radius"]
    grid = attack_grid(attacks)
    tried = {"base": plan["losses"], "smoothed": plan["smoothed_losses"] or plan["losses"]}
    assert {row[:3] for row in grid.rows} == {
        (victim, attack, loss) for victim, losses in tried.items() for attack in plan["attacks"] for loss in losses
    }
    for column, total in (("violations", attacks["violations"]), ("now abstain", attacks["now_abstain"])):
        assert sum(row[grid.columns.index(column)] for row in grid.rows) == total  # type: ignore[misc]
    assert len(attacks["flipped_share_worst_by_image"]) == attacks["images"] == 30
    worst = attacks["flipped_share_worst_by_image"].values()
    assert attacks["flipped_share"] == pytest.approx(sum(worst) / len(worst))


def test_turns_are_told_by_side() -> None:
    told = {"turns": 4, "certified_points_turned": 80, "violations": 0, "now_abstain": 3, "base_flipped": 0.25}
    rows = [{"inside": True, "angle": math.radians(30.0001)}, {"inside": True, "angle": math.pi / 18}]
    grid = turn_grid({"inside": told, "outside": told, "rows": rows})
    assert grid.rows == (("inside", 4, "30°", 0.25, 80, 0, 3),)
    assert len(grid.columns) == len(grid.rows[0])


@pytest.mark.parametrize(("name", "many", "least"), [("figure", 20, 0.25), ("samples", 8, 0.25)])
def test_the_attack_of_figure_1_on_other_pictures(name: str, many: int, least: float) -> None:
    """What the Attack page claims of its first scenario holds on pictures that nobody chose, and on the samples."""
    record, scenario = audit_records()[name], engine.papers.scenarios["figure-1"]
    assert record["weights"] == {
        model: engine.models.model_info(model).weights_sha256 for model in (scenario.undefended, scenario.certified)
    }
    settings, own = engine.Settings.from_dict(record["settings"]), scenario.settings
    assert settings == replace(own, seed=settings.seed)
    assert record["norm_max"] <= record["radius"] == pytest.approx(settings.radius)
    rows = input_grid(record).rows
    assert len(rows) == many + 1
    _, flipped, certified, violations = rows[-1]
    assert flipped >= least
    assert certified >= 0.6
    assert violations == record["violations"] == 0
    if name == "samples":
        assert sum(row[1] >= 0.4 for row in rows[:-1]) >= 4
    else:
        edges = record["empirical_radius"]
        assert edges["flipped"]["smallest"] > edges["certified"] == record["radius"]


def weights_of(model: str) -> str:
    category = next(known[0] for name, _, known in engine.models.part_models() if name == model)
    return engine.models.model_info(engine.models.of_category(model, category)).weights_sha256


def test_shifts_are_at_the_radius_of_the_weights_that_ship() -> None:
    record = audit_records()["shifts"]
    settings, plan = engine.Settings.from_dict(record["settings"]), record["plan"]
    assert record["weights"] == {record["certified"]: weights_of(record["certified"])}
    radius = settings.radius
    assert record["radius"] == pytest.approx(radius)
    assert 0.999 * radius <= record["norm_max"] <= record["radius"]
    assert plan["beyond"] * radius * 0.999 <= record["outside"]["norm_max"] <= plan["beyond"] * record["radius"]
    grid = attack_grid(record)
    assert sum(row[grid.columns.index("violations")] for row in grid.rows) == record["violations"] == 0  # type: ignore[misc]
    assert len(record["flipped_share_worst_by_shape"]) == record["shapes"] == 20
    asked = replace(settings, tau=0.5, n=plan["again"])
    assert plan["again"] >= asked.smallest_useful_n(settings.points)  # else nothing could fail


def test_turns_are_within_the_angle_of_the_weights_that_ship() -> None:
    record = audit_records()["turns"]
    settings, plan = engine.Settings.from_dict(record["settings"]), record["plan"]
    assert record["weights"] == weights_of(record["model"])
    radius = settings.radius
    assert record["radius"] == pytest.approx(radius)
    assert (record["shapes"], plan["inside"]) == (20, 500)
    for side, turns, angle in (("inside", 500, radius), ("outside", plan["outside"], plan["factor"] * radius)):
        rows = [row for row in record["rows"] if row["inside"] == (side == "inside")]
        assert len({row["shape"] for row in rows}) == 20
        assert {(row["turns"], row["points"]) for row in rows} == {(turns, settings.points)}
        assert [row["angle"] for row in rows] == pytest.approx([angle] * len(rows))
        told = record[side]
        assert told["turns"] == 20 * turns
        assert told["certified_points_turned"] == sum(row["certified"] * turns for row in rows) > 0
        for name in ("violations", "now_abstain"):
            assert told[name] == sum(row[name] for row in rows)
        assert told["base_flipped"] == pytest.approx(sum(row["base_flipped"] for row in rows) / 20)
    assert record["inside"]["violations"] == 0 < record["outside"]["turns"]
    assert plan["n"] >= replace(settings, tau=0.5, n=plan["n"]).smallest_useful_n(settings.points)  # else none could
