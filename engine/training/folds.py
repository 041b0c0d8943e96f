"""Cross-validation of a part model: each fold of the benchmark scored by a network that has not seen it.

Twenty shapes a category are few: scores on one fold of four shapes say little, on all five they are about every shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.certify import base_prediction
from engine.device import Compute
from engine.errors import InvalidSetting
from engine.metrics import score
from engine.models import zoo
from engine.models.part_models import unpublished
from engine.shape_datasets import shape_dataset
from engine.shape_datasets.psb import FOLDS
from engine.shape_evaluation import check_parts, read_shape
from engine.training.part_recipe import PartsRecipe
from engine.training.parts import manifest_row, train_parts
from engine.types import Cancel, never


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeScore:
    """The base model's scores on one clean shape that it was not trained on."""

    fold: int
    shape: str
    category: str
    accuracy: float
    miou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScores:
    """Of every shape of the folds that were done, in their order; weights: sha256 by fold."""

    scores: tuple[ShapeScore, ...]
    weights: dict[int, str]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: over all shapes, where every shape counts alike, by fold, and by category."""
        categories = dict.fromkeys(score.category for score in self.scores)
        return {
            **_mean(self.scores),
            "folds": [
                {"fold": fold, "weights": sha256, **_mean([one for one in self.scores if one.fold == fold])}
                for fold, sha256 in self.weights.items()
            ],
            "categories": {name: _mean([one for one in self.scores if one.category == name]) for name in categories},
        }


def cross_validate(
    plan: PartsRecipe,
    root: Path,
    out: Path,
    compute: Compute,
    *,
    folds: tuple[int, ...] = tuple(range(FOLDS)),
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> FoldScores:
    """Train the recipe once without each of the folds, in `out`/foldK, and score it on that fold.

    A training that was stopped goes on, one that is done is not done again. Raises InvalidSetting, InvalidInput,
    Cancelled.
    """
    if not folds or not set(folds) <= set(range(FOLDS)):
        raise InvalidSetting(f"folds must be some of {', '.join(map(str, range(FOLDS)))}, got {list(folds)}")
    scores: list[ShapeScore] = []
    weights: dict[int, str] = {}
    for fold in dict.fromkeys(folds):
        own = replace(plan, fold=fold)
        log(f"fold {fold}")
        file = train_parts(own, root, out / f"fold{fold}", log=log, cancelled=cancelled)
        weights[fold] = hashlib.sha256(file.read_bytes()).hexdigest()
        scores += _scores(own, file, weights[fold], root, compute)
    return FoldScores(scores=tuple(scores), weights=weights)


def _scores(plan: PartsRecipe, file: Path, sha256: str, root: Path, compute: Compute) -> list[ShapeScore]:
    row = manifest_row(plan) | {"sha256": sha256, "file": file.name}
    model_of = unpublished(zoo.entry_of(row, file.parent, card=f"trained without fold {plan.fold}"), compute)
    dataset = shape_dataset("psb", root, f"fold{plan.fold}")
    found = []
    for item in dataset.items():
        model = model_of(item.category)
        check_parts(model, dataset, item)
        cloud, truth = read_shape(dataset, item, plan.points)
        made = score(base_prediction(model, cloud), truth, len(model.info.labels))
        found.append(
            ShapeScore(
                fold=plan.fold, shape=item.name, category=item.category, accuracy=made.accuracy, miou=made.miou_image
            )
        )
    return found


def _mean(scores: list[ShapeScore] | tuple[ShapeScore, ...]) -> dict[str, Any]:
    return {
        "shapes": len(scores),
        "accuracy": float(np.mean([score.accuracy for score in scores])),
        "miou_shape": float(np.mean([score.miou for score in scores])),
    }
