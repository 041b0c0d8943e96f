"""Base models whose class probabilities are known exactly, in families of pixels that depend on each other.

A pixel answers heads (class 1) while its score is at most a limit; the score is a unit-variance mixture of noise that
it shares with its group and of its own. So the limit sets the probability of heads and the mixture the dependence,
separately. One large image holds many families: each is a tile, and no noise is shared between tiles, so that families
are independent repetitions of one experiment. Probabilities are as stated or lower by at most 3e-5: limits lie on edges
of the grid that every base model rounds its input to.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN, on_edge
from engine.core.device import Compute
from engine.models.base import BaseModel, ModelInfo

STRONG = 0.99
BELOW = 0.02
_OWN, _SHARED = 0, 1  # colour channels: where a pixel's own noise and its group's noise are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """How the pixels of one family, a tile of (height, width) pixels, hang together.

    group: side of the squares that share noise. share: part of a score's variance that is the group's noise, in [0, 1].
    opposite: every second pixel reads the shared noise from its other end. arcs: every component is heads on a part of
    its own of what the shared noise may be. positive: whether more heads of one pixel never make heads of another less
    likely (the hits are positively regression dependent), which some procedures need.
    """

    name: str
    explanation: str
    tile: tuple[int, int]
    group: int
    share: float = 1.0
    opposite: bool = False
    arcs: bool = False
    positive: bool = True

    @property
    def pixels(self) -> int:
        return self.tile[0] * self.tile[1]

    def groups(self) -> NDArray[np.int64]:
        """The first pixel of each pixel's group, int64 (pixels,), row by row."""
        rows, columns = (np.arange(side) // self.group * self.group for side in self.tile)
        return (rows[:, None] * self.tile[1] + columns[None, :]).ravel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Which probabilities of heads the pixels of one family have: `build(tau, tile)` is float64 (height, width)."""

    name: str
    explanation: str
    build: Callable[[float, tuple[int, int]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A dependence with a pattern under a family of noise: one base model of known p."""

    dependence: Dependence
    pattern: Pattern
    family: str = "l2"

    @property
    def name(self) -> str:
        own = "" if self.family == "l2" else f", {self.family}"
        return f"{self.dependence.name}, {self.pattern.name}{own}"


def _mixed(tau: float, tile: tuple[int, int]) -> NDArray[np.float64]:
    made = np.full(tile, STRONG)
    made[tile[0] // 2 :, tile[1] // 2 :] = tau
    return made


def _spread(tile: tuple[int, int]) -> NDArray[np.float64]:
    """Evenly spaced in arcsin(sqrt(p)), in which the mean of n draws has about one deviation for every p."""
    low, high = np.arcsin(np.sqrt([0.55, 0.97]))
    return (np.sin(np.linspace(low, high, math.prod(tile))) ** 2).reshape(tile)


INDEPENDENT = Dependence(name="independent", explanation="every pixel has noise of its own", tile=(4, 4), group=1)
BLOCKS = Dependence(name="blocks", explanation="squares of 2x2 pixels share one coin", tile=(4, 4), group=2)
ONE_COIN = Dependence(name="one coin", explanation="all pixels share one coin", tile=(4, 4), group=4)
FACTOR = Dependence(
    name="factor",
    explanation="a tenth of every score's variance is its own noise, the rest is shared by the family",
    tile=(4, 4),
    group=4,
    share=0.9,
)
EXCLUSIVE = Dependence(
    name="exclusive",
    explanation="two pixels that are heads at opposite ends of one noise value",
    tile=(1, 2),
    group=2,
    opposite=True,
    positive=False,
)
ARCS = Dependence(
    name="arcs",
    explanation="components that are heads on arcs of one circle, a step apart; a draw's amounts are a place on it",
    tile=(1, 24),
    group=24,
    arcs=True,
    positive=False,
)
AT_TAU = Pattern(
    name="at τ",
    explanation="every probability is exactly τ: the hardest false claim",
    build=lambda tau, tile: np.full(tile, tau),
)
JUST_BELOW = Pattern(
    name="just below",
    explanation=f"every probability is τ - {BELOW}",
    build=lambda tau, tile: np.full(tile, tau - BELOW),
)
SPREAD = Pattern(
    name="spread",
    explanation="every pixel has another probability, from 0.55 to 0.97, neighbours equally hard to tell apart",
    build=lambda _, tile: _spread(tile),
)
MIXED = Pattern(
    name="mixed",
    explanation=f"a quarter of the pixels (the last 2x2 square) at exactly τ, the rest at {STRONG}",
    build=_mixed,
)


class ScoreNetwork(nn.Module):
    """Heads where sign * sqrt(share) * shared noise + sqrt(1 - share) * own noise is at most the limit.

    limits, signs: float32 (H, W). representative: int64 (H * W,), flat index of the pixel whose noise is shared.
    """

    limits: Tensor
    signs: Tensor
    representative: Tensor

    def __init__(self, limits: Tensor, signs: Tensor, representative: Tensor, share: float) -> None:
        super().__init__()
        self.register_buffer("limits", limits)
        self.register_buffer("signs", signs)
        self.register_buffer("representative", representative)
        self._weights = math.sqrt(share), math.sqrt(1.0 - share)

    def labels(self, images: Tensor) -> Tensor:
        """int64 (B, H, W), 1 for heads."""
        shared, own = self._weights
        scores = images[:, _SHARED].flatten(1)[:, self.representative].reshape(-1, *self.limits.shape)
        scores = scores.mul_(self.signs * shared)
        if own:
            scores = scores.add_(images[:, _OWN], alpha=own)
        return (scores <= self.limits).to(torch.int64)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, 2, H, W)."""
        heads = self.labels(images).to(images.dtype)
        return torch.stack([1.0 - heads, heads], dim=1)


def known_model(dependence: Dependence, probabilities: NDArray[np.float64], *, value: float, sigma: float) -> BaseModel:
    """A model that answers heads at pixel i of a constant image `value` with probability `probabilities[i]`.

    probabilities: float64 (H, W) in (0, 1), of whole tiles. It computes in float32 on the CPU, the same everywhere.
    """
    height, width = probabilities.shape
    (tall, wide), group = dependence.tile, dependence.group
    rows, columns = np.arange(height), np.arange(width)
    rows, columns = rows - rows % tall % group, columns - columns % wide % group
    representative = (rows[:, None] * width + columns[None, :]).ravel()
    signs = np.ones((height, width))
    if dependence.opposite:
        signs[:, 1::2] = -1.0
    mean = value * (signs * math.sqrt(dependence.share) + math.sqrt(1.0 - dependence.share))
    limits = mean + sigma * norm.ppf(probabilities)
    network = ScoreNetwork(
        torch.from_numpy(on_edge(limits)),
        torch.from_numpy(signs.astype(np.float32)),
        torch.from_numpy(representative),
        dependence.share,
    )
    info = ModelInfo(
        name="audit-known",
        title=f"Known probabilities, {dependence.name}",
        labels=COIN,
        trained_sigma=sigma,
        weights_sha256="",
        card="",
    )
    return BaseModel(info=info, network=network.eval(), compute=Compute(device=torch.device("cpu"), precision="fp32"))
