"""A small diffusion U-Net without normalisation, fast on CPUs: it predicts the noise in x_t at any step t.

It works on 2x2 pixel blocks (space to depth), so that no convolution runs at full resolution. The output is
preconditioned: the best linear guess of the noise is added outside, and the network predicts the rest at unit variance
(Karras et al. 2022, written for the epsilon of a discrete schedule).
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.models.diffusion import alphas_bar

_BLOCK = 2
_DATA_STD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoiseUNetSpec:
    """Sizes: `widths` are channels at strides 2, 4, 8 (and so on), `blocks` residual blocks on each way at each."""

    widths: tuple[int, ...] = (48, 80, 128)
    blocks: tuple[int, ...] = (2, 2, 3)
    embedding: int = 128


class DenoiseUNet(nn.Module):
    """Maps x_t, float (B, 3, H, W), and t, int64 (B,), to the noise in x_t, (B, 3, H, W), about unit variance.

    Any H, W: sizes are padded by edge replication inside and cropped again.
    """

    skip: Tensor
    scale: Tensor

    def __init__(self, spec: DenoiseUNetSpec) -> None:
        super().__init__()
        self.spec = spec
        self.stride = _BLOCK * 2 ** (len(spec.widths) - 1)
        channels = 3 * _BLOCK**2
        pairs = list(pairwise(spec.widths))
        self.enter = nn.Conv2d(channels, spec.widths[0], 3, padding=1)
        self.embed = _StepEmbedding(spec.embedding)
        sizes = list(zip(spec.widths, spec.blocks, strict=True))
        self.down = nn.ModuleList(_Stage(width, count, spec.embedding) for width, count in sizes)
        self.up = nn.ModuleList(_Stage(width, count, spec.embedding) for width, count in sizes[:-1])
        self.shrink = nn.ModuleList(nn.Conv2d(fine, coarse, 3, stride=2, padding=1) for fine, coarse in pairs)
        self.grow = nn.ModuleList(nn.Conv2d(coarse, 4 * fine, 1) for fine, coarse in pairs)
        self.leave = nn.Conv2d(spec.widths[0], channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(cast(Tensor, self.leave.bias))
        kept = torch.from_numpy(alphas_bar().copy())
        variance = kept * _DATA_STD**2 + 1.0 - kept
        self.register_buffer("skip", ((1.0 - kept).sqrt() / variance).float(), persistent=False)
        self.register_buffer("scale", (kept * _DATA_STD**2 / variance).sqrt().float(), persistent=False)

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        return self.guess(x, step) + self.residual(x, step) * _spread(self.scale, step).to(x.dtype)

    def guess(self, x: Tensor, step: Tensor) -> Tensor:
        """The best linear guess of the noise."""
        return x * _spread(self.skip, step).to(x.dtype)

    def residual(self, x: Tensor, step: Tensor) -> Tensor:
        """What the layers themselves predict: (noise - guess) / scale, about unit variance."""
        height, width = x.shape[-2:]
        bottom, right = -height % self.stride, -width % self.stride
        if bottom or right:
            x = functional.pad(x, (0, right, 0, bottom), mode="replicate")
        embedding = self.embed(step, x.dtype)
        features = self.enter(functional.pixel_unshuffle(x, _BLOCK))
        kept: list[Tensor] = []
        for stage, shrink in zip(self.down[:-1], self.shrink, strict=True):
            features = stage(features, embedding)
            kept.append(features)
            features = shrink(features)
        features = self.down[-1](features, embedding)
        for stage, grow, fine in zip(reversed(self.up), reversed(self.grow), reversed(kept), strict=True):
            features = stage(functional.pixel_shuffle(grow(features), 2) + fine, embedding)
        return functional.pixel_shuffle(self.leave(features), _BLOCK)[..., :height, :width]


def _spread(table: Tensor, step: Tensor) -> Tensor:
    """A value of each sample's step, (B, 1, 1, 1)."""
    return table[step][:, None, None, None]


class _StepEmbedding(nn.Module):
    """Sinusoids of t and two layers: (B,) -> (B, size)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.mix = nn.Sequential(nn.Linear(size, size), nn.SiLU(), nn.Linear(size, size), nn.SiLU())

    def forward(self, step: Tensor, dtype: torch.dtype) -> Tensor:
        half = self.size // 2
        rates = torch.exp(-math.log(10_000.0) / half * torch.arange(half, device=step.device, dtype=torch.float32))
        angles = step.float()[:, None] * rates
        waves = torch.cat([angles.cos(), angles.sin()], dim=1)
        return cast(Tensor, self.mix(waves.to(dtype)))


class _Residual(nn.Module):
    """Two 3x3 convolutions; the step scales and shifts the features between them. Starts as the identity."""

    def __init__(self, channels: int, embedding: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.film = nn.Linear(embedding, 2 * channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(cast(Tensor, self.second.bias))

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.film(embedding)[:, :, None, None].chunk(2, dim=1)
        hidden = functional.relu(torch.addcmul(shift, self.first(x), 1.0 + scale), inplace=True)
        return cast(Tensor, self.second(hidden)).add_(x)


class _Stage(nn.Module):
    def __init__(self, channels: int, blocks: int, embedding: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(_Residual(channels, embedding) for _ in range(blocks))

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x, embedding)
        return x
