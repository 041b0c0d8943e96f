"""What flows through the engine: frozen, validated on construction, cheap to pass around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.labels import ABSTAIN, VOID

__all__ = ["ABSTAIN", "VOID", "Cancel", "Image", "Progress", "Selection", "never", "unheard"]

Progress = Callable[[int, int], None]
"""Called between batches with (draws done, draws in all)."""

Cancel = Callable[[], bool]
"""Asked between batches; true stops the work with `Cancelled`."""


def unheard(done: int, total: int) -> None:
    """The `Progress` of work that nobody watches."""


def never() -> bool:
    """The `Cancel` of work that nobody can cancel."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """A validated working image: what noise is added to and what a certificate is about.

    pixels: float32 (H, W, 3) in [0, 1], read-only. sha256: of these pixels with their shape. source_sha256: of the
    bytes that were read. source_size: (width, height) before reduction, after EXIF rotation.
    """

    pixels: NDArray[np.float32]
    sha256: str
    source_sha256: str
    source_size: tuple[int, int]

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def components(self) -> int:
        """Number of pixels: each gets one decision."""
        return self.height * self.width

    def as_uint8(self) -> NDArray[np.uint8]:
        """The pixels for display, uint8 (H, W, 3)."""
        return np.rint(self.pixels * 255.0).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Stage 1: what the n0 selection draws voted for.

    votes: uint16 (classes, H, W), sums to n0 over the classes. top: uint8 (H, W), the class with most votes, ties to
    the smallest id.
    """

    votes: NDArray[np.uint16]
    top: NDArray[np.uint8]

    @classmethod
    def from_votes(cls, votes: NDArray[np.uint16]) -> Selection:
        return cls(votes=votes, top=np.argmax(votes, axis=0).astype(np.uint8))
