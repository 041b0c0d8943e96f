"""Closed solids from rings of points: lofts, lathes, tubes, plates, blades, ellipsoids. z points up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.synthetic.shapes._curves import Array, airfoil, rounded_rectangle

_Z = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solid:
    """A closed surface. vertices: float64 (V, 3). faces: int64 (F, 3), counter-clockwise seen from outside."""

    vertices: Array
    faces: NDArray[np.int64]

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Solid:
        """The same solid elsewhere."""
        return Solid(vertices=self.vertices + np.array([x, y, z]), faces=self.faces)

    def turned(self, axis: ArrayLike, degrees: float) -> Solid:
        """Turned about an axis through the origin, counter-clockwise when the axis points at the viewer."""
        return Solid(vertices=self.vertices @ turn(axis, degrees).T, faces=self.faces)

    def mirrored(self) -> Solid:
        """The mirror image in y."""
        return Solid(vertices=self.vertices * np.array([1.0, -1.0, 1.0]), faces=self.faces[:, ::-1])

    def mapped(self, bend: Callable[[Array], Array]) -> Solid:
        """Every vertex put elsewhere, by a map (V, 3) -> (V, 3) that keeps inside and outside."""
        return Solid(vertices=bend(self.vertices), faces=self.faces)


def turn(axis: ArrayLike, degrees: float) -> Array:
    """The rotation matrix (3, 3) about an axis (Rodrigues' formula)."""
    x, y, z = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = np.deg2rad(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def loft(rings: Array, *, tips: tuple[ArrayLike, ArrayLike] | None = None, closed: bool = False) -> Solid:
    """A skin over rings (M, N, 3) of N points each, closed by a fan to a tip at each end.

    tips: the two end points, by default the end rings' centres. closed: the last ring meets the first instead.
    """
    count, around, _ = rings.shape
    vertices = rings.reshape(-1, 3)
    rows = np.arange(count if closed else count - 1)[:, None] * around
    here = np.arange(around)[None, :]
    there = (here + 1) % around
    above = (rows + around) % (count * around)
    quads = np.stack([rows + here, rows + there, above + there, above + here], axis=-1).reshape(-1, 4)
    faces = [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    if not closed:
        ends = (rings[0].mean(axis=0), rings[-1].mean(axis=0)) if tips is None else tips
        last = (count - 1) * around
        first_fan = np.stack([there[0], here[0], np.full(around, len(vertices))], axis=1)
        last_fan = np.stack([last + here[0], last + there[0], np.full(around, len(vertices) + 1)], axis=1)
        faces += [first_fan, last_fan]
        vertices = np.concatenate([vertices, np.asarray(ends, dtype=np.float64).reshape(2, 3)])
    return _outward(vertices, np.concatenate(faces).astype(np.int64))


def _outward(vertices: Array, faces: NDArray[np.int64]) -> Solid:
    """The closed surface with all faces turned outwards: the volume that they enclose is positive."""
    first, second, third = np.moveaxis(vertices[faces] - vertices.mean(axis=0), 1, 0)
    inward = np.einsum("ij,ij->", first, np.cross(second, third)) < 0
    return Solid(vertices=vertices, faces=faces[:, ::-1] if inward else faces)


def lathe(profile: ArrayLike, sides: int = 40, *, closed: bool = False) -> Solid:
    """A profile (M, 2) of (radius, height) turned about z. It runs from axis to axis, or in a loop if `closed`."""
    line = np.asarray(profile, dtype=np.float64)
    tips = None
    if not closed:
        tips = (np.array([0.0, 0.0, line[0, 1]]), np.array([0.0, 0.0, line[-1, 1]]))
        line = line[line[:, 0] > 1e-9]
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    around = np.stack([np.cos(angle), np.sin(angle), np.zeros(sides)], axis=1)
    return loft(line[:, None, :1] * around + line[:, None, 1:] * _Z, tips=tips, closed=closed)


def ellipsoid(center: ArrayLike, radii: ArrayLike, sides: int = 24, rows: int = 14) -> Solid:
    """An ellipsoid with its axes along x, y and z."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)
    ball = lathe(np.stack([np.where(np.abs(angle) > 1.57, 0.0, np.cos(angle)), np.sin(angle)], axis=1), sides)
    return Solid(vertices=ball.vertices * np.asarray(radii) + np.asarray(center), faces=ball.faces)


def tube(
    path: ArrayLike,
    radius: ArrayLike,
    sides: int = 12,
    *,
    flat: float = 1.0,
    up: ArrayLike | None = None,
    closed: bool = False,
) -> Solid:
    """A tube along a path (N, 3) with round ends; `radius` is one number or (N,).

    flat: the radius along `up` (default: z, or x for an upright start) over that across it.
    """
    line = np.asarray(path, dtype=np.float64)
    width = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(line))
    if closed:
        ahead = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    else:
        ahead = np.gradient(line, axis=0)
        bulge = np.deg2rad([75.0, 50.0, 25.0])
        start, end = _unit(line[1] - line[0]), _unit(line[-1] - line[-2])
        line = np.concatenate(
            [
                line[0] - width[0] * np.sin(bulge)[:, None] * start,
                line,
                line[-1] + width[-1] * np.sin(bulge)[::-1, None] * end,
            ]
        )
        width = np.concatenate([width[0] * np.cos(bulge), width, width[-1] * np.cos(bulge)[::-1]])
        ahead = np.concatenate([np.repeat(start[None], 3, axis=0), ahead, np.repeat(end[None], 3, axis=0)])
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    across, over = _frames(ahead, up)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)[:, None]
    spokes = np.cos(angle) * across[:, None] + flat * np.sin(angle) * over[:, None]
    rings = line[:, None] + width[:, None, None] * spokes
    if closed:
        return loft(rings, closed=True)
    reach = 1 / np.sin(np.deg2rad(75.0))
    tips = (
        line[3] + (line[0] - line[3]) * reach,
        line[-4] + (line[-1] - line[-4]) * reach,
    )
    return loft(rings, tips=tips)


def _unit(vector: Array) -> Array:
    return vector / np.linalg.norm(vector)


def _frames(ahead: Array, up: ArrayLike | None) -> tuple[Array, Array]:
    """Two unit vectors across each direction (N, 3), carried along the path without twist, or held to `up`."""
    if up is None:
        over = np.array([1.0, 0.0, 0.0]) if abs(ahead[0, 2]) > 0.9 else _Z
        carried = []
        for step in ahead:
            over = _unit(over - step * (over @ step))
            carried.append(over)
        overs = np.array(carried)
    else:
        fixed = np.asarray(up, dtype=np.float64)
        overs = fixed - ahead * (ahead @ fixed)[:, None]
        overs = overs / np.linalg.norm(overs, axis=1, keepdims=True)
    return np.cross(ahead, overs), overs


def plate(outline: Array, thickness: float, bevel: float, *, taper: float = 1.0) -> Solid:
    """A slab over an outline (N, 2) that its centre sees all of, z in +-thickness / 2, with edges rounded by `bevel`.

    bevel: no more than the outline's tightest bend allows, or the inset edge crosses itself. taper: the scale of the
    underside over that of the top.
    """
    bevel = min(bevel, 0.49 * thickness)
    middle = outline.mean(axis=0)
    along = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    area = np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - np.roll(outline[:, 0], -1) * outline[:, 1])
    outward = outward * np.sign(area)
    angle = np.deg2rad(np.linspace(90.0, 0.0, 5))
    layers = [(1.0, bevel * (1 - np.cos(a)), thickness / 2 - bevel * (1 - np.sin(a))) for a in angle]
    inner = [(scale, bevel, thickness / 2) for scale in (0.35, 0.7)]
    half = inner + layers
    layout = [(s, inset, -z, taper) for s, inset, z in half] + [(s, inset, z, 1.0) for s, inset, z in half[::-1]]
    rings = []
    for scale, inset, height, wide in layout:
        ring = middle + wide * (scale * (outline - inset * outward - middle))
        rings.append(np.column_stack([ring, np.full(len(ring), height)]))
    return loft(np.array(rings))


def block(x: float, y: float, z: float, bevel: float) -> Solid:
    """A box of that size around the origin, its edges cut off: few faces, for what comes in numbers."""
    wide = rounded_rectangle(x, y, bevel, along=0, turn=1)
    small = rounded_rectangle(x - bevel, y - bevel, bevel / 2, along=0, turn=1)
    layers = ((small, -z / 2), (wide, bevel / 2 - z / 2), (wide, z / 2 - bevel / 2), (small, z / 2))
    return loft(np.array([np.column_stack([ring, np.full(len(ring), height)]) for ring, height in layers]))


def beam(start: ArrayLike, end: ArrayLike, outline: Array, bevel: float, *, taper: float = 1.0) -> Solid:
    """A bar with that cross-section (N, 2) from `start` to `end`, its x across and its y as upright as can be
    (for an upright bar: its y along y).

    taper: the scale of the section at the start over that at the end.
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    ahead = _unit(last - first)
    hint = np.array([0.0, 1.0, 0.0]) if abs(ahead[2]) > 0.7 else _Z
    over = _unit(hint - ahead * (hint @ ahead))
    frame = np.stack([np.cross(over, ahead), over, ahead])
    bar = plate(outline, float(np.linalg.norm(last - first)), bevel, taper=taper)
    return Solid(vertices=bar.vertices @ frame + (first + last) / 2, faces=bar.faces)


def blade(stations: Sequence[Sequence[float]], count: int = 18) -> Solid:
    """A wing or fin through stations (x of the leading edge, y, z, chord, thickness); y leads outwards."""
    rings = []
    for x, y, z, chord, thickness in stations:
        section = airfoil(chord, thickness, count)
        rings.append(np.stack([x + section[:, 0], np.full(len(section), y), z + section[:, 1]], axis=1))
    return loft(np.array(rings))
