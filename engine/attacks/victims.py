"""Who is attacked: a segmentation model on images or shapes, alone or smoothed with noise."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.attacks.search import Victim
from engine.core.errors import InvalidSetting
from engine.core.rng import TorchSource
from engine.inputs.subject import Subject
from engine.models.base import BaseModel
from engine.perturbations import Family

BASE, SMOOTHED = "base", "smoothed"
VICTIMS = {BASE: "the model itself, undefended", SMOOTHED: "the model under noise, as smoothing asks it"}

POSITIONS = 3
"""Of a cloud's channels the first, which are attacked; the others, its normals, stay."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Victim:
    """What is asked about an image, float32 (H, W, 3) in [0, 1], or about positions, float32 (P, 3), of any size.

    fixed: what the model sees behind the attacked channels, float32 (*N, C), or None. Gradients are in the precision of
    the model.
    """

    model: BaseModel
    fixed: Tensor | None = None
    low: float = 0.0
    high: float = 1.0

    @property
    def device(self) -> torch.device:
        return self.model.compute.device

    def whole(self, x: Tensor) -> Tensor:
        return x if self.fixed is None else torch.cat([x, self.fixed], dim=-1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelVictim(_Victim):
    """The model itself, without a denoiser if it has one: one draw of logits."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        _ = randomness
        return self.model.undefended().logits(self.whole(x)[None]).float()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothedVictim(_Victim):
    """The model under fresh noise, `draws` copies at every step, with its denoiser if it has one (SmoothAdv, EOT).

    The loss is averaged over the copies. Source: Salman et al. 2019; METHOD section 8.
    """

    family: Family
    sigma: float
    draws: int = 4

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        clean = self.whole(x)
        source = TorchSource(randomness)
        copies = torch.stack([self.family.perturb(clean, self.sigma, source) for _ in range(self.draws)])
        return self.model.for_noise(self.sigma).logits(copies).float()


def victim_of(
    model: BaseModel,
    name: str,
    *,
    noise: Family,
    sigma: float,
    draws: int,
    fixed: Tensor | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> Victim:
    """The victim of that name in `VICTIMS`; the smoothed one meets that noise, so many draws at each look.

    fixed: what the model sees behind the attacked channels, float32 (*N, C); None where all channels are attacked.
    Raises InvalidSetting, UnknownName.
    """
    if draws < 1:
        raise InvalidSetting(f"draws must be at least 1, got {draws}")
    if name not in VICTIMS:
        raise InvalidSetting(f"a victim is {' or '.join(VICTIMS)}, got {name!r:.40}")
    if name == BASE:
        return ModelVictim(model=model, fixed=fixed, low=low, high=high)
    return SmoothedVictim(
        model=model, fixed=fixed, low=low, high=high, family=noise, sigma=sigma, draws=draws
    )  # fmt: skip


def victim_on(model: BaseModel, subject: Subject, name: str, *, noise: Family, sigma: float, draws: int) -> Victim:
    """The same for an input: of an image all values are attacked, of a cloud its positions, and its normals stay."""
    rest, (low, high) = subject.values[..., POSITIONS:], limits_of(subject)
    fixed = torch.from_numpy(rest.copy()).to(model.compute.device) if rest.shape[-1] else None
    return victim_of(model, name, noise=noise, sigma=sigma, draws=draws, fixed=fixed, low=low, high=high)


def limits_of(subject: Subject) -> tuple[float, float]:
    """Between what the attacked values of an input may lie: intensities in [0, 1], positions anywhere."""
    return (0.0, 1.0) if subject.kind == "image" else (-math.inf, math.inf)
