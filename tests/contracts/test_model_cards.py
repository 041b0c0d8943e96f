"""The scores that a model's card states are those of the bundled sweep, made with the weights that ship."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import engine
from engine.sweep import BASE_CLEAN, CERTIFIED
from engine.tables import files_of, own_results

_LINE = re.compile(
    r"^\| (?P<single>behind `\+single`, )?(?:base, clean|certified, σ = (?P<sigma>[0-9.]+)) \| (?P<scores>.+) \|$",
    re.MULTILINE,
)


def _stated(card: str) -> Iterator[tuple[bool, float, list[str]]]:
    """Behind a denoiser or not, sigma (0 for the base model), and the scores as printed."""
    for line in _LINE.finditer(card):
        yield bool(line["single"]), float(line["sigma"] or 0.0), line["scores"].split(" | ")


@pytest.mark.parametrize("model", [info.name for info in engine.available() if info.name.startswith("street-")])
def test_a_card_states_the_scores_of_the_sweep(model: str) -> None:
    rows = {
        (row["model"], row["kind"], row["sigma"]): row
        for name in files_of("models")
        for row in own_results()[name]["rows"]
        if not row["group"] and row["correction"] in ("", "holm")
    }
    stated = list(_stated(engine.model_info(model).card))
    assert {(single, sigma) for single, sigma, _ in stated} == {(False, 0.0)} | {
        (single, sigma) for single in (False, True) for sigma in (0.25, 0.5, 1.0)
    }
    for single, sigma, scores in stated:
        row = rows[model + "+single" * single, CERTIFIED if sigma else BASE_CLEAN, sigma]
        names = ["accuracy", "miou_image", "miou_dataset", "abstention"]
        assert scores == [f"{row[name]:.3f}" if sigma or name != "abstention" else "–" for name in names]
