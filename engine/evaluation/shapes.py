"""SegCertify over a dataset of shapes: the scores of the paper's Table 2, over all shapes and for each category.

Several taus may be decided on the same counts. Each certificate holds with its own 1 - alpha; the rows are not
independent. Source: Fischer et al. 2021, section 6.2.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.certification.decisions import decide
from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Progress, unheard
from engine.evaluation.examples_shapes import ModelOf, check_parts, read_shape_example
from engine.evaluation.metrics import Scorer, Scores
from engine.inputs.shape_datasets import ShapeDataset, ShapeItem
from engine.inputs.subset import subset
from engine.models.base import BaseModel

ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRow:
    """Scores over the shapes of a category, or of all (`category` ""), where every shape counts alike.

    tau: 0 for the base model on clean shapes. radius: in the unit of the settings' family. seconds: of one certificate,
    sampling and testing, on average.
    """

    category: str
    tau: float
    radius: float
    accuracy: float
    miou_shape: float
    abstention: float
    seconds: float
    shapes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeEvaluation:
    """All rows, and the settings that they share but for tau."""

    settings: Settings
    rows: tuple[ShapeRow, ...]

    def row(self, tau: float, category: str = ALL) -> ShapeRow:
        """The row of that tau, 0 for the base model. Raises KeyError."""
        for row in self.rows:
            if (row.tau, row.category) == (tau, category):
                return row
        raise KeyError((tau, category))

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"settings": self.settings.as_dict(), "rows": [asdict(row) for row in self.rows]}


def evaluate_shapes(
    model_of: ModelOf,
    dataset: ShapeDataset,
    settings: Settings,
    *,
    taus: tuple[float, ...] = (),
    base_only: bool = False,
    every: int = 1,
    limit: int = 0,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
) -> ShapeEvaluation:
    """Certify the first of every `every` shapes, of these the first `limit` (0: all), and score them. Shapes that
    `journal` has are not done again.

    Shape i has a stream of noise of its own. `taus` are decided besides the settings' own; only modes that draw exactly
    n share their draws. base_only: certify nothing, and score only the base model. Raises InvalidInput where a model
    does not answer a category's parts, InvalidSetting.
    """
    if not settings.procedure.certifies:
        raise InvalidSetting(f"{settings.correction} certifies no point: not for a table")
    wanted = tuple(dict.fromkeys((settings.tau, *taus)))
    variants = [] if base_only else [replace(settings, tau=tau) for tau in wanted]
    items = subset(dataset.items(), every=every, limit=limit)
    tally = _Tally()
    for number, item in enumerate(items):
        make = partial(_one_shape, model_of, dataset, item, settings.fresh("example", number), variants)
        for share in journal.keep(item.name, make, write=_to_json, read=_from_json):
            tally.add(item.category, share)
        progress(number + 1, len(items))
    return ShapeEvaluation(settings=settings, rows=tuple(tally.rows()))


def _scores(labels: NDArray[np.integer], truth: NDArray[np.uint8], model: BaseModel) -> Scores:
    scorer = Scorer(len(model.info.labels))
    scorer.add(labels, truth)
    return scorer.scores()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """One shape's share of a row."""

    tau: float
    radius: float
    scores: Scores
    seconds: float


def _one_shape(
    model_of: ModelOf, dataset: ShapeDataset, item: ShapeItem, own: Settings, variants: Sequence[Settings]
) -> list[_Share]:
    model = model_of(item.category)
    check_parts(model, dataset, item)
    cloud, truth = read_shape_example(dataset, item, own.points)
    clean = _scores(base_prediction(model, cloud), truth, model)
    shares = [_Share(tau=0.0, radius=0.0, scores=clean, seconds=0.0)]
    if not variants:
        return shares
    began = time.perf_counter()
    certificate = certify(model, cloud, own)
    seconds = time.perf_counter() - began
    for variant in variants:
        decision = decide(variant, certificate.top, certificate.hits, certificate.draws)
        scores = _scores(decision.labels, truth, model)
        shares.append(_Share(tau=variant.tau, radius=decision.radius, scores=scores, seconds=seconds))
    return shares


def _to_json(shares: Sequence[_Share]) -> list[dict[str, Any]]:
    return [asdict(share) for share in shares]


def _from_json(rows: Sequence[Mapping[str, Any]]) -> list[_Share]:
    return [_Share(**{**row, "scores": Scores(**row["scores"])}) for row in rows]


class _Tally:
    """Collects one shape at a time; every shape counts alike, however many points it has."""

    def __init__(self) -> None:
        self._kept: dict[tuple[float, str], list[_Share]] = {}

    def add(self, category: str, share: _Share) -> None:
        for group in (ALL, category):
            self._kept.setdefault((share.tau, group), []).append(share)

    def rows(self) -> list[ShapeRow]:
        """Of every tau all shapes first, then each category."""
        order = sorted(self._kept, key=lambda key: (key[0], key[1]))
        return [self._row(tau, category, self._kept[tau, category]) for tau, category in order]

    def _row(self, tau: float, category: str, kept: list[_Share]) -> ShapeRow:
        mean = {
            name: math.fsum(getattr(share.scores, name) for share in kept) / len(kept)
            for name in ("accuracy", "miou_image", "abstention")
        }
        return ShapeRow(
            category=category,
            tau=tau,
            radius=kept[0].radius,
            accuracy=mean["accuracy"],
            miou_shape=mean["miou_image"],
            abstention=mean["abstention"],
            seconds=math.fsum(share.seconds for share in kept) / len(kept),
            shapes=len(kept),
        )
