"""Cross-validation of a part model: each fold of the benchmark scored by a network that has not seen it.

Twenty shapes a category are few: scores on one fold of four shapes say little, on all five they are about every shape.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.certification.useful import check_useful
from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, never
from engine.evaluation.examples_shapes import ModelOf, check_parts, read_shape_example
from engine.evaluation.metrics import score
from engine.inputs.shape_datasets import ShapeDataset, shape_datasets
from engine.inputs.shape_datasets.psb import FOLDS
from engine.models import zoo
from engine.models.part_models import unpublished
from engine.training.part_recipe import PartsRecipe
from engine.training.parts import manifest_row, train_parts

_BENCHMARK = "psb"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeScore:
    """The base model's scores on one clean shape that it was not trained on.

    certified: the share of points that are certified and right, None where nothing was certified.
    """

    fold: int
    shape: str
    category: str
    accuracy: float
    miou: float
    certified: float | None = None


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
    settings: Settings | None = None,
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> FoldScores:
    """Train the recipe once without each of the folds, in `out`/foldK, and score it on that fold.

    With `settings` every shape is certified too, number i of a fold with a stream of its own. A training that was
    stopped goes on, one that is done is not done again. Raises InvalidSetting, also for a recipe of another dataset;
    InvalidInput, Cancelled.
    """
    if (plan.dataset, plan.split) != (_BENCHMARK, ""):
        raise InvalidSetting(f"{plan.name} is trained on a split of {plan.dataset} that is not one of its folds")
    if not folds or not set(folds) <= set(range(FOLDS)):
        raise InvalidSetting(f"folds must be some of {', '.join(map(str, range(FOLDS)))}, got {list(folds)}")
    if settings is not None:
        check_useful(settings, plan.points)
    scores: list[ShapeScore] = []
    weights: dict[int, str] = {}
    for fold in dict.fromkeys(folds):
        own = replace(plan, fold=fold)
        log(f"fold {fold}")
        file = train_parts(own, root, out / f"fold{fold}", log=log, cancelled=cancelled)
        weights[fold] = hashlib.sha256(file.read_bytes()).hexdigest()
        row = manifest_row(own) | {"sha256": weights[fold], "file": file.name}
        entry = zoo.entry_of(row, file.parent, card=f"trained without fold {fold}")
        scores += _scores(
            own, unpublished(entry, compute), shape_datasets[_BENCHMARK].open(root, f"fold{fold}"), settings
        )
    return FoldScores(scores=tuple(scores), weights=weights)


def _scores(plan: PartsRecipe, model_of: ModelOf, dataset: ShapeDataset, settings: Settings | None) -> list[ShapeScore]:
    found = []
    for number, item in enumerate(dataset.items()):
        model = model_of(item.category)
        check_parts(model, dataset, item)
        cloud, truth = read_shape_example(dataset, item, plan.points)
        classes = len(model.info.labels)
        made = score(base_prediction(model, cloud), truth, classes)
        certified = None
        if settings is not None:
            labels = certify(model, cloud, settings.fresh("example", number)).labels
            certified = score(labels, truth, classes).accuracy
        found.append(
            ShapeScore(
                fold=plan.fold,
                shape=item.name,
                category=item.category,
                accuracy=made.accuracy,
                miou=made.miou_image,
                certified=certified,
            )
        )
    return found


def _mean(scores: list[ShapeScore] | tuple[ShapeScore, ...]) -> dict[str, Any]:
    certified = [score.certified for score in scores if score.certified is not None]
    return {
        "shapes": len(scores),
        "accuracy": float(np.mean([score.accuracy for score in scores])),
        "miou_shape": float(np.mean([score.miou for score in scores])),
        **({"certified": float(np.mean(certified))} if certified else {}),
    }
