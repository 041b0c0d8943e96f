"""A plain convolutional denoiser in the manner of DnCNN, told the noise level; the baseline beside diffusion.

Source: Zhang et al. 2017 for the residual stack of convolutions, Zhang et al. 2018 for pixel blocks and the noise map.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

_BLOCK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DnCNNSpec:
    """`depth` 3x3 convolutions of `width` channels on 2x2 pixel blocks."""

    width: int = 64
    depth: int = 9


class DnCNN(nn.Module):
    """Maps noisy images, float (B, 3, H, W), image + sigma * noise, to images of the same shape; any H, W."""

    def __init__(self, spec: DnCNNSpec) -> None:
        super().__init__()
        self.spec = spec
        channels = 3 * _BLOCK**2
        sizes = [channels + 1, *[spec.width] * (spec.depth - 1), channels]
        self.layers = nn.ModuleList(nn.Conv2d(inputs, outputs, 3, padding=1) for inputs, outputs in pairwise(sizes))

    def forward(self, noisy: Tensor, sigma: Tensor) -> Tensor:
        """`sigma`: float (B,), the noise of each image."""
        height, width = noisy.shape[-2:]
        padded = functional.pad(noisy, (0, -width % _BLOCK, 0, -height % _BLOCK), mode="replicate")
        blocks = functional.pixel_unshuffle(padded, _BLOCK)
        level = sigma.to(blocks.dtype)[:, None, None, None].expand(-1, 1, *blocks.shape[-2:])
        features = torch.cat([blocks.sub(0.5).mul(2.0), level], dim=1)
        for layer in self.layers[:-1]:
            features = functional.relu(layer(features), inplace=True)
        residual = functional.pixel_shuffle(self.layers[-1](features), _BLOCK)[..., :height, :width]
        return noisy - residual * sigma.to(noisy.dtype)[:, None, None, None]
