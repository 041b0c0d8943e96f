"""CC-Cert's figure for the same question, as it was published, to be shown beside exact bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.errors import InvalidSetting
from engine.core.grid import nearest
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Stage
from engine.frequency.how_often import sampler_of
from engine.frequency.law import ChangeLaw
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

_TEMPERATURES = tuple(float(2**power) for power in range(14))
_DELTA = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Published:
    """A published figure for the probability that a random change takes the answer away: errors, float64 (*N), in
    [0, 1], of each component by itself; draws: how many changes it was made from."""

    errors: NDArray[np.float64]
    draws: int
    label: str = "as published"
    source: str = "Pautov et al. 2022, CC-Cert"
    assumes: str = (
        "that exp(t Z) varies little in relation to its mean (a bounded coefficient of variation), which the draws "
        "cannot show; each component by itself"
    )

    def share_kept(self, share: float) -> float:
        """The share of components whose figure says that they keep their answer in at least `share` of the changes."""
        return float(np.count_nonzero(1.0 - self.errors >= share) / self.errors.size)


@torch.inference_mode()
def cc_cert(
    model: BaseModel,
    subject: Subject,
    law: ChangeLaw,
    *,
    samples: int = 100,
    repetitions: int = 10,
    seed: int = 0,
    batch: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Published:
    """CC-Cert's figure at every component, from `repetitions` times `samples` draws of their own.

    Z is the largest change of any class probability (softmax) under a random change, and d half the difference between
    the two largest on the unchanged input: the answer stays while Z < d. Of each repetition it takes the smallest mean
    of exp(t (Z - d)) over the temperatures t, of all repetitions the largest, divides it by 0.9, and allows at most 1.

    That is the Chernoff-Cramer bound of P(Z >= d) with means of samples in place of expectations. A mean of n samples
    falls below 0.9 of the expectation with probability at most v / (v + 0.01 n), v being the squared coefficient of
    variation of exp(t Z). That this is bounded must be assumed: a rare change that takes the answer away may be in no
    sample, and then the figure is near 0. Nor is it counted that t is chosen after the draws. So it may be below the
    truth, unlike the bounds of `how_often`. Source: Pautov et al. 2022, with the numbers of draws of its code; of
    its 500 temperatures up to 10,000 there are the 14 powers of 2 here, which may make the figure larger.

    Memory is one counter per component and temperature. Raises as `how_often` for kinds and Cancelled, InvalidSetting
    for less than one sample or repetition.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> nothing = ChangeLaw.parse("brightness=0")
    >>> made = cc_cert(engine.load_model("street-clean"), image, nothing, samples=2, repetitions=2)
    >>> made.share_kept(0.99) > 0.9  # four draws are enough to say so, since none moved
    True
    """
    if samples < 1 or repetitions < 1:
        raise InvalidSetting(f"need at least one sample and one repetition, got {samples} and {repetitions}")
    sampler = sampler_of(model, subject, law, seed=seed, batch=batch)
    clean = nearest(torch.from_numpy(subject.values.astype(np.float64)))[None].to(model.compute.device)
    likely = _probabilities(sampler.model.logits(clean)[0])
    first, second = likely.topk(2, dim=0).values
    half = (first - second) / 2
    temperatures = torch.tensor(_TEMPERATURES, dtype=torch.float64, device=half.device)
    largest = torch.zeros_like(half)
    for repetition in range(repetitions):
        sums = torch.zeros((len(temperatures), *half.shape), dtype=torch.float64, device=half.device)
        start = repetition * samples
        for images in sampler.noisy_batches(Stage.EVALUATION, start, start + samples, cancelled=cancelled):
            for logits in sampler.model.logits(images):
                over = (_probabilities(logits) - likely).abs().amax(dim=0) - half
                for place, temperature in enumerate(temperatures):
                    sums[place] += torch.exp(temperature * over)
        largest = torch.maximum(largest, sums.amin(dim=0) / samples)
        progress(start + samples, repetitions * samples)
    errors = (largest / _DELTA).clamp_(max=1.0)
    return Published(errors=errors.cpu().numpy(), draws=repetitions * samples)


def _probabilities(logits: Tensor) -> Tensor:
    """Of every class at every component, float64 (classes, *N)."""
    return logits.double().softmax(dim=0)
