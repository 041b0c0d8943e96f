"""Perturbed copies from a seeded PyTorch generator, in the type of the input."""

import torch
from torch import Tensor

from engine.core.rng import TorchSource
from engine.perturbations import Family


def drawn(entry: Family, clean: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
    return entry.perturb(clean, sigma, TorchSource(generator))
