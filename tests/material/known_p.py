"""Families of pixels whose class probabilities are known exactly, run through the real sampler and the real decision.

One large image holds many families: each is a square tile, and no coin is shared between tiles, so the families are
independent repetitions of one experiment. The dependence within a family is the block size of its coins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from engine.audits.error_control.coins import coin_model
from engine.certification import Selection, Settings
from engine.certification import decisions as engine_decisions
from engine.certification.sampling import Sampler
from engine.core import Compute
from engine.models.base import BaseModel
from tests.material.pictures import plain_image

VALUE = 0.5
DEPENDENCE = {"independent": 1, "blocks": 4, "one coin": 8}  # side of the squares that share a coin, on 8x8 tiles


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Counts of many families, each of `pixels` entries: hits, class under test, and true probability of that class."""

    settings: Settings
    top: NDArray[np.uint8]  # (families, pixels)
    hits: NDArray[np.int32]
    p: NDArray[np.float64]


def tiles(array: NDArray, height: int, width: int) -> NDArray:
    """(H, W) -> (families, height * width), tile by tile."""
    rows, columns = array.shape[0] // height, array.shape[1] // width
    return array.reshape(rows, height, columns, width).swapaxes(1, 2).reshape(rows * columns, height * width)


def draw(settings: Settings, model: BaseModel, probabilities: NDArray[np.float64], tile: tuple[int, int]) -> Drawn:
    """Both stages by the real sampler. `probabilities` (H, W) are those of class 1; class 0 has the rest."""
    made = Sampler(
        model=model,
        subject=plain_image(*probabilities.shape, VALUE),
        family=settings.noise,
        sigma=settings.sigma,
        seed=settings.seed,
        batch=10,
    )
    selection: Selection = made.votes(settings.n0)
    hits, _ = made.count(selection.top, settings.n)
    p = np.where(selection.top == 1, probabilities, 1.0 - probabilities)
    return Drawn(settings=settings, top=tiles(selection.top, *tile), hits=tiles(hits, *tile), p=tiles(p, *tile))


def coins(settings: Settings, pattern: NDArray[np.float64], block: int, grid: int, compute: Compute) -> Drawn:
    """grid x 2 grid families of coins; `pattern` (h, w) holds the probabilities of one family."""
    probabilities = np.tile(pattern, (grid, 2 * grid))
    model = coin_model(probabilities, value=VALUE, sigma=settings.sigma, block=block, compute=compute)
    return draw(settings, model, probabilities, pattern.shape)


def decisions(drawn: Drawn, correction: str, budget: int = 0) -> NDArray[np.bool_]:
    """Which pixels the engine certifies, family by family: (families, pixels)."""
    settings = replace(drawn.settings, correction=correction, budget=budget)
    answers = np.empty(drawn.hits.shape, dtype=np.int16)
    with _tables_made_once(settings):
        for number, (top, hits) in enumerate(zip(drawn.top, drawn.hits, strict=True)):
            answers[number] = engine_decisions.decide(settings, top[None], hits[None], settings.n).labels[0]
    assert set(np.unique(answers[answers >= 0])) <= {0, 1}
    return answers == drawn.top  # a class is certified only as the class that was tested


@contextmanager
def _tables_made_once(settings: Settings) -> Iterator[None]:
    """Thousands of decisions with these settings need one table of p-values and one radius, all the same."""
    mode = replace(settings.testing, p_values=cache(settings.testing.p_values))
    with (
        patch.object(Settings, "testing", property(lambda _: mode)),
        patch.object(Settings, "radius", property(lambda _, found=settings.radius: found)),
    ):
        yield


def errors(drawn: Drawn, certified: NDArray[np.bool_], budget: int = 0) -> int:
    """Families with more than `budget` false certificates: a class not above tau. p is never above what is stated."""
    return int(((certified & (drawn.p <= drawn.settings.tau + 1e-9)).sum(axis=1) > budget).sum())


def refuted(failures: int, families: int, alpha: float) -> bool:
    """Do the failures refute that each family fails with probability at most alpha?

    Exact binomial test of level 1e-4: a valid procedure is refuted with a probability of at most 1e-4.
    """
    return bool(binom.sf(failures - 1, families, alpha) < 1e-4)
