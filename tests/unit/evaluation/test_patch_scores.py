"""Certificates against patches over a dataset, against counts made here pixel by pixel."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core import Compute, InvalidInput, InvalidSetting
from engine.evaluation.examples import read_example
from engine.evaluation.patches import PatchPlan, evaluate_patches
from engine.inputs.datasets import datasets
from engine.models import load_model
from engine.patches import PatchSettings, certify_patches


def test_scores_by_hand(camvid_root: Path, compute: Compute) -> None:
    model, dataset = load_model("street-clean", compute), datasets["camvid"].open(camvid_root, "val")
    steps: list[tuple[int, int]] = []
    plan = PatchPlan(sizes=(8, 12), stride=16, fill="smooth", size=64)
    found = evaluate_patches(model, dataset, plan, progress=lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]
    rows = found.as_dict()["rows"]
    for patch, row in zip((8, 12), rows, strict=True):
        right = both = certified = valid = 0
        for item in dataset.items():
            image, truth = read_example(dataset, item, 64)
            made = certify_patches(model, image, PatchSettings(patch=patch, stride=16, fill="smooth", size=64))
            for answer, true, sure in zip(made.answers.flat, truth.flat, made.certified.flat, strict=True):
                certified += bool(sure)
                if true < 11:
                    valid += 1
                    right += answer == true
                    both += bool(sure) and answer == true
        assert row["accuracy"] == pytest.approx(right / valid)
        assert row["certified_accuracy"] == pytest.approx(both / valid)
        assert row["certified_fraction"] == pytest.approx(certified / (2 * 48 * 64))
        assert (row["stride"], row["passes"]) == (16, made.passes)


def test_only_the_pictures_that_were_asked_for(camvid_root: Path, compute: Compute) -> None:
    model, dataset = load_model("street-clean", compute), datasets["camvid"].open(camvid_root, "val")
    plan = PatchPlan(sizes=(8,), stride=40, size=64)
    assert {one.image for one in evaluate_patches(model, dataset, plan, every=2).scores} == {dataset.items()[0].name}
    assert len(evaluate_patches(model, dataset, plan, limit=1).scores) == 1


def test_what_cannot_be_evaluated(camvid_root: Path, compute: Compute) -> None:
    with pytest.raises(InvalidSetting, match="at least one size"):
        PatchPlan(sizes=())
    with pytest.raises(InvalidSetting, match="patch must be"):
        PatchPlan(sizes=(0,))
    with pytest.raises(InvalidSetting, match="stride must be"):
        PatchPlan(stride=-3)
    model, dataset = load_model("street-clean", compute), datasets["camvid"].open(camvid_root, "val")
    with pytest.raises(InvalidSetting, match="does not fit"):
        evaluate_patches(model, dataset, PatchPlan(sizes=(60,), size=64))
    empty = type("Empty", (), {"labels": dataset.labels, "square": False, "items": lambda _: []})()
    with pytest.raises(InvalidInput, match="no image"):
        evaluate_patches(model, empty, PatchPlan(size=64))
