"""Colours that readers can tell apart, for label spaces too large to choose by hand."""

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

_STEP = 15  # the grid of candidates per channel: 0, 15, ..., 255
_KEPT_FREE = np.array([[255, 255, 255], [0, 0, 0]], dtype=np.uint8)  # abstention, and outlines
_MARGIN = 25.0  # how far, in CIELAB, a colour stays from those
_WHITE = (0.95047, 1.0, 1.08883)  # D65, the white point of sRGB
_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


COLOUR_BLIND_SAFE: tuple[Colour, ...] = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0), (86, 180, 233), (240, 228, 66),
)  # fmt: skip
"""Seven colours that can be told apart in all common kinds of colour vision. Source: Okabe & Ito 2008."""


def distinct_colours(count: int, *, start: tuple[Colour, ...] = ()) -> tuple[Colour, ...]:
    """The first `count` colours of one fixed sequence, each as far in CIELAB as can be from those before it.

    Frequent classes come first in most label spaces, so they get the colours that differ most. After `start`, no
    colour comes near white, which means abstention, or black. Source: farthest-point sampling, Gonzalez 1985; CIE
    15:2004 for CIELAB.
    """
    channel = np.arange(0, 256, _STEP, dtype=np.uint8)
    candidates = np.stack(np.meshgrid(channel, channel, channel, indexing="ij"), axis=-1).reshape(-1, 3)
    points = lab(candidates)
    nearest = np.min([_distance(points, free) for free in lab(_KEPT_FREE)], axis=0)
    candidates, points, nearest = (part[nearest >= _MARGIN] for part in (candidates, points, nearest))
    chosen = list(start[:count])
    for given in start:
        nearest = np.minimum(nearest, _distance(points, lab(np.array([given], np.uint8))[0]))
    for _ in range(count - len(chosen)):
        # Rounded, so that the last bits of a platform's cube root decide nothing; ties go to the first candidate.
        best = int(np.round(nearest, 3).argmax())
        red, green, blue = candidates[best].tolist()
        chosen.append((red, green, blue))
        nearest = np.minimum(nearest, _distance(points, points[best]))
    return tuple(chosen)


def lab(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB uint8 (n, 3) -> CIELAB float64 (n, 3): lightness 0..100, and two axes of hue and chroma."""
    encoded = np.asarray(colours, dtype=np.float64) / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    ratio = linear @ np.array(_TO_XYZ).T / np.array(_WHITE)
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _distance(points: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances in CIELAB (CIE 1976), float64 (n,); about 2.3 is just noticeable."""
    return np.asarray(np.sqrt(((points - point) ** 2).sum(axis=-1)))
