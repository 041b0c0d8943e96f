"""Noisy batches through the base model, counted as they come: the only place a model meets certification noise.

Memory is one batch plus one counter per component and class, whatever n is. Sample i gets noise from a stream of its
own, so counts do not depend on the batch size, nor on how draws are split over workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.certification.selection import Selection
from engine.certification.settings import Settings
from engine.core.errors import Cancelled
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Source, Stage, Streams
from engine.inputs.subject import Kind, Subject
from engine.models.base import BaseModel
from engine.models.coupling import labels_alone

_BATCH_VALUES: dict[Kind, int] = {  # larger batches were not faster on CPUs
    "image": 10 * 240 * 320 * 3,
    "cloud": 32 * 2048 * 6,
}
_CUDA_FACTOR = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """What `draws` draws gave: hits, int32 (*N), how many gave the class under test at each component; totals, int32
    (draws,), at how many components each draw gave it. Both are the running counters: copy them to keep them."""

    draws: int
    hits: Tensor
    totals: Tensor

    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Hits and totals in memory of their own."""
        return self.hits.cpu().numpy().copy(), self.totals.cpu().numpy().copy()


class Drawing(Protocol):
    """What inputs are drawn from: a family of perturbations, or another law of random changes."""

    def draw(self, clean: Tensor, sigma: float, source: Source, out: Tensor, /) -> None:
        """What the base model sees under one draw of the float64 input `clean`, in float32 `out`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """Draws f(x + eps) for one image or cloud, one base model and one noise.

    `batch` = 0 chooses by the image's size and the device.
    """

    model: BaseModel
    subject: Subject
    family: Drawing
    sigma: float
    seed: int
    stream: str = ""
    batch: int = 0

    @classmethod
    def of(cls, model: BaseModel, subject: Subject, settings: Settings, *, batch: int = 0) -> Sampler:
        """The sampler of a run with these settings; a denoiser in the model is told their sigma.

        Raises InvalidInput for a model of another kind or values out of range, InvalidSetting for a family that does
        not perturb this kind.
        """
        model.info.check_kind(subject.kind)
        noise = settings.noise
        noise.check_input(subject.kind)
        noise.check_values(subject.values)
        return cls(
            model=model.for_noise(settings.sigma), subject=subject, family=noise, sigma=settings.sigma,
            seed=settings.seed, stream=settings.stream, batch=batch,
        )  # fmt: skip

    def batch_size(self) -> int:
        """Samples per forward pass."""
        if self.batch:
            return self.batch
        values = _BATCH_VALUES[self.subject.kind] * (_CUDA_FACTOR if self.model.compute.device.type == "cuda" else 1)
        return max(1, values // self.subject.values.size)

    def predictions(self, stage: Stage, start: int, stop: int, *, cancelled: Cancel = never) -> Iterator[Tensor]:
        """The classes under draws start..stop-1, int64 (B, *N) a batch.

        Raises Cancelled between batches once `cancelled()` is true; InvalidInput for a network whose answer on a draw
        depends on the others in its batch.
        """
        for batch in self.noisy_batches(stage, start, stop, cancelled=cancelled):
            yield labels_alone(self.model, batch)

    def noisy_batches(self, stage: Stage, start: int, stop: int, *, cancelled: Cancel = never) -> Iterator[Tensor]:
        """The input under draws start..stop-1, on the base model's grid, float32 (B, *N, C) a batch, to be used before
        the next is asked for.

        Raises Cancelled between batches once `cancelled()` is true.
        """
        streams, device, size = Streams(self.seed, self.stream), self.model.compute.device, self.batch_size()
        clean = torch.from_numpy(self.subject.values.astype(np.float64)).to(device)
        noisy = torch.empty((min(size, stop - start), *clean.shape), device=device)

        def draw(slot: int, index: int) -> None:
            self.family.draw(clean, self.sigma, streams.source(stage, index, device), noisy[slot])

        with ThreadPoolExecutor(max_workers=_noise_threads(device)) as pool:
            for first in range(start, stop, size):
                if cancelled():
                    raise Cancelled("cancelled; nothing was certified")
                count = min(size, stop - first)
                list(pool.map(draw, range(count), range(first, first + count)))
                yield noisy[:count]

    def votes(self, n0: int, *, progress: Progress = unheard, cancelled: Cancel = never) -> Selection:
        """Stage 1: how often each class won at each component in n0 selection draws."""
        votes: Tensor | None = None
        done = 0
        for predicted in self.predictions(Stage.SELECTION, 0, n0, cancelled=cancelled):
            votes = with_votes(votes, predicted, len(self.model.info.labels))
            done += len(predicted)
            progress(done, n0)
        assert votes is not None
        return selection_of(votes)

    def hits(
        self,
        top: NDArray[np.uint8],
        start: int,
        stop: int,
        *,
        progress: Progress = unheard,
        cancelled: Cancel = never,
    ) -> Iterator[Counts]:
        """Stage 2: what is counted so far of `top`, after every batch."""
        chosen = torch.from_numpy(top.astype(np.int64)).to(self.model.compute.device)
        counter = torch.zeros(top.shape, dtype=torch.int32, device=chosen.device)
        totals = torch.zeros(stop - start, dtype=torch.int32, device=chosen.device)
        done = 0
        for predicted in self.predictions(Stage.ESTIMATION, start, stop, cancelled=cancelled):
            agreed = predicted == chosen
            counter += agreed.sum(dim=0, dtype=torch.int32)
            totals[done : done + len(agreed)] = agreed.flatten(1).sum(dim=1, dtype=torch.int32)
            done += len(predicted)
            progress(done, stop - start)
            yield Counts(draws=done, hits=counter, totals=totals[:done])

    def count(
        self, top: NDArray[np.uint8], n: int, *, progress: Progress = unheard, cancelled: Cancel = never
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Stage 2 in one call: hits of `top` in n draws, int32 (*N), and at how many components each agreed, int32
        (n,)."""
        *_, last = self.hits(top, 0, n, progress=progress, cancelled=cancelled)
        return last.arrays()


def with_votes(votes: Tensor | None, predicted: Tensor, classes: int) -> Tensor:
    """Votes so far, int32 (classes, *N), or None before the first, and those of a batch, int64 (B, *N)."""
    ids = torch.arange(classes, device=predicted.device).reshape(-1, *[1] * predicted.ndim)
    won = (predicted[None] == ids).sum(dim=1, dtype=torch.int32)
    return won if votes is None else votes.add_(won)


def selection_of(votes: Tensor) -> Selection:
    """Stage 1's result from all votes, int32 (classes, *N)."""
    return Selection.from_votes(votes.cpu().numpy().astype(np.uint16))


def _noise_threads(device: torch.device) -> int:
    """CPU noise is drawn by several threads, one sample each; a GPU takes its launches from one."""
    return 1 if device.type == "cuda" else max(1, torch.get_num_threads())
