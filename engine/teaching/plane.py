"""Randomized smoothing where it can be seen: a classifier of the plane, and its smoothed model without any sampling.

In every column of the plane the classes lie above each other, and the heights where one ends and the next begins are
functions of x. So under Gaussian noise one of the two integrals is a difference of normal distribution functions; the
other one is done by the trapezoidal rule, which for such smooth integrands is accurate to `QUADRATURE_ERROR`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from engine.core.errors import InvalidSetting

Floats = NDArray[np.float64]

QUADRATURE_ERROR = 1e-6
"""No probability from here is further from the truth than this, for sigma in [0.01, 0.5]; a test measures it."""

_REACH = 6.0  # in sigma: what lies further out has probability 2e-9
_NODES = 240  # of the trapezoidal rule over twice the reach: a step of sigma / 20
_CHUNK = 1024  # points at a time: bounds the memory


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanarModel:
    """A classifier of the whole plane.

    classes: the class of every layer of a column from below to above; a class may come several times.
    edges: float64 (n,) of x -> float64 (n, layers - 1), the heights between the layers. Where a layer is missing its
    two edges are equal; edges that are not in order are raised to the one below.
    """

    classes: tuple[int, ...]
    edges: Callable[[Floats], Floats]

    @property
    def class_count(self) -> int:
        """Classes are 0 .. class_count - 1."""
        return max(self.classes) + 1

    def predict(self, x: Floats, y: Floats) -> NDArray[np.int64]:
        """The class at points (x, y), float64 arrays of one shape; int64 of that shape."""
        heights = self._ordered(np.ravel(x))
        layer = (np.ravel(y)[:, None] > heights).sum(axis=1)
        return np.asarray(self.classes, dtype=np.int64)[layer].reshape(np.shape(x))

    def probabilities(self, points: Floats, sigma: float) -> Floats:
        """P(class c at the point + N(0, sigma^2 I)) for float64 points (n, 2); float64 (n, class_count).

        Each within QUADRATURE_ERROR. Raises InvalidSetting for sigma <= 0.
        """
        _check(sigma)
        nodes, weights = _rule()
        found = []
        for start in range(0, len(points), _CHUNK):
            part = points[start : start + _CHUNK]
            columns = part[:, :1] + sigma * nodes
            heights = self._ordered(columns.ravel()).reshape(*columns.shape, -1)
            below = special.ndtr((heights - part[:, 1, None, None]) / sigma)
            found.append(self._classes_of(np.einsum("pne,n->pe", below, weights)))
        return np.concatenate(found) if found else np.empty((0, self.class_count))

    def probability_map(self, sigma: float, side: int) -> Floats:
        """The probabilities at side x side cell centres of [0, 1]^2, float64 (side, side, classes); row 0 is on top."""
        _check(sigma)
        centres = (np.arange(side) + 0.5) / side
        step = min(2.0 * _REACH * sigma / _NODES, 1.0 / side)
        columns = np.arange(-_REACH * sigma, 1.0 + _REACH * sigma + step, step)
        heights = self._ordered(columns)
        weights = np.exp(-0.5 * ((centres[:, None] - columns) / sigma) ** 2)
        weights /= weights.sum(axis=1, keepdims=True)
        below = np.empty((side, side, heights.shape[1]))
        for edge in range(heights.shape[1]):
            mass = special.ndtr((heights[:, edge, None] - centres) / sigma)  # (columns, y)
            below[..., edge] = (weights @ mass).T[::-1]
        return self._classes_of(below)

    def _ordered(self, x: Floats) -> Floats:
        return np.asarray(np.maximum.accumulate(self.edges(x), axis=-1))

    def _classes_of(self, below: Floats) -> Floats:
        """Probabilities of the layers, summed by class, from those of lying below each edge."""
        ends = np.zeros((*below.shape[:-1], 1))
        layers = np.diff(np.concatenate([ends, below, ends + 1.0], axis=-1), axis=-1)
        masks = np.asarray(self.classes)[:, None] == np.arange(self.class_count)
        return np.clip(layers @ masks.astype(np.float64), 0.0, 1.0)


def half_plane(angle: float, offset: float) -> PlanarModel:
    """Class 1 above the line y = tan(angle) x + offset, class 0 below: the case in which the certificate is tight.

    angle: in radians, between -pi/2 and pi/2. Source: Cohen et al. 2019, Theorem 2.

    >>> level = half_plane(angle=0.0, offset=0.5)
    >>> level.probabilities(np.array([[0.3, 0.75]]), sigma=0.25).round(4).tolist()  # one sigma above: cdf(1)
    [[0.1587, 0.8413]]
    """
    return PlanarModel(classes=(0, 1), edges=lambda x: (np.tan(angle) * x + offset)[:, None])


def _three_regions(x: Floats) -> Floats:
    sliver = 0.27 + 0.055 * np.sin(7.0 * x + 0.4)
    half = 0.009 * _bump((x - 0.42) / 0.30)
    coast = 0.50 + 0.15 * np.sin(5.2 * x + 0.6) + 0.06 * np.sin(11.0 * x)
    blob, reach = 0.76 + 0.05 * np.sin(6.0 * x), 0.17 * _bump((x - 0.68) / 0.24)
    return np.stack([sliver - half, sliver + half, coast, blob - reach, blob + reach], axis=-1)


def _bump(z: Floats) -> Floats:
    """1 in the middle, 0 outside [-1, 1], with two continuous derivatives."""
    return np.clip(1.0 - z**2, 0.0, None) ** 3


THREE_REGIONS = PlanarModel(classes=(0, 2, 0, 1, 2, 1), edges=_three_regions)
"""Three classes with curved borders on [0, 1]^2, and a thin sliver of class 2 that runs through class 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """The worst change of one length that was found: where it leads, and the class's probability there."""

    length: float
    point: tuple[float, float]
    probability: float


def worst_attacks(
    model: PlanarModel, point: tuple[float, float], label: int, *, sigma: float, lengths: Floats, directions: int = 36
) -> list[Attack]:
    """For every length the direction, out of `directions` even ones, that lowers the probability of `label` most.

    lengths: float64 (k,), in units of the plane. Raises InvalidSetting for sigma <= 0.

    >>> (down,) = worst_attacks(half_plane(0.0, 0.5), (0.3, 0.75), 1, sigma=0.25, lengths=np.array([0.25]))
    >>> np.round([*down.point, down.probability], 4).tolist()  # straight down to the line, where it is 1/2
    [0.3, 0.5, 0.5]
    """
    angles = 2.0 * np.pi * np.arange(directions) / directions
    unit = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    places = np.asarray(point) + np.asarray(lengths, dtype=np.float64)[:, None, None] * unit
    found = model.probabilities(places.reshape(-1, 2), sigma)[:, label].reshape(len(lengths), directions)
    best = found.argmin(axis=1)
    return [
        Attack(length=float(length), point=(float(x), float(y)), probability=float(p))
        for length, (x, y), p in zip(
            lengths, places[np.arange(len(best)), best], found[np.arange(len(best)), best], strict=True
        )
    ]


def nearest_change(labels: NDArray[np.int64], point: tuple[float, float]) -> tuple[float, tuple[float, float]] | None:
    """The nearest cell centre of a map (side, side) over [0, 1]^2, row 0 on top, with another class than at `point`.

    Returns its distance and place, or None where the map knows one class only. As fine as the map.

    >>> nearest_change(np.array([[1, 1], [0, 0]]), (0.25, 0.75))
    (0.5, (0.25, 0.25))
    """
    side = len(labels)
    column, row = (min(side - 1, max(0, int(v * side))) for v in (point[0], 1.0 - point[1]))
    rows, columns = np.nonzero(labels != labels[row, column])
    if not len(rows):
        return None
    x, y = (columns + 0.5) / side, 1.0 - (rows + 0.5) / side
    distances = np.hypot(x - point[0], y - point[1])
    best = int(distances.argmin())
    return float(distances[best]), (float(x[best]), float(y[best]))


def guaranteed_probability(p: float, lengths: Floats, sigma: float) -> Floats:
    """cdf(ppf(p) - length / sigma): what is left of p after any change of that length, whatever the base model.

    lengths: float64, any shape, as the result. Raises InvalidSetting for sigma <= 0. Source: METHOD section 1.

    >>> guaranteed_probability(0.75, np.array([0.0, 0.1686]), sigma=0.25).round(3).tolist()  # R = 0.25 * 0.6745
    [0.75, 0.5]
    """
    _check(sigma)
    return np.asarray(special.ndtr(special.ndtri(p) - np.asarray(lengths) / sigma))


def _rule() -> tuple[Floats, Floats]:
    """Nodes in units of sigma and their weights, which sum to 1."""
    nodes = np.linspace(-_REACH, _REACH, _NODES + 1)
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def _check(sigma: float) -> None:
    if not sigma > 0.0:
        raise InvalidSetting(f"sigma must be above 0, got {sigma!r:.40}")
