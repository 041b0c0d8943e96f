"""What a way of filling hidden pixels is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


class Rectangle(Protocol):
    """The hidden pixels: rows top to bottom - 1, columns left to right - 1."""

    @property
    def top(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def bottom(self) -> int: ...
    @property
    def right(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A registry entry: the values that take the place of the hidden pixels, a function of all others alone.

    values: (pictures (B, H, W, C), rectangle) -> float64, of shape (B, h, w, C) or one that broadcasts to it. Hidden
    pixels are NaN when it is called. On pictures whose values are multiples of the grid (`engine.core.grid`) the result
    must not depend on the order of any sum. Gradients pass.
    """

    name: str
    title: str
    values: Callable[[Tensor, Rectangle], Tensor]
