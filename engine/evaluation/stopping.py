"""What freedom costs: how many draws the anytime and the free mode need for what the paper's fixed n certifies."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.certification.decisions import decide
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.progress import Progress, unheard
from engine.evaluation.examples import example_image
from engine.inputs.datasets.base import SegmentationDataset
from engine.inputs.labels import ABSTAIN
from engine.inputs.subject import Image
from engine.inputs.subset import subset
from engine.models.base import BaseModel

WITHIN = 0.02
_LOOK_EVERY = 5
_MOST = 3
_FREE_CORRECTION = "bonferroni"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePrice:
    """One image: certified share of the fixed run, and the first draw at which the others reach it less 2 points.

    anytime, free: draws, a multiple of 5; None if three times the fixed n were not enough, or if the fixed run
    certified too little (2 % or less) for the question to make sense.
    """

    name: str
    fixed_share: float
    anytime: int | None
    free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Over several images; the ratios are of draws to the fixed n. An image that never got there counts as infinite."""

    settings: Settings
    images: tuple[ImagePrice, ...]

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        ratios: dict[str, object] = {}
        for name in ("anytime", "free"):
            found = [getattr(image, name) for image in self.images]
            all_ratios = [math.inf if draws is None else draws / self.settings.n for draws in found]
            for kind, of in (("median", statistics.median), ("mean", statistics.fmean), ("largest", max)):
                value = of(all_ratios)
                ratios[f"{name}_ratio_{kind}"] = value if math.isfinite(value) else None
            ratios[f"{name}_never"] = sum(math.isinf(ratio) for ratio in all_ratios)
        rows = [
            {"name": i.name, "fixed_share": i.fixed_share, "anytime": i.anytime, "free": i.free} for i in self.images
        ]
        return {"settings": self.settings.as_dict(), "within": WITHIN, **ratios, "images": rows}


def price(
    model: BaseModel, dataset: SegmentationDataset, settings: Settings, *, limit: int = 0, progress: Progress = unheard
) -> Price:
    """Measure on the first `limit` images of a dataset (0: all), all modes on the same draws.

    `settings` are those of the fixed run, whose mode must be `fixed`; image i has a stream of noise of its own. Raises
    InvalidSetting for another mode, an n that is no multiple of 5, or a negative limit.
    """
    if settings.mode != "fixed" or settings.n % _LOOK_EVERY:
        raise InvalidSetting(f"need mode fixed and n a multiple of {_LOOK_EVERY}, got {settings.mode} and {settings.n}")
    items = subset(dataset.items(), limit=limit)
    rows = []
    for number, item in enumerate(items):
        image = example_image(dataset, item, settings.size)
        own = settings.fresh("example", number)
        rows.append(_of_image(model, image, own, item.name))
        progress(number + 1, len(items))
    return Price(settings=settings, images=tuple(rows))


def _of_image(model: BaseModel, image: Image, settings: Settings, name: str) -> ImagePrice:
    looks = list(_looks(model, image, settings))
    wanted = next(_share(settings, hits, draws) for draws, hits in looks if draws == settings.n)
    others = (
        replace(settings, mode="anytime"),
        replace(settings, mode="free", correction=_FREE_CORRECTION, budget=0),
    )
    anytime, free = (
        next((draws for draws, hits in looks if _share(other, hits, draws) >= wanted - WITHIN > 0.0), None)
        for other in others
    )
    return ImagePrice(name=name, fixed_share=wanted, anytime=anytime, free=free)


def _looks(model: BaseModel, image: Image, settings: Settings) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """(draws, hits) after every few draws, of which one is the fixed n."""
    sampler = Sampler.of(model, image, settings, batch=_LOOK_EVERY)
    top = sampler.votes(settings.n0).top
    for counts in sampler.hits(top, 0, _MOST * settings.n):
        if counts.draws % _LOOK_EVERY == 0:
            yield counts.draws, counts.arrays()[0]


def _share(settings: Settings, hits: NDArray[np.int32], draws: int) -> float:
    labels = decide(settings, np.zeros(hits.shape, np.uint8), hits, draws).labels
    return float(np.mean(labels != ABSTAIN))
