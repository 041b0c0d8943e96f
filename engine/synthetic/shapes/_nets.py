"""A scalar field on a grid -> the closed surface where it is zero, by naive surface nets (Gibson 1998).

Every cell that the surface crosses gets one vertex, the mean of the crossings on its edges; every grid edge that the
surface crosses gets one quad between the four cells around it.
"""

import numpy as np
from numpy.typing import NDArray

from engine.synthetic.shapes._curves import Array
from engine.synthetic.shapes._solids import Solid

_CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
_EDGES = [(a, b) for a in range(8) for b in range(a) if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1]


def surface(values: Array, origin: Array, step: float) -> Solid:
    """The surface around the values below zero on a grid (X, Y, Z) that starts at `origin`; none lies on its rim."""
    inside = values < 0
    cells = np.zeros(tuple(size - 1 for size in values.shape), dtype=np.int64)
    for i, j, k in _CORNERS:
        cells += inside[i : i + cells.shape[0], j : j + cells.shape[1], k : k + cells.shape[2]]
    places = np.argwhere((cells > 0) & (cells < 8))
    numbers = np.full(cells.shape, -1, dtype=np.int64)
    numbers[tuple(places.T)] = np.arange(len(places))
    vertices = origin + step * (places + _crossings(values, places))
    quads = np.concatenate([_quads(inside, numbers, axis) for axis in range(3)])
    return Solid(vertices=vertices, faces=_triangles(vertices, quads))


def _crossings(values: Array, places: NDArray[np.int64]) -> Array:
    """(cells, 3) in [0, 1]: the mean crossing of the edges of each cell."""
    corners = np.stack([values[tuple((places + corner).T)] for corner in _CORNERS], axis=1)
    total, count = np.zeros((len(places), 3)), np.zeros(len(places))
    for a, b in _EDGES:
        crossed = (corners[:, a] < 0) != (corners[:, b] < 0)
        share = corners[crossed, a] / (corners[crossed, a] - corners[crossed, b])
        total[crossed] += _CORNERS[a] + share[:, None] * (_CORNERS[b] - _CORNERS[a])
        count[crossed] += 1
    return total / count[:, None]


def _quads(inside: NDArray[np.bool_], numbers: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    """(Q, 4) vertices around the crossed grid edges along one axis, counter-clockwise seen from outside."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    low = np.take(inside, range(inside.shape[axis] - 1), axis=axis)
    high = np.take(inside, range(1, inside.shape[axis]), axis=axis)
    edges = np.argwhere(low != high)
    one, two = np.eye(3, dtype=np.int64)[[first, second]]
    around = np.stack([numbers[tuple((edges - back).T)] for back in (one * 0, one, one + two, two)], axis=1)
    leaving = low[tuple(edges.T)]
    around[~leaving] = around[~leaving, ::-1]
    return around


def _triangles(vertices: Array, quads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two triangles a quad, cut along its shorter diagonal."""
    corner = vertices[quads]
    one = np.linalg.norm(corner[:, 0] - corner[:, 2], axis=1) <= np.linalg.norm(corner[:, 1] - corner[:, 3], axis=1)
    return np.concatenate(
        [quads[one][:, [0, 1, 2]], quads[one][:, [0, 2, 3]], quads[~one][:, [1, 2, 3]], quads[~one][:, [1, 3, 0]]]
    )
