"""Who is attacked: a segmentation model on images, alone or smoothed with noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.base import BaseModel
from engine.perturbations import Family


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ImageVictim:
    """What is asked about an image, float32 (H, W, 3) in [0, 1]; gradients are in the precision of the model."""

    model: BaseModel
    low: float = 0.0
    high: float = 1.0

    @property
    def device(self) -> torch.device:
        return self.model.compute.device


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelVictim(_ImageVictim):
    """The model itself, without a denoiser if it has one: one draw of logits."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        _ = randomness
        return self.model.undefended().logits(x[None]).float()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothedVictim(_ImageVictim):
    """The model under fresh noise, `draws` copies at every step, with its denoiser if it has one (SmoothAdv, EOT).

    The loss is averaged over the copies. Source: Salman et al. 2019; METHOD section 8.
    """

    family: Family
    sigma: float
    draws: int = 4

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        copies = torch.stack([self.family.draw(x, self.sigma, randomness) for _ in range(self.draws)])
        return self.model.for_noise(self.sigma).logits(copies).float()
