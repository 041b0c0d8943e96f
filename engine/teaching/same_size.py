"""Ways to spend one l2 size on a picture, as different to the eye as they can be. What they make stays in [0, 1].

A way is a continuous path away from the picture; how far to walk for a given size is found by bisection. The size is
that of the change as it is seen: after clipping, before the rounding of a screen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.changes import changes
from engine.core.errors import InvalidSetting

Picture = NDArray[np.float64]

_HALVINGS = 50
_CELL = 8  # pixels of a square of the checkerboard
_FURTHEST = 40.0  # pixels that the camera may move
_LARGEST = 1e4  # of the multiples of a direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """at: of a strength, the changed picture, float64 (H, W, 3) in [0, 1]; the picture itself at 0. most: the largest
    strength."""

    at: Callable[[float], Picture]
    most: float

    def strength(self, size: float) -> float | None:
        """A strength whose picture is `size` away from the unchanged one in l2; None where the way does not lead so
        far. Raises InvalidSetting for a size that is not above 0.

        >>> grey = np.full((2, 2, 3), 0.5)  # 12 values, all by 0.25: an l2 of sqrt(12) / 4
        >>> brighter = ways(grey, np.ones_like(grey))["brightness"]
        >>> round(brighter.strength(12**0.5 / 4), 9), brighter.strength(2.0)  # to white it is sqrt(12) / 2 = 1.7
        (0.25, None)
        """
        if not size > 0.0:
            raise InvalidSetting(f"a size must be above 0, got {size!r:.40}")
        clean = self.at(0.0)
        if l2(self.at(self.most) - clean) < size:
            return None
        low, high = 0.0, self.most
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if l2(self.at(middle) - clean) < size else (low, middle)
        return high


def l2(change: NDArray[np.floating]) -> float:
    """The root of the sum of all squares, of an array of any shape.

    >>> round(l2(np.full((240, 320, 3), 0.1)), 9)  # 10 % brighter: 0.1 * sqrt(230,400)
    48.0
    """
    return float(np.linalg.norm(np.asarray(change, dtype=np.float64).ravel()))


def ways(clean: Picture, direction: Picture, *, seed: int = 0) -> Mapping[str, Way]:
    """Six ways by name, and what their strengths are.

    noise: the deviation of Gaussian noise, drawn once from `seed`. brightness: what every value gains. gamma: how far
    the power of every value is above 1. sticker: the side in pixels of a checkerboard, from the middle of the left half
    to the right and down. shift: by how many pixels everything moves to the right, interpolated linearly, the left edge
    repeated. direction: the multiple of `direction` that is added.

    clean: float64 (H, W, 3) in [0, 1]. direction: float64 of its shape, the change that an attack found, say.

    >>> grey = np.full((16, 16, 3), 0.5)
    >>> found = ways(grey, np.eye(16)[..., None].repeat(3, axis=-1))
    >>> list(found)
    ['noise', 'brightness', 'gamma', 'sticker', 'shift', 'direction']
    >>> round(found["sticker"].strength(3**0.5), 6)  # 2 x 2 pixels by one half in three channels: sqrt(12) / 2
    2.0
    >>> found["shift"].strength(1.0) is None  # a grey picture looks the same from everywhere
    True
    """
    height, width = clean.shape[:2]
    noise = np.random.default_rng(seed).standard_normal(clean.shape)
    board, rings, side = _sticker(height, width)

    def changed(name: str, value: float) -> Picture:
        moved = changes[name].apply(torch.from_numpy(clean), torch.tensor([value], dtype=torch.float64))
        return np.clip(moved.numpy(), 0.0, 1.0)

    def stuck(strength: float) -> Picture:
        return np.asarray(clean + np.clip(strength - rings, 0.0, 1.0)[..., None] * (board[..., None] - clean))

    def shifted(strength: float) -> Picture:
        pixels, part = int(strength), strength % 1.0
        near, far = (clean[:, np.maximum(np.arange(width) - by, 0)] for by in (pixels, pixels + 1))
        return np.asarray((1.0 - part) * near + part * far)

    return {
        "noise": Way(at=lambda s: np.clip(clean + s * noise, 0.0, 1.0), most=10.0),
        "brightness": Way(at=lambda b: changed("brightness", b), most=1.0),
        "gamma": Way(at=lambda g: changed("gamma", 1.0 + g), most=50.0),
        "sticker": Way(at=stuck, most=float(side)),
        "shift": Way(at=shifted, most=min(_FURTHEST, float(width))),
        "direction": Way(at=lambda k: np.clip(clean + k * direction, 0.0, 1.0), most=_LARGEST),
    }


def _sticker(height: int, width: int) -> tuple[Picture, Picture, int]:
    """A checkerboard of 0 and 1 (H, W); how many rings of a growing square come before each pixel, infinitely many
    outside; and the largest side."""
    rows, columns = np.indices((height, width))
    down, right = rows - height // 2, columns - width // 4
    rings = np.where((down >= 0) & (right >= 0), np.maximum(down, right), np.inf)
    board = ((down // _CELL + right // _CELL) % 2).astype(np.float64)
    return board, rings, min(height - height // 2, width - width // 4)
