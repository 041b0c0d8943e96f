"""Square Attack in l2: random changes of squares, kept where they help. It asks for answers only, never for a gradient.

Source: Andriushchenko et al. 2020, algorithm 3, with the schedule of their program. What is not an image is taken as
rows and columns as it comes: a cloud is one column of points.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search._ascent import Attack
from engine.attacks.search._hunt import Hunt

Floats = NDArray[np.float64]
Window = tuple[slice, slice]

_FIRST_SHARE = 0.1
_HALVED_AT = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)  # of 10,000 queries
_FEWEST = 3
_TINY = 1e-10


def side_at(number: int, steps: int, pixels: int) -> int:
    """The side of the squares at a query, odd and at least 3: their share of the pixels is halved now and then."""
    done = 10_000 * number // steps
    share = _FIRST_SHARE / 2.0 ** sum(done > place for place in _HALVED_AT)
    side = max(round(np.sqrt(share * pixels)), _FEWEST)
    return side + 1 - side % 2


def pyramid(height: int, width: int) -> Floats:
    """A bump of l2 size 1 that falls off towards the border, float64 (height, width)."""
    made = np.zeros((height, width))
    for ring in range(max(height, width) // 2 + 1):
        rows, columns = (
            slice(max(size // 2 - ring, 0), max(size // 2 + ring + 1, 0)) for size in (height, width)
        )  # fmt: skip
        made[rows, columns] += 1.0 / (ring + 1) ** 2
    return made / np.linalg.norm(made)


def two_bumps(height: int, width: int, choose: np.random.Generator) -> Floats:
    """One bump up beside one down, of l2 size 1 together, one above or left of the other."""
    upright = width == 1 or (height > 1 and choose.random() < 0.5)
    long, broad = (height, width) if upright else (width, height)
    if long == 1:
        return np.ones((height, width))
    made = np.concatenate([pyramid(long // 2, broad), -pyramid(long - long // 2, broad)])
    made /= np.linalg.norm(made)
    return made if upright else made.T


class _Squares:
    """How a change, float64 (rows, columns, channels), is begun and moved."""

    def __init__(self, shape: tuple[int, ...], budget: float, choose: np.random.Generator) -> None:
        self._rows, self._columns = shape[0], shape[1] if len(shape) == 3 else 1
        self._channels = int(np.prod(shape)) // (self._rows * self._columns)
        self._shape, self._budget, self._choose = shape, budget, choose

    @property
    def pixels(self) -> int:
        return self._rows * self._columns

    def grid(self, change: Tensor) -> Floats:
        return change.cpu().numpy().astype(np.float64).reshape(self._rows, self._columns, self._channels)

    def scaled(self, change: Floats, like: Tensor) -> Tensor:
        """At the size of the whole budget, as the input is."""
        sized = change * (self._budget / max(float(np.linalg.norm(change)), _TINY))
        return torch.from_numpy(sized.reshape(self._shape).astype(np.float32)).to(like.device)

    def first(self) -> Floats:
        """A chessboard of bumps over the whole input."""
        change = np.zeros((self._rows, self._columns, self._channels))
        side = max(1, min(self._rows, max(self._rows, self._columns) // 5))
        for window in self._tiles(side):
            change[window] = self._bumps(change[window].shape)
        return change

    def moved(self, change: Floats, real: Floats, side: int) -> Floats:
        """What one square has is taken to another one, with a new bump added.

        real: the change as it is after the range was kept, whose unused budget is spent as well.
        """
        here, there = self._window(side), self._window(side)
        both = np.zeros(change.shape[:2], dtype=bool)
        both[here] = both[there] = True
        had = np.sqrt((change**2 * both[..., None]).sum(axis=(0, 1)))  # by channel
        unused = max(self._budget**2 - float((real**2).sum()), 0.0) / self._channels
        shape = change[here].shape
        new = self._bumps(shape) + change[here] / (np.sqrt((real[here] ** 2).sum(axis=(0, 1))) + _TINY)
        new *= np.sqrt(unused + had**2) / np.maximum(np.sqrt((new**2).sum(axis=(0, 1))), _TINY)
        made = change.copy()
        made[there] = 0.0
        made[here] = new
        return made

    def _bumps(self, shape: tuple[int, ...]) -> Floats:
        signs = self._choose.choice([-1.0, 1.0], self._channels)
        return two_bumps(shape[0], shape[1], self._choose)[..., None] * signs

    def _tiles(self, side: int) -> Iterator[Window]:
        for row in range(0, self._rows, side):
            for column in range(0, self._columns, side):
                yield slice(row, row + side), slice(column, column + side)

    def _window(self, side: int) -> Window:
        starts = [int(self._choose.integers(max(size - side, 0) + 1)) for size in (self._rows, self._columns)]
        return slice(starts[0], starts[0] + side), slice(starts[1], starts[1] + side)


def _search(hunt: Hunt, start: Tensor | None, randomness: torch.Generator) -> None:
    steps = hunt.settings.steps
    choose = np.random.default_rng(randomness.initial_seed())
    squares = _Squares(tuple(hunt.center.shape), hunt.settings.budget, choose)
    change = squares.first() if start is None else squares.grid(hunt.within(start) - hunt.center)
    point = hunt.within(hunt.center + squares.scaled(change, hunt.center))
    _, best, _ = hunt.look(point, randomness, 1.0, gradient=False)  # losses as at the last step: one yardstick
    for number in range(1, steps + 1):
        real = squares.grid(point - hunt.center)
        tried = squares.moved(change, real, side_at(number - 1, steps, squares.pixels))
        moved = hunt.within(hunt.center + squares.scaled(tried, hunt.center))
        _, value, _ = hunt.look(moved, randomness, 1.0, gradient=False)
        if value > best:
            best, change, point = value, squares.grid(squares.scaled(tried, hunt.center)), moved


ATTACK = Attack(
    name="square",
    title="Square Attack",
    source="Andriushchenko et al. 2020: black box, l2; every step is one question to the model",
    search=_search,
    measures=("l2",),
    gradient=False,
)
