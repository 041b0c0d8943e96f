"""Cross-validation: every shape is scored once, by a network that has not seen it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from engine.certification.certificates import Certificate
from engine.certification.pipeline import certify
from engine.certification.settings import Settings
from engine.cli import main
from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.evaluation.shapes import evaluate_shapes
from engine.inputs.clouds import Cloud
from engine.inputs.shape_datasets import shape_datasets
from engine.models import zoo
from engine.models.base import BaseModel
from engine.models.catalogue import load_model
from engine.models.part_models import unpublished
from engine.models.publish import publish
from engine.training.folds import FoldScores, ShapeScore, cross_validate
from engine.training.parts import RECIPES, manifest_row, train_parts
from engine.training.shape_pools import find_sources
from tests.material.tiny_models import forget_models
from tests.material.tiny_parts import silent, tiny


def test_every_shape_is_scored_by_a_network_that_has_not_seen_it(
    psb: Path, copied_assets: Path, compute: Compute
) -> None:
    out, said = copied_assets / "out", []
    made = cross_validate(tiny(), psb, out, compute, folds=(0, 2), log=said.append)
    assert [(one.fold, one.shape) for one in made.scores] == [
        (0, "Chair_0"), (0, "Cup_0"), (2, "Chair_2"), (2, "Cup_2")
    ]  # fmt: skip
    for fold, unseen in ((0, "0"), (2, "2")):
        seen = {source.name for source in find_sources(tiny(fold=fold), psb) if not source.own}
        assert seen == {f"{category}_{number}" for category in ("Chair", "Cup") for number in "012"} - {
            f"Chair_{unseen}", f"Cup_{unseen}"
        }  # fmt: skip
    assert made.weights[0] != made.weights[2]
    # Fold 0 is split val: the same as that recipe trained, published and evaluated as ever.
    weights = train_parts(tiny(), psb, copied_assets / "straight", log=silent)
    trained = load_file(out / "fold0" / "model.safetensors")
    assert all(tensor.equal(trained[name]) for name, tensor in load_file(weights).items())
    (copied_assets / "parts-normals-noise.md").write_text("# Card\n")
    publish(weights, manifest_row(tiny()), copied_assets)
    forget_models()
    row = evaluate_shapes(
        lambda category: load_model(f"parts-normals-noise@{category}", compute), shape_datasets["psb"].open(psb, "val"),
        Settings(sigma=0.05, n0=1, n=1, points=64),
    ).row(0.0)  # fmt: skip
    (first, _) = made.as_dict()["folds"]
    assert (first["accuracy"], first["miou_shape"]) == (pytest.approx(row.accuracy), pytest.approx(row.miou_shape))
    assert first["weights"] == zoo.bundled_network("parts-normals-noise", zoo.PARTS).sha256


def test_folds_can_be_certified(psb: Path, tmp_path: Path, compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `evaluate-shapes` does on that fold, for a network that has not seen it; every shape with noise of its own."""
    streams: list[str] = []

    def watched(model: BaseModel, cloud: Cloud, asked: Settings) -> Certificate:
        streams.append(asked.stream)
        return certify(model, cloud, asked)

    monkeypatch.setattr("engine.training.folds.certify", watched)
    settings = Settings(sigma=0.05, tau=0.6, n0=3, n=40, points=64, seed=9)
    out = tmp_path / "out"
    made = cross_validate(tiny(), psb, out, compute, folds=(1,), settings=settings, log=silent)
    assert made.scores == cross_validate(tiny(), psb, out, compute, folds=(1,), settings=settings, log=silent).scores
    assert streams == ["example 0", "example 1"] * 2
    entry = zoo.entry_of(
        manifest_row(tiny(fold=1)) | {"sha256": made.weights[1], "file": "model.safetensors"}, out / "fold1", card="-"
    )
    row = evaluate_shapes(unpublished(entry, compute), shape_datasets["psb"].open(psb, "fold1"), settings).row(0.6)
    told = made.as_dict()
    assert told["certified"] == told["folds"][0]["certified"] == pytest.approx(row.accuracy)
    assert row.accuracy > 0.0
    with pytest.raises(InvalidSetting, match="with n = 21 nothing can be certified"):
        cross_validate(tiny(), psb, tmp_path / "none", compute, settings=replace(settings, n=21), log=silent)
    assert not (tmp_path / "none").exists()  # before anything is trained
    assert "certified" not in cross_validate(tiny(), psb, out, compute, folds=(1,), log=silent).as_dict()


def test_means_by_hand() -> None:
    scores = [(0, "Cup_1", 0.5, 0.2), (0, "Chair_1", 1.0, 0.8), (1, "Cup_2", 0.9, 0.5)]
    made = FoldScores(
        scores=tuple(
            ShapeScore(fold=fold, shape=shape, category=shape.split("_")[0], accuracy=accuracy, miou=miou)
            for fold, shape, accuracy, miou in scores
        ),
        weights={0: "a", 1: "b"},
    ).as_dict()
    assert (made["shapes"], made["accuracy"], made["miou_shape"]) == (3, pytest.approx(0.8), pytest.approx(0.5))
    assert made["folds"][0] == {"fold": 0, "weights": "a", "shapes": 2, "accuracy": 0.75, "miou_shape": 0.5}
    assert made["categories"]["Cup"] == {
        "shapes": 2, "accuracy": pytest.approx(0.7), "miou_shape": pytest.approx(0.35)
    }  # fmt: skip


def test_the_command(
    psb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "parts-clean", tiny("parts-clean"))
    start = ["crossval", "--recipe", "parts-clean", "--root", str(psb), "--out", str(tmp_path / "out")]
    report = tmp_path / "folds.json"
    assert main([*start, "--folds", "1", "--steps", "2", "--json", str(report)]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert json.loads(report.read_text()) == told
    assert (told["recipe"], told["steps"], told["shapes"], told["dataset"]) == ("parts-clean", 2, 2, "psb/all")
    assert told["command"].endswith("--recipe parts-clean --root DIR --out DIR --folds 1 --steps 2 --json OUT")
    for folds, words in (("5", "folds must be some of 0, 1, 2, 3, 4, got [5]"), ("x", "'x' is no list of values")):
        assert main([*start, "--folds", folds]) == 2
        assert words in capsys.readouterr().err
    noisy = [*start[:-1], str(tmp_path / "noisy"), "--folds", "1", "--steps", "2"]
    assert main([*noisy, "--noise", "0.1", "--certified", "40"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["noise"], told["settings"]["sigma"], told["settings"]["n"]) == (0.1, 0.1, 40)
    assert told["settings"]["points"] == told["points"] == 64
    assert 0.0 <= told["certified"] <= 1.0
    turned = [*start, "--folds", "1", "--steps", "2", "--certified", "40", "--family", "so3", "--sigma", "0.2"]
    assert main(turned) == 0  # of a model that is trained without noise
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["noise"], told["settings"]["sigma"], told["settings"]["family"]) == (0.0, 0.2, "so3")
    for more, words in (
        (["--noise", "nan"], "noise must lie in"),
        (["--certified", "40"], "parts-clean is trained without noise: give the certificates' as --sigma"),
        (["--certified", "40", "--sigma", "0"], "sigma must lie in"),
        (["--certified", "20", "--sigma", "0.1"], "with --certified 20 nothing can be certified at tau 0.75"),
        (["--certified", "40", "--sigma", "0.1", "--family", "so4"], "unknown perturbation family 'so4'"),
    ):
        assert main([*start, *more]) == 2
        assert words in capsys.readouterr().err
    assert main([*start, "--steps", "-1"]) == 2
    assert "steps must be 0 (the recipe's) or more, got -1" in capsys.readouterr().err


def test_a_recipe_of_another_dataset_is_refused_before_it_is_trained(
    psb: Path, tmp_path: Path, compute: Compute
) -> None:
    for changes in ({"dataset": "shapenet-part", "split": "train"}, {"split": "all"}):  # "all" has seen every fold
        with pytest.raises(InvalidSetting, match="that is not one of its folds"):
            cross_validate(replace(tiny(), **changes), psb, tmp_path / "out", compute, folds=(0,))
    assert not (tmp_path / "out").exists()


def test_no_fold_is_refused(psb: Path, tmp_path: Path, compute: Compute) -> None:
    with pytest.raises(InvalidSetting, match=r"folds must be some of .*, got \[\]"):
        cross_validate(replace(tiny(), steps=1), psb, tmp_path / "out", compute, folds=())
