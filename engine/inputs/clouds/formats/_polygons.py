"""Polygons of any size -> triangles."""

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds.formats.base import MAX_TRIANGLES, check_counts

Indices = NDArray[np.int64]


def check_corners(count: int) -> None:
    """Refuse more corners than polygons within the limit can have, while they are read. Raises InvalidInput."""
    if count > 3 * MAX_TRIANGLES:
        check_counts(triangles=count // 3 + 1)


def fan(corners: Indices, sizes: Indices) -> tuple[Indices, Indices]:
    """Triangles, int64 (T, 3), and the polygon that each is of, int64 (T,).

    corners: int64 (C,), the corners of all polygons one after another. sizes: int64 (N,), how many each has. A polygon
    is cut into a fan around its first corner, which is exact for convex ones; those with fewer than 3 corners vanish.
    Raises InvalidInput for more triangles than can be read, before they are made.
    """
    triangles = np.maximum(sizes - 2, 0)
    total = int(triangles.sum())
    check_counts(triangles=total)
    polygon = np.repeat(np.arange(len(sizes), dtype=np.int64), triangles)
    first = (np.cumsum(sizes) - sizes)[polygon]
    step = np.arange(total, dtype=np.int64) - (np.cumsum(triangles) - triangles)[polygon] + 1
    return np.stack((corners[first], corners[first + step], corners[first + step + 1]), axis=1), polygon
