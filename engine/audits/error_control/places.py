"""Where on [0, 1] a draw's random amounts lie, uniformly: read off what the draw made of a small known input."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.grid import GRID
from engine.inputs.images import MIN_SIDE
from engine.perturbations import families

_HEIGHT, _DARK, _BRIGHT, _AMPLITUDE = 0.5, 0.25, 0.75, 0.4
_WAVE = torch.cos(math.pi / 2.0 * (torch.arange(MIN_SIDE, dtype=torch.float64) + 0.5))  # its blur by r is exp(-r)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """clean: what is perturbed, float32, points (3, 3) that are repeated or a picture (H, W, 3). places: (draws, sigma)
    -> float64 (B,), of float64 draws (B, *N, 3); uniform on [0, 1] for the family's own noise."""

    clean: NDArray[np.float32]
    places: Callable[[Tensor, float], Tensor]


def turn_places(turns: Tensor, sigma: float) -> Tensor:
    """Of rotation matrices exp([v]x), float64 (B, 3, 3): the part of v along z, of law N(0, sigma^2), is read off them.

    place = cdf(v_z / sigma). That is v itself while |v| < pi, which fails for sigma = 1/4 with probability below 1e-32.
    """
    skew = turns - turns.mT  # 2 sin(angle) times the matrix of the axis
    twice_sine = torch.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0])).norm(dim=0)
    angle = torch.atan2(twice_sine, turns.diagonal(dim1=1, dim2=2).sum(dim=1) - 1.0)
    along_z = skew[:, 1, 0] / (2.0 * torch.sinc(angle / torch.pi))
    return torch.special.ndtr(along_z / sigma)


def haar_places(turns: Tensor, sigma: float) -> Tensor:
    """Of uniform rotations: the unit vector z is turned to a uniform point of the sphere, whose z is uniform on [-1, 1]
    (Archimedes): place = (1 + z) / 2."""
    _ = sigma
    return (1.0 + turns[:, 2, 2]) / 2.0


def twist_places(points: Tensor, sigma: float) -> Tensor:
    """By how much more a point turned than another a unit below it, whatever both turned by: the twist."""
    (x, y), (u, v) = points[:, 0, :2].unbind(dim=1), points[:, 1, :2].unbind(dim=1)
    return torch.special.ndtr(torch.atan2(u * y - v * x, u * x + v * y) / sigma)


def shear_places(points: Tensor, sigma: float) -> Tensor:
    """By how much x grew at a known height."""
    return torch.special.ndtr((points[:, 0, 0] - 1.0) / (_HEIGHT * sigma))


def brightness_places(pixels: Tensor, sigma: float) -> Tensor:
    """By how much one value rose: by both noises together."""
    deviation = math.hypot(sigma, _strength("brightness"))
    return torch.special.ndtr((pixels[:, 0, 0, 0] - _DARK) / deviation)


def contrast_places(pixels: Tensor, sigma: float) -> Tensor:
    """By which factor two values lie further apart, whatever the brightness."""
    factor = (pixels[:, 0, 1, 0] - pixels[:, 0, 0, 0]).clamp_min(GRID) / (_BRIGHT - _DARK)
    return torch.special.ndtr(factor.log() / sigma)


def gamma_places(pixels: Tensor, sigma: float) -> Tensor:
    """The power that a known value was raised to."""
    return torch.special.ndtr(_power(pixels).log() / sigma)


def rayleigh_places(pixels: Tensor, sigma: float) -> Tensor:
    """The same, of Rayleigh's law with median 1: P(G < g) = 1 - 2^(-g^2)."""
    _ = sigma
    return 1.0 - torch.exp2(-_power(pixels).square())


def blur_places(pixels: Tensor, sigma: float) -> Tensor:
    """What is left of a wave: exp(-r)."""
    left = ((pixels[..., 0] - 0.5) @ _WAVE).mean(dim=1) / (_AMPLITUDE * float(_WAVE @ _WAVE))
    return 1.0 - left.clamp(0.0, 1.0) ** (1.0 / sigma)


def _power(pixels: Tensor) -> Tensor:
    return pixels[:, 0, 0, 0].clamp(GRID, 1.0 - GRID).log() / math.log(_DARK)


def _strength(family: str) -> float:
    second = families[family].second
    return second.default if second else 0.0


def _picture() -> NDArray[np.float32]:
    made = np.full((MIN_SIDE, MIN_SIDE, 3), _DARK, dtype=np.float32)
    made[:, 1::2] = _BRIGHT
    return made


def _wave() -> NDArray[np.float32]:
    row = 0.5 + _AMPLITUDE * _WAVE.numpy()
    return np.broadcast_to(row[None, :, None], (MIN_SIDE, MIN_SIDE, 3)).astype(np.float32)


def _columns(places: Callable[[Tensor, float], Tensor]) -> Reader:
    """Of rotations: the first three points are the unit vectors before, so the columns of the matrix afterwards."""
    return Reader(clean=np.eye(3, dtype=np.float32), places=lambda points, sigma: places(points[:, :3].mT, sigma))


_POSTS = np.array([[1, 0, _HEIGHT], [1, 0, _HEIGHT - 1], [0, 0, 0]], dtype=np.float32)

READERS: Mapping[str, Reader] = {
    "rotation-axis": _columns(turn_places),
    "so3": _columns(turn_places),
    "so3-uniform": _columns(haar_places),
    "twist": Reader(clean=_POSTS, places=twist_places),
    "twist-turn": Reader(clean=_POSTS, places=twist_places),
    "shear": Reader(clean=_POSTS, places=shear_places),
    "brightness": Reader(clean=_picture(), places=brightness_places),
    "contrast-brightness": Reader(clean=_picture(), places=contrast_places),
    "gamma": Reader(clean=_picture(), places=gamma_places),
    "gamma-rayleigh": Reader(clean=_picture(), places=rayleigh_places),
    "blur": Reader(clean=_wave(), places=blur_places),
}
"""The families whose law can be read off a draw, by name."""
