"""Noise that is added to the values of an input: to all channels of an image, to the positions of points."""

from collections.abc import Callable

import torch
from torch import Tensor

from engine.perturbations.base import Perturb

VALUES = 3  # channels of a pixel, or coordinates of a point; what follows are normals


def additive(fill: Callable[[Tensor, torch.Generator], None]) -> Perturb:
    """clean + sigma * unit noise, where `fill(out, generator)` overwrites `out` with independent unit noise."""

    def perturb(clean: Tensor, sigma: float, out: Tensor, generator: torch.Generator) -> None:
        moved = out[..., :VALUES]
        fill(moved, generator)
        moved.mul_(sigma).add_(clean[..., :VALUES])
        if clean.shape[-1] > VALUES:
            out[..., VALUES:].copy_(clean[..., VALUES:])

    return perturb
