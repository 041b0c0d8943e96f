"""The windows that are hidden, one a pass, so that every patch lies wholly inside one of them."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.core.errors import InvalidSetting, NotCertifiable
from engine.patches.fills.base import Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A rectangle of pixels: rows top to bottom - 1, columns left to right - 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Its rows and columns, to index a map (H, W) with.

        >>> import numpy as np
        >>> int(np.ones((4, 6))[Window(top=1, left=0, bottom=3, right=2).pixels].sum())
        4
        """
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def contains(self, other: Window) -> bool:
        """Whether all pixels of the other are its own."""
        return (
            self.top <= other.top
            and self.left <= other.left
            and other.bottom <= self.bottom
            and other.right <= self.right
        )


def windows(height: int, width: int, *, patch: int, stride: int) -> tuple[Window, ...]:
    """Windows of patch + stride - 1 pixels a side, cut off at the border, row by row.

    They start at 0, stride, 2 stride, ... up to L - patch on a side of L pixels. A patch that starts at a <= L - patch
    lies in the window that starts at k = floor(a / stride) * stride, since a + patch <= k + (stride - 1) + patch: every
    patch of at most `patch` x `patch` pixels inside the picture lies wholly in one window. Source: METHOD section 14;
    Xiang et al. 2022 (PatchCleanser, R-covering). Raises InvalidSetting as `check_windows`.

    >>> len(windows(240, 320, patch=32, stride=64)), len(windows(240, 320, patch=32, stride=16))
    (20, 266)
    """
    check_windows(height, width, patch=patch, stride=stride)
    side = patch + stride - 1
    return tuple(
        Window(top=top, left=left, bottom=min(top + side, height), right=min(left + side, width))
        for top in range(0, height - patch + 1, stride)
        for left in range(0, width - patch + 1, stride)
    )


def check_windows(height: int, width: int, *, patch: int, stride: int) -> None:
    """Raises InvalidSetting for a patch that is larger than the picture, and where one window hides all of it.

    >>> check_windows(240, 320, patch=32, stride=64)
    """
    if patch < 1 or stride < 1:
        raise InvalidSetting(f"patch and stride must be at least 1 pixel, got {patch} and {stride}")
    if patch > min(height, width):
        raise InvalidSetting(f"a patch of {patch} pixels does not fit a picture of {width}x{height}; make it smaller")
    side = patch + stride - 1
    if side >= height and side >= width:
        raise InvalidSetting(
            f"a window of {side} pixels (patch {patch}, stride {stride}) hides all of a picture of {width}x{height}; "
            "make the patch or the stride smaller"
        )


def window_count(height: int, width: int, *, patch: int, stride: int) -> int:
    """How many windows there are: ceil((H - p + 1) / s) * ceil((W - p + 1) / s).

    >>> window_count(240, 320, patch=32, stride=48)
    35
    """
    return -(-(height - patch + 1) // stride) * -(-(width - patch + 1) // stride)


def covered(pictures: Tensor, window: Window, fill: Fill) -> Tensor:
    """The pictures with the window filled in, (B, H, W, C) like `pictures`; gradients pass through what was read.

    What is under the window is taken away before the fill reads, so that it cannot leak into it. Raises NotCertifiable
    for a fill that reads it all the same.

    >>> import torch
    >>> from engine.patches.fills import fills
    >>> picture = torch.zeros(1, 4, 4, 1)
    >>> picture[0, 0, 0] = 1.0  # under the window: it does not count
    >>> float(covered(picture, Window(top=0, left=0, bottom=2, right=2), fills["mean"]).max())
    0.0
    """
    rows, columns = window.pixels
    blank = pictures.clone()
    blank[:, rows, columns] = float("nan")
    values = fill.values(blank, window).to(pictures.dtype)
    if not bool(values.isfinite().all()):
        raise NotCertifiable(f"the fill {fill.name} reads pixels under the window, so that nothing can be promised")
    out = pictures.clone()
    out[:, rows, columns] = values
    return out
