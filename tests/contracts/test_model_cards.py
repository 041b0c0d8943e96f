"""The scores that a model's card states are those of the bundled sweep, made with the weights that ship."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import engine
from engine.core.rounding import degrees_down
from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED
from engine.papers.tables import files_of, own_results

_LINE = re.compile(
    r"^\| (?P<single>behind `\+single`, )?(?:base, clean|certified, σ = (?P<sigma>[0-9.]+)) \| (?P<scores>.+) \|$",
    re.MULTILINE,
)
_AGAINST = {"any rotation in space": "so3", "shifts of the points, l2": "l2"}


def _stated(card: str) -> Iterator[tuple[bool, float, list[str]]]:
    """Behind a denoiser or not, sigma (0 for the base model), and the scores as printed."""
    for line in _LINE.finditer(card):
        yield bool(line["single"]), float(line["sigma"] or 0.0), line["scores"].split(" | ")


@pytest.mark.parametrize("model", [info.name for info in engine.models.available() if info.name.startswith("street-")])
def test_a_card_states_the_scores_of_the_sweep(model: str) -> None:
    rows = {
        (row["model"], row["kind"], row["sigma"]): row
        for name in files_of("models")
        for row in own_results()[name]["rows"]
        if not row["group"] and row["correction"] in ("", "holm")
    }
    stated = list(_stated(engine.models.model_info(model).card))
    known = {
        (name != model, sigma)
        for name, kind, sigma in rows
        if (name in (model, f"{model}+single") and kind == CERTIFIED) or (name == model and kind == BASE_CLEAN)
    }
    assert {(single, sigma) for single, sigma, _ in stated} == known >= {(False, 0.0), (False, 0.25), (False, 0.5)}
    for single, sigma, scores in stated:
        row = rows[model + "+single" * single, CERTIFIED if sigma else BASE_CLEAN, sigma]
        names = ["accuracy", "miou_image", "miou_dataset", "abstention"]
        assert scores == [f"{row[name]:.3f}" if sigma or name != "abstention" else "–" for name in names]


@pytest.mark.parametrize("model", [name for name, _, _ in engine.models.part_models()])
def test_a_card_of_shapes_states_the_scores_of_the_records(model: str) -> None:
    records = [record for record in own_results().values() if record.get("model") == model]
    category = next(known[0] for name, _, known in engine.models.part_models() if name == model)
    card = engine.models.model_info(engine.models.of_category(model, category)).card
    (every,) = [_row(record, 0.0) for record in records if not any(row["tau"] for row in record["rows"])]
    told = f"on all {every['shapes']} shapes: {every['accuracy']:.3f} (mean IoU of a shape {every['miou_shape']:.3f})"
    assert told in " ".join(card.split())
    certified = {
        (settings["family"], settings["sigma"], settings["n"], row["tau"]): (record, row)
        for record in records
        for settings in [record["settings"]]
        for row in record["rows"]
        if row["tau"] and not row["category"]
    }
    table = next(part for part in card.split("\n\n") if part.startswith("| against |"))
    columns, _, *lines = [line.strip("| ").split(" | ") for line in table.splitlines()]
    found = set()
    for line in lines:
        cells = dict(zip(columns, line, strict=True))
        against, _, draws = cells["against"].partition(", n = ")
        key = _AGAINST[against], float(cells["σ"]), int(draws.replace(",", "") or 1000), float(cells["τ"])
        record, row = certified[key]
        found.add(key)
        turned = f"{degrees_down(row['radius'])}°"
        assert cells["radius"] == (turned if key[0] == "so3" else f"{int(row['radius'] * 1e4) / 1e4:.4f}")
        assert cells["certified and correct"] == f"{row['accuracy']:.3f}"
        assert cells["abstained"] == f"{row['abstention']:.3f}"
        base = f"{_row(record, 0.0)['accuracy']:.3f}"
        assert cells.get("base", base) == base
        assert cells.get("shapes", str(row["shapes"])).split(",")[0] == str(row["shapes"])
    assert found == set(certified)


def _row(record: dict[str, Any], tau: float) -> dict[str, Any]:
    """Over all categories."""
    (row,) = [row for row in record["rows"] if row["tau"] == tau and not row["category"]]
    return dict(row)
