"""Certificates against patches over a dataset: accuracy, certified share, and both, by size of the patch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard
from engine.evaluation.examples import check_classes, read_example
from engine.inputs.datasets.base import DatasetItem, SegmentationDataset
from engine.inputs.subset import subset
from engine.models.base import BaseModel
from engine.patches import PatchSettings, certify_patches


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchPlan:
    """sizes: of patches, in pixels. stride: None for the smallest that takes few passes. fill, size: as in
    `PatchSettings`. Raises InvalidSetting, UnknownName."""

    sizes: tuple[int, ...] = (16, 32, 48)
    stride: int | None = None
    fill: str = "mean"
    size: int = 320

    def __post_init__(self) -> None:
        if not self.sizes:
            raise InvalidSetting("at least one size of patches is needed")
        for patch in self.sizes:
            PatchSettings(patch=patch, stride=self.stride or 1, fill=self.fill, size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchScore:
    """Of one picture and one size of patches, in pixels. valid: those with a true class; correct: with the right
    answer; certified: of all pixels; certified_correct: both, of the valid ones."""

    image: str
    patch: int
    stride: int
    passes: int
    pixels: int
    valid: int
    correct: int
    certified: int
    certified_correct: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchEvaluation:
    """All scores, picture by picture."""

    plan: PatchPlan
    scores: tuple[PatchScore, ...]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: a row for each size, shares over all pixels of all pictures.

        accuracy, certified_accuracy: right answers, and right and certified ones, of the valid pixels.
        certified_fraction: of all pixels. stride, passes: the largest of any picture.
        """
        rows = []
        for patch in self.plan.sizes:
            some = [score for score in self.scores if score.patch == patch]
            total = {name: sum(getattr(score, name) for score in some) for name in ("pixels", "valid", "correct",
                     "certified", "certified_correct", "seconds")}  # fmt: skip
            valid = max(1, total["valid"])
            rows.append(
                {
                    "patch": patch,
                    "stride": max(score.stride for score in some),
                    "passes": max(score.passes for score in some),
                    "accuracy": total["correct"] / valid,
                    "certified_fraction": total["certified"] / total["pixels"],
                    "certified_accuracy": total["certified_correct"] / valid,
                    "seconds_per_image": total["seconds"] / len(some),
                }
            )
        return {"images": len({score.image for score in self.scores}), "plan": asdict(self.plan), "rows": rows}


def evaluate_patches(
    model: BaseModel,
    dataset: SegmentationDataset,
    plan: PatchPlan,
    *,
    every: int = 1,
    limit: int = 0,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> PatchEvaluation:
    """Certify the first `limit` (0: all) of every `every`-th picture against patches of each size.

    Raises InvalidInput for other classes than the model's or an empty dataset, InvalidSetting, NotCertifiable,
    Cancelled.

    >>> import engine, numpy as np
    >>> from types import SimpleNamespace  # any object with these four names is a dataset
    >>> file = engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg"
    >>> item = engine.inputs.DatasetItem(name="street", image_path=file, label_path=file)
    >>> model, labels = engine.load_model("street-clean"), np.full((360, 480), 3, dtype=np.uint8)  # all road
    >>> own = dict(labels=model.info.labels, square=False, items=lambda: [item], read_labels=lambda item: labels)
    >>> (row,) = evaluate_patches(model, SimpleNamespace(**own), PatchPlan(sizes=(8,), size=64)).as_dict()["rows"]
    >>> row["certified_accuracy"] <= min(row["accuracy"], row["certified_fraction"])
    True
    """
    check_classes(model, dataset)
    items = subset(dataset.items(), every=every, limit=limit)
    if not items:
        raise InvalidInput("there is no image to certify")
    found: list[PatchScore] = []
    for number, item in enumerate(items):
        found += journal.keep(
            item.name,
            partial(_of_item, model, dataset, item, plan, cancelled),
            write=lambda made: [asdict(one) for one in made],
            read=lambda rows: [PatchScore(**row) for row in rows],
        )
        progress(number + 1, len(items))
    return PatchEvaluation(plan=plan, scores=tuple(found))


def _of_item(
    model: BaseModel, dataset: SegmentationDataset, item: DatasetItem, plan: PatchPlan, cancelled: Cancel
) -> Sequence[PatchScore]:
    image, truth = read_example(dataset, item, plan.size)
    valid = truth < len(dataset.labels)
    scores = []
    for patch in plan.sizes:
        settings = PatchSettings.on(*image.shape, patch=patch, stride=plan.stride, fill=plan.fill, size=plan.size)
        certificate = certify_patches(model, image, settings, cancelled=cancelled)
        correct = valid & (certificate.answers == truth)
        scores.append(
            PatchScore(
                image=item.name,
                patch=patch,
                stride=settings.stride,
                passes=certificate.passes,
                pixels=truth.size,
                valid=int(np.count_nonzero(valid)),
                correct=int(np.count_nonzero(correct)),
                certified=certificate.certified_count,
                certified_correct=int(np.count_nonzero(correct & certificate.certified)),
                seconds=certificate.provenance.seconds,
            )
        )
    return scores
