"""The draws of many independent families, by the real sampler with its real seeds, kept one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.audits.error_control.models import Scenario, known_model
from engine.certification.pipeline import prediction
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Stage, Streams
from engine.inputs.images import MIN_SIDE, image_from_array

VALUE = 0.5
BATCH = 10
MAX_DRAWS = 255  # hits are kept in uint8
TOLERANCE = 3e-5  # the true probabilities are known this well; they are never above what is stated


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """What every draw answered, for many families.

    top: uint8 (families, pixels), the class under test. outcomes: bool (n, families, pixels), whether draw i gave it.
    clean: bool (families, pixels), whether the clean image gives it. p: float64 (families, pixels), its true
    probability.
    """

    scenario: Scenario
    settings: Settings
    top: NDArray[np.uint8]
    outcomes: NDArray[np.bool_]
    clean: NDArray[np.bool_]
    p: NDArray[np.float64]

    @property
    def families(self) -> int:
        return int(self.top.shape[0])

    @property
    def pixels(self) -> int:
        return int(self.top.shape[1])

    def running_hits(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """(draws so far, hits so far), after every draw. The array is the running counter itself."""
        hits = np.zeros(self.top.shape, dtype=np.uint8)
        for number, outcome in enumerate(self.outcomes, start=1):
            hits += outcome
            yield number, hits

    def hits(self) -> NDArray[np.uint8]:
        """Hits in all draws, uint8 (families, pixels)."""
        return np.asarray(self.outcomes.sum(axis=0, dtype=np.uint8))

    def with_outcomes(self, outcomes: NDArray[np.bool_]) -> Draws:
        """The same families with other draws: how faults are built in."""
        return replace(self, outcomes=outcomes)


def seed_for(seed: int, purpose: str) -> int:
    """A seed of its own for every purpose of one audit, below 2**53."""
    return Streams(seed, purpose).number()


def draw(
    scenario: Scenario,
    settings: Settings,
    repetitions: int,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Draws:
    """Both stages for `repetitions` families laid side by side in one image.

    Raises InvalidSetting for n above MAX_DRAWS or no repetition; Cancelled.
    """
    if settings.n > MAX_DRAWS or repetitions < 1:
        raise InvalidSetting(f"need n <= {MAX_DRAWS} and repetitions >= 1, got {settings.n} and {repetitions}")
    dependence = scenario.dependence
    (tall, wide), (rows, columns) = dependence.tile, _grid(repetitions, dependence.tile)
    heads = np.tile(scenario.pattern.build(settings.tau, dependence.tile), (rows, columns))
    model = known_model(dependence, heads, value=VALUE, sigma=settings.sigma)
    image = image_from_array(np.full((rows * tall, columns * wide, 3), VALUE, dtype=np.float32))
    sampler = Sampler.of(model, image, settings, batch=BATCH)
    total = settings.n0 + settings.n
    top = sampler.votes(settings.n0, progress=lambda done, _: progress(done, total), cancelled=cancelled).top
    chosen = torch.from_numpy(top.astype(np.int64))
    outcomes = np.empty((settings.n, repetitions, dependence.pixels), dtype=bool)
    done = 0
    for predicted in sampler.predictions(Stage.ESTIMATION, 0, settings.n, cancelled=cancelled):
        given = tiles((predicted == chosen).numpy(), dependence.tile)
        outcomes[done : done + len(given)] = given[:, :repetitions]
        done += len(given)
        progress(settings.n0 + done, total)
    clean = torch.from_numpy(prediction(model, image.pixels))[None] == chosen
    true = np.where(top == 1, heads, 1.0 - heads)
    return Draws(
        scenario=scenario,
        settings=settings,
        top=tiles(top[None], dependence.tile)[0, :repetitions],
        outcomes=outcomes,
        clean=tiles(clean.numpy(), dependence.tile)[0, :repetitions],
        p=tiles(true[None], dependence.tile)[0, :repetitions],
    )


def tiles(maps: NDArray[Any], tile: tuple[int, int]) -> NDArray[Any]:
    """(B, H, W) -> (B, families, pixels), tile by tile."""
    batch, height, width = maps.shape
    rows, columns = height // tile[0], width // tile[1]
    parted = maps.reshape(batch, rows, tile[0], columns, tile[1]).swapaxes(2, 3)
    return parted.reshape(batch, rows * columns, tile[0] * tile[1])


def _grid(repetitions: int, tile: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of tiles: about a square, and large enough to be an image."""
    rows = max(math.ceil(MIN_SIDE / tile[0]), round(math.sqrt(repetitions * tile[1] / tile[0])))
    return rows, max(math.ceil(MIN_SIDE / tile[1]), math.ceil(repetitions / rows))
