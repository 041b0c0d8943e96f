"""SegCertify over a dataset: the scores of the paper's tables."""

import math
import time
from dataclasses import asdict, dataclass
from typing import Any

from engine.certification.pipeline import base_prediction, certify, noisy_prediction
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.progress import Progress, unheard
from engine.evaluation.examples import check_classes, read_example
from engine.evaluation.metrics import Scorer, Scores
from engine.inputs.datasets.base import SegmentationDataset
from engine.inputs.subset import subset
from engine.models.base import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Scores over the images of a dataset.

    base_clean: the base model on clean images; base_noisy: on one noisy draw of each; certified: SegCertify.
    seconds_per_image: sampling and testing.
    """

    model: str
    settings: Settings
    images: int
    radius: float
    base_clean: Scores
    base_noisy: Scores
    certified: Scores
    seconds_per_image: float

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: scores that no pixel gave (NaN) become None."""
        values = asdict(self)
        for part in ("base_clean", "base_noisy", "certified"):
            values[part] = {name: None if math.isnan(score) else score for name, score in values[part].items()}
        return values


def evaluate(
    model: BaseModel,
    dataset: SegmentationDataset,
    settings: Settings,
    *,
    limit: int = 0,
    progress: Progress = unheard,
) -> Evaluation:
    """Certify the first `limit` images (0: all) and score them against the ground truth at the working size.

    Image i has a stream of noise of its own (`Settings.fresh`), which no other image and no other seed has. Raises
    InvalidInput if the dataset's classes are not the model's, InvalidSetting for a negative limit or a correction that
    certifies nothing. Source: Fischer et al. 2021, section 6.1.

    >>> import engine, numpy as np
    >>> from types import SimpleNamespace  # any object with these four names is a dataset
    >>> file = engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg"
    >>> item = engine.inputs.DatasetItem(name="street", image_path=file, label_path=file)
    >>> model, labels = engine.load_model("street-noise25"), np.full((360, 480), 3, dtype=np.uint8)  # all road
    >>> own = dict(labels=model.info.labels, square=False, items=lambda: [item], read_labels=lambda item: labels)
    >>> found = evaluate(model, SimpleNamespace(**own), Settings(sigma=0.02, tau=0.6, n=40, size=64))
    >>> found.images, found.certified.accuracy + found.certified.abstention <= 1
    (1, True)
    """
    if not settings.procedure.certifies:
        raise InvalidSetting(f"{settings.correction} certifies no pixel: not for a table")
    items = subset(dataset.items(), limit=limit)
    check_classes(model, dataset)
    clean, noisy, certified = (Scorer(len(dataset.labels)) for _ in range(3))
    radius, seconds = 0.0, 0.0
    for number, item in enumerate(items):
        image, truth = read_example(dataset, item, settings.size)
        own = settings.fresh("example", number)
        clean.add(base_prediction(model, image), truth)
        noisy.add(noisy_prediction(model, image, own), truth)
        began = time.perf_counter()
        certificate = certify(model, image, own)
        seconds += time.perf_counter() - began
        certified.add(certificate.labels, truth)
        radius = certificate.radius
        progress(number + 1, len(items))
    return Evaluation(
        model=model.info.name,
        settings=settings,
        images=len(items),
        radius=radius,
        base_clean=clean.scores(),
        base_noisy=noisy.scores(),
        certified=certified.scores(),
        seconds_per_image=seconds / len(items),
    )
