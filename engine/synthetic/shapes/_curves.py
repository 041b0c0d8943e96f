"""Curves through points, and outlines: the lines that solids are drawn along."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def at(x: float, y: float, z: float) -> Array:
    """A point or an offset, float64 (3,)."""
    return np.array([x, y, z], dtype=np.float64)


def smooth(points: ArrayLike, count: int) -> Array:
    """`count` points at even arc length on a smooth curve through `points` (N, D): a Catmull-Rom spline."""
    knots = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0.0, 1.0, 24)[:, None]
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        bend = (2 * before - 5 * start + 4 * end - after) * t**2 + (3 * start - before - 3 * end + after) * t**3
        pieces.append(start + 0.5 * ((end - before) * t + bend))
    return spaced(np.concatenate(pieces), count)


def spaced(points: ArrayLike, count: int) -> Array:
    """`count` points at even arc length on the polyline through `points` (N, D), its ends included."""
    line = np.asarray(points, dtype=np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    places = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(places, along, column) for column in line.T], axis=1)


def straight(start: ArrayLike, end: ArrayLike, count: int = 2) -> Array:
    """`count` points on a line from `start` to `end`."""
    return np.linspace(np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64), count)


def superellipse(width: float, depth: float, power: float = 2.0, count: int = 40) -> Array:
    """A closed outline (count, 2) of that width (x) and depth (y): an ellipse for power 2, squarer above."""
    angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    corner = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.sign(corner) * np.abs(corner) ** (2.0 / power) * np.array([width, depth]) / 2


def rounded_rectangle(width: float, depth: float, corner: float, along: int = 4, turn: int = 4) -> Array:
    """A closed outline (N, 2) of a rectangle with round corners; `along` points a side and `turn` + 1 a corner."""
    corner = min(corner, 0.49 * width, 0.49 * depth)
    inner = np.array([width, depth]) / 2 - corner
    pieces = []
    for quarter, sign in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        angle = (quarter + np.linspace(0.0, 1.0, turn + 1)) * np.pi / 2
        pieces.append(inner * sign + corner * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    edged = []
    for piece, following in zip(pieces, [*pieces[1:], pieces[0]], strict=True):
        edged += [piece, straight(piece[-1], following[0], along + 2)[1:-1]]
    return np.concatenate(edged)


def airfoil(chord: float, thickness: float, count: int = 18) -> Array:
    """A closed outline (count, 2) of a wing's section: blunt at x = 0, thin at x = -chord, z in +-thickness / 2."""
    angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    back = (1 - np.cos(angle)) / 2
    height = np.sin(angle) * (0.62 + 0.38 * np.cos(angle)) + 0.06 * np.sign(np.sin(angle)) * back * (1 - back)
    return np.stack([-chord * back, 0.5 * thickness * height / 0.72], axis=1)
