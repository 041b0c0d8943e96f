"""Models that read any pixels they like, on tiny pictures: what a promise against patches has to hold for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.core import Compute
from engine.inputs import Image, LabelSpace, image_from_array
from engine.models import BaseModel, ModelInfo

SPACE = LabelSpace(name="three", classes=("a", "b", "c"), palette=((9, 9, 9), (200, 20, 20), (20, 20, 200)))
Made = Callable[[nn.Module], BaseModel]


class Anywhere(nn.Module):
    """Logits of three classes: of each pixel's neighbourhood, and of random sums over the whole picture."""

    def __init__(self, seed: int, reach: float) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.near = nn.Conv2d(3, 3, 5, padding=2)
        for parameter in self.near.parameters():
            nn.init.normal_(parameter, generator=generator)
        self.far = nn.Parameter(torch.randn(16, 18, 3, 3, generator=generator) * reach)

    def forward(self, images: Tensor) -> Tensor:
        far = torch.einsum("bchw,hwcd->bd", images - 0.5, self.far)
        return self.near(images) + torch.sin(far)[:, :, None, None]


class Mean(nn.Module):
    """Class 1 everywhere where the mean of the whole picture exceeds a threshold, else class 0."""

    def __init__(self, threshold: float) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, images: Tensor) -> Tensor:
        over = images.double().mean(dim=(1, 2, 3), keepdim=True) - self.threshold
        logits = torch.cat([torch.zeros_like(over), over, torch.full_like(over, -1.0)], dim=1)
        return logits.float().expand(-1, -1, *images.shape[2:])


class Brightest(Mean):
    """The same of the brightest value of the picture: one pixel is enough."""

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images.amax(dim=(1, 2, 3), keepdim=True).expand_as(images))


@pytest.fixture
def made(compute: Compute) -> Made:
    """A model of a network."""

    def make(network: nn.Module) -> BaseModel:
        info = ModelInfo(name="tiny", title="Tiny", labels=SPACE, trained_sigma=0.0, weights_sha256="0" * 64, card="")
        return BaseModel(info=info, network=network.eval().requires_grad_(False), compute=compute)

    return make


@pytest.fixture
def picture() -> Image:
    """16 x 18 pixels, dark, with values between grid points."""
    rows, columns = np.mgrid[:16, :18]
    values = 0.15 + 0.1 * np.sin(rows / 3.0)[..., None] + 0.05 * np.cos(columns[..., None] / np.array([2.0, 3.0, 5.0]))
    return image_from_array(values.astype(np.float32))


def with_patch(image: Image, top: int, left: int, content: np.ndarray) -> Image:
    """The picture with a content, (h, w, 3), laid over it."""
    pixels = image.pixels.copy()
    pixels[top : top + content.shape[0], left : left + content.shape[1]] = content
    return image_from_array(pixels)
