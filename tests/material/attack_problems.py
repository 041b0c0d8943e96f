"""Small random problems to attack, none of which is an image. No test in here."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search import Aim

CLASSES = 3


class Linear:
    """Logits are a fixed linear map of the input of 5 x 4 entries to 7 components; deterministic, range [-2, 1]."""

    low, high, device = -2.0, 1.0, torch.device("cpu")

    def __init__(self, seed: int, scale: float = 1.0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.weights = scale * torch.randn(7 * CLASSES, 20, generator=generator)

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        _ = randomness
        return (self.weights @ x.flatten()).reshape(1, CLASSES, 7)


class Bent(Linear):
    """A sine of the linear map: curved, so that a step too far falls again."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        return 3.0 * super().logits(x, randomness).sin()


class Flat(Linear):
    """Says the same whatever it is given: the gradient is zero."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        return 0.0 * super().logits(x, randomness)


class Deaf(Linear):
    """Does not look at the input at all: there is no gradient."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        _ = x, randomness
        return torch.ones(1, CLASSES, 7)


class Broken(Linear):
    """Gives gradients that are not numbers."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        return super().logits((x - x.detach()).abs().sqrt() + x.detach(), randomness)


class Noisy(Linear):
    """Three random draws at every look."""

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        noise = torch.randn(3, *x.shape, generator=randomness)
        return torch.cat([super(Noisy, self).logits(x + 0.3 * one, randomness) for one in noise])


KINDS = (Linear, Bent, Flat, Deaf, Broken, Noisy)


def point(rng: np.random.Generator, saturated: bool) -> NDArray[np.float32]:
    """An input in the range; `saturated` puts most entries on its border."""
    x = rng.uniform(-2.0, 1.0, (5, 4))
    if saturated:
        x = np.where(rng.random((5, 4)) < 0.8, rng.choice([-2.0, 1.0], (5, 4)), x)
    return x.astype(np.float32)


def aim(rng: np.random.Generator, share_void: float) -> Aim:
    """Random labels, some of them void (255) and out of the mask."""
    labels = rng.integers(0, CLASSES, 7)
    mask = rng.random(7) >= share_void
    return Aim(labels=np.where(mask, labels, 255), mask=mask, targeted=bool(rng.random() < 0.3))
