"""One image under one noise, seen by several models: the same draws for all, denoised once for each denoiser."""

import time
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from engine.certification.sampling import Sampler, selection_of, with_votes
from engine.certification.selection import Selection
from engine.certification.settings import Settings
from engine.core.device import synchronise
from engine.core.progress import Cancel
from engine.core.rng import Stage
from engine.inputs.subject import Image
from engine.models.base import BaseModel, labels_of
from engine.models.coupling import labels_alone, tried
from engine.models.wrappers import DenoisedAt


class SharedDraws:
    """Draws of one image and one sigma, seen by several models; work that models share is done once.

    seconds: for each model, what its draws would have cost alone: the noise, its denoiser and itself.
    """

    def __init__(self, models: Mapping[str, BaseModel], image: Image, settings: Settings, cancelled: Cancel) -> None:
        self._models = {name: model.for_noise(settings.sigma) for name, model in models.items()}
        self._sampler = Sampler.of(next(iter(models.values())), image, settings)
        self._settings = settings
        self._cancelled = cancelled
        self.seconds = dict.fromkeys(models, 0.0)

    def single_draw(self) -> dict[str, NDArray[np.uint8]]:
        """Every model's answer under one draw, uint8 (H, W)."""
        answers = next(self._answers(Stage.EVALUATION, 1))
        self.seconds = dict.fromkeys(self.seconds, 0.0)  # not part of a certificate
        return {name: answer[0].cpu().numpy().astype(np.uint8) for name, answer in answers.items()}

    def votes(self) -> dict[str, Selection]:
        """Stage 1 of every model."""
        votes: dict[str, torch.Tensor] = {}
        for answers in self._answers(Stage.SELECTION, self._settings.n0):
            for name, answer in answers.items():
                votes[name] = with_votes(votes.get(name), answer, len(self._models[name].info.labels))
        return {name: selection_of(won) for name, won in votes.items()}

    def hits(self, tops: Mapping[str, NDArray[np.uint8]]) -> dict[str, NDArray[np.int32]]:
        """Stage 2 of every model, int32 (H, W)."""
        device = self._sampler.model.compute.device
        chosen = {name: torch.from_numpy(top.astype(np.int64)).to(device) for name, top in tops.items()}
        counters = {name: torch.zeros(top.shape, dtype=torch.int32, device=device) for name, top in tops.items()}
        for answers in self._answers(Stage.ESTIMATION, self._settings.n):
            for name, answer in answers.items():
                counters[name] += (answer == chosen[name]).sum(dim=0, dtype=torch.int32)
        return {name: counter.cpu().numpy() for name, counter in counters.items()}

    def _clock(self) -> float:
        synchronise(self._sampler.model.compute)
        return time.perf_counter()

    def _answers(self, stage: Stage, draws: int) -> Iterator[dict[str, torch.Tensor]]:
        """The classes under the draws, int64 (B, H, W) for each model, a batch at a time."""
        began = self._clock()
        for batch in self._sampler.noisy_batches(stage, 0, draws, cancelled=self._cancelled):
            noise_seconds = self._clock() - began
            cleaned: dict[int, tuple[torch.Tensor, float]] = {}
            answers = {}
            for name, model in self._models.items():
                began = self._clock()
                answers[name], shared_seconds = _predict(model, batch, cleaned)
                self.seconds[name] += noise_seconds + shared_seconds + self._clock() - began
            yield answers
            began = self._clock()


@torch.inference_mode()
def _predict(
    model: BaseModel, batch: torch.Tensor, cleaned: dict[int, tuple[torch.Tensor, float]]
) -> tuple[torch.Tensor, float]:
    """The classes, and the seconds that somebody else spent on denoising for this model; 0 if it was done here."""
    if not tried(model, batch):
        return labels_alone(model, batch), 0.0
    network, images = model.network, model.inputs(batch)
    if not isinstance(network, DenoisedAt):
        return labels_of(network, images).to(torch.int64), 0.0
    seconds = 0.0
    if id(network.denoise) not in cleaned:
        began = time.perf_counter()
        clean = network.clean(images)
        synchronise(model.compute)
        cleaned[id(network.denoise)] = clean, time.perf_counter() - began
    else:
        seconds = cleaned[id(network.denoise)][1]
    return labels_of(network.segmenter, cleaned[id(network.denoise)][0]).to(torch.int64), seconds
