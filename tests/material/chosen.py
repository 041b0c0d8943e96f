"""Random numbers that a test chooses. No test in here."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


class Chosen:
    """A source that gives these numbers, one after the other, whatever law is asked for."""

    def __init__(self, *numbers: float) -> None:
        self._left = iter(numbers)

    def normal(self, out: Tensor) -> Tensor:
        return out.copy_(torch.tensor([next(self._left) for _ in range(out.numel())], dtype=out.dtype).view(out.shape))

    uniform = normal


def shares(count: int) -> Iterable[float]:
    """The middles of `count` equal parts of [0, 1]: a mean over them is an integral, to 1 / (2 count) for one step."""
    return ((place + 0.5) / count for place in range(count))
