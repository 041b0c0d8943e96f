"""What a family of perturbations is: a smoothing noise, and the radius its certificate has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class NoiseFill(Protocol):
    """Fills a tensor with one draw of unit noise."""

    def __call__(self, out: Tensor, generator: torch.Generator) -> None:
        """Overwrite `out`, float32 of the input's shape, with one independent draw of unit scale."""


class RadiusRule(Protocol):
    """The radius within which a class of probability above tau keeps a probability of at least `floor`."""

    def __call__(self, *, sigma: float, tau: float, floor: float = 0.5) -> float:
        """At least 1/2 means that it stays the smoothed class. Raise NotCertifiable where nothing can be proved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A registry entry for additive noise: x -> x + sigma * unit noise, never clamped.

    `unit` says what the radius measures; `assumes` is a sentence shown to people.
    """

    name: str
    title: str
    unit: str
    assumes: str
    source: str
    fill: NoiseFill
    radius: RadiusRule
