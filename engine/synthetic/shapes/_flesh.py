"""Soft bodies: limbs and balls that melt into each other where they meet, each with the part that it belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array
from engine.synthetic.shapes._cuts import cut
from engine.synthetic.shapes._nets import surface
from engine.synthetic.shapes._solids import Solid, turn

_FAR = 1e3
_FACES_PER_SQUARE = 3.0  # two triangles for each of the 1.5 grid edges that a surface of one square step crosses


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """distance: (N, 3) -> (N,), about the distance to the piece, negative inside. low, high: its box."""

    part: int
    distance: Callable[[Array], Array]
    low: Array
    high: Array
    blend: float


class Flesh:
    """Pieces of a soft body, in the order in which they are joined."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = tuple(parts)
        self._pieces: list[_Piece] = []

    def ball(
        self,
        part: str,
        center: ArrayLike,
        radii: ArrayLike,
        blend: float,
        *,
        axis: ArrayLike = (0, 1, 0),
        tilt: float = 0,
    ) -> None:
        """An ellipsoid, turned by `tilt` degrees about `axis`; `blend` is how wide it melts into what is there."""
        middle, radius = np.asarray(center, dtype=np.float64), np.asarray(radii, dtype=np.float64)
        frame = turn(axis, tilt)

        def distance(points: Array) -> Array:
            local = (points - middle) @ frame
            near = np.linalg.norm(local / radius, axis=1)
            slope = np.linalg.norm(local / radius**2, axis=1)
            return near * (near - 1) / np.maximum(slope, 1e-9)

        reach = np.sqrt((frame**2) @ radius**2)
        self._add(part, distance, middle - reach, middle + reach, blend)

    def limb(
        self,
        part: str,
        start: ArrayLike,
        end: ArrayLike,
        radii: tuple[float, float],
        blend: float,
        *,
        flat: tuple[ArrayLike, float] | None = None,
    ) -> None:
        """A rounded cone from `start` to `end`; `flat` is a direction and the share of the radius left there."""
        first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
        line = last - first
        length = float(line @ line)

        def distance(points: Array) -> Array:
            offset = points - first
            share = np.clip(offset @ line / length, 0.0, 1.0)
            away = offset - share[:, None] * line
            if flat is None:
                return np.linalg.norm(away, axis=1) - (radii[0] + share * (radii[1] - radii[0]))
            direction = np.asarray(flat[0], dtype=np.float64) / np.linalg.norm(flat[0])
            away = away + (1 / flat[1] - 1) * (away @ direction)[:, None] * direction
            return flat[1] ** 0.5 * (np.linalg.norm(away, axis=1) - (radii[0] + share * (radii[1] - radii[0])))

        low = np.minimum(first - radii[0], last - radii[1])
        self._add(part, distance, low, np.maximum(first + radii[0], last + radii[1]), blend)

    def pour(self, assembly: Assembly, faces: int) -> None:
        """Add the surface to an assembly, with about so many faces; each belongs to the part nearest to it."""
        low = np.min([piece.low for piece in self._pieces], axis=0)
        high = np.max([piece.high for piece in self._pieces], axis=0)
        rough = self._net(low, high, float(np.max(high - low)) / 40)
        first, second, third = np.moveaxis(rough.vertices[rough.faces], 1, 0)
        area = float(np.linalg.norm(np.cross(second - first, third - first), axis=1).sum()) / 2
        step = (_FACES_PER_SQUARE * area / faces) ** 0.5
        fine = self._net(low, high, step)
        points = self._settled(fine.vertices, step)
        assembly.add_labelled(*cut(Solid(vertices=points, faces=fine.faces), self._distances(points)))

    def _add(self, part: str, distance: Callable[[Array], Array], low: Array, high: Array, blend: float) -> None:
        number = self._parts.index(part)
        self._pieces.append(_Piece(part=number, distance=distance, low=low, high=high, blend=blend))

    def _net(self, low: Array, high: Array, step: float) -> Solid:
        origin = low - 2.5 * step
        shape = np.ceil((high - low) / step).astype(int) + 6
        values = np.full(shape, _FAR)
        for piece in self._pieces:
            margin = piece.blend + 2 * step
            first = np.maximum(np.floor((piece.low - margin - origin) / step).astype(int), 0)
            last = np.minimum(np.ceil((piece.high + margin - origin) / step).astype(int) + 1, shape)
            axes = [origin[i] + step * np.arange(first[i], last[i]) for i in range(3)]
            points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
            near = values[first[0] : last[0], first[1] : last[1], first[2] : last[2]]
            near[...] = _melted(near, piece.distance(points.reshape(-1, 3)).reshape(near.shape), piece.blend)
        return surface(values, origin, step)

    def _value(self, points: Array, margin: float) -> Array:
        """The field at points (N, 3) that are less than `margin` from the surface."""
        values = np.full(len(points), _FAR)
        for piece in self._pieces:
            reach = piece.blend + margin
            near = ((points > piece.low - reach) & (points < piece.high + reach)).all(axis=1)
            values[near] = _melted(values[near], piece.distance(points[near]), piece.blend)
        return values

    def _settled(self, points: Array, step: float) -> Array:
        """The points after two Newton steps towards the surface: the grid's corners are no longer seen."""
        small = 1e-2 * step
        for _ in range(2):
            value = self._value(points, 2 * step)
            slope = np.stack([(self._value(points + small * e, 2 * step) - value) / small for e in np.eye(3)], axis=1)
            move = value / np.maximum((slope**2).sum(axis=1), 0.25)
            points = points - np.clip(move, -0.3 * step, 0.3 * step)[:, None] * slope
        return points

    def _distances(self, points: Array) -> Array:
        """(parts, N): how far each point lies from the nearest piece of each part."""
        distances = np.full((len(self._parts), len(points)), _FAR)
        for piece in self._pieces:
            distances[piece.part] = np.minimum(distances[piece.part], piece.distance(points))
        return distances


def _melted(one: Array, two: Array, blend: float) -> Array:
    """The smaller value, rounded off where the two differ by less than `blend`."""
    share = np.maximum(blend - np.abs(one - two), 0.0) / blend
    return np.minimum(one, two) - 0.25 * blend * share**2
