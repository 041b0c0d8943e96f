"""Who is attacked: a segmentation model on images, alone or smoothed with noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.base import BaseModel
from engine.perturbations import Family


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelVictim:
    """The model itself, without a denoiser if it has one: x float32 (H, W, 3) in [0, 1], one draw of logits.

    The gradient is computed in the precision of the model; see `engine.attacks` for what is done in float32 and 64.
    """

    model: BaseModel
    low: float = 0.0
    high: float = 1.0

    @property
    def device(self) -> torch.device:
        return self.model.compute.device

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        _ = randomness
        return self.model.undefended().logits(x[None]).float()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothedVictim:
    """The model under fresh noise, `draws` copies at every step, with its denoiser if it has one (SmoothAdv, EOT).

    The loss is averaged over the copies. Source: Salman et al. 2019; METHOD section 8.
    """

    model: BaseModel
    family: Family
    sigma: float
    draws: int = 4
    low: float = 0.0
    high: float = 1.0

    @property
    def device(self) -> torch.device:
        return self.model.compute.device

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        noise = torch.empty((self.draws, *x.shape), device=x.device)
        for copy in noise:
            self.family.fill(copy, randomness)
        return self.model.for_noise(self.sigma).logits(x + self.sigma * noise).float()
