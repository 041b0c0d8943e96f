"""Fish, sharks and dolphins: a lofted body, fins and a tail."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, smooth
from engine.synthetic.shapes._solids import Solid, blade, ellipsoid, loft
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("body", "fin", "tail")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Half height and half width as shares of the length, how the tail lies, and how long the back fin is."""

    high: tuple[float, float]
    slim: tuple[float, float]
    level: bool  # a dolphin's tail lies level, a fish's stands upright
    back: tuple[float, float]


_KINDS = {
    "fish": _Kind(high=(0.17, 0.25), slim=(0.45, 0.6), level=False, back=(0.26, 0.4)),
    "shark": _Kind(high=(0.11, 0.14), slim=(0.8, 1.0), level=False, back=(0.13, 0.17)),
    "dolphin": _Kind(high=(0.12, 0.15), slim=(0.85, 1.0), level=True, back=(0.13, 0.16)),
}


def _build(rng: np.random.Generator) -> Mesh:
    name = str(rng.choice(list(_KINDS)))
    kind = _KINDS[name]
    high = rng.uniform(*kind.high)
    wide = high * rng.uniform(*kind.slim)
    swim = rng.uniform(-0.14, 0.14)
    fish = Assembly(_PARTS)
    line = _profile(high, name)

    def sway(points: Array) -> Array:
        """Bent as in swimming: the tail to one side, or up and down for what lies level."""
        bend = swim * np.clip(0.3 - points[:, 0], 0.0, None) ** 2
        return points + np.outer(bend, [0.0, 0.0, 1.0] if kind.level else [0.0, 1.0, 0.0])

    def add(part: str, *solids: Solid) -> None:
        fish.add(part, *(solid.mapped(sway) for solid in solids))

    add("body", _body(line, wide / high))
    for side in (-1, 1):
        place = (0.36, side * 0.72 * wide, 0.18 * high)
        add("body", ellipsoid(place, (0.018, 0.012, 0.018), 12, 8))
    _tail(add, kind.level, high, rng)
    chord, tall = rng.uniform(*kind.back), rng.uniform(0.1, 0.16)
    upright = _fin(0.0, chord, tall, lean=0.8).turned((1, 0, 0), 90.0)
    add("fin", upright.moved(0.1 + 0.3 * chord, 0.0, 0.86 * high))
    if name == "fish":
        add("fin", _fin(0.0, 0.5 * chord, 0.11, lean=0.9).turned((1, 0, 0), -90.0).moved(-0.12, 0.0, -0.72 * high))
    flipper = _fin(0.0, rng.uniform(0.1, 0.14), rng.uniform(0.17, 0.26), lean=0.7).turned(
        (1, 0, 0), -rng.uniform(20, 50)
    )
    flipper = flipper.moved(0.24, 0.6 * wide, -0.45 * high)
    add("fin", flipper, flipper.mirrored())
    return fish.shape()


def _profile(high: float, name: str) -> Array:
    """(N, 3) of (place, half height, height of the middle) from the nose back to the root of the tail."""
    if name == "dolphin":
        points = [
            (0.56, 0.018, -0.03),
            (0.47, 0.03, -0.03),
            (0.42, 0.55 * high, -0.01),
            (0.18, high, 0),
            (-0.05, 0.95 * high, 0),
        ]
    elif name == "shark":
        points = [(0.53, 0.015, 0.01), (0.44, 0.5 * high, 0.005), (0.2, high, 0), (-0.05, 0.9 * high, 0)]
    else:
        points = [(0.5, 0.025, -0.01), (0.43, 0.5 * high, -0.005), (0.22, 0.97 * high, 0), (0.0, 0.95 * high, 0)]
    return smooth([*points, (-0.28, 0.45 * high, 0.01), (-0.45, 0.16 * high + 0.01, 0.01)], 40)


def _body(line: Array, slim: float) -> Solid:
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rings = np.zeros((len(line), 28, 3))
    rings[:, :, 0] = line[:, :1]
    narrow = slim * np.interp(line[:, 0], [-0.45, 0.1], [0.55, 1.0])
    rings[:, :, 1] = (narrow * line[:, 1])[:, None] * np.cos(angle)
    rings[:, :, 2] = line[:, 2:] + line[:, 1:2] * np.sin(angle)
    return loft(rings)


def _fin(x: float, chord: float, reach: float, *, lean: float) -> Solid:
    """A fin in the x-y plane from y = 0 out to `reach`, swept back, its tip rounded."""
    stations = []
    for share in np.linspace(0.0, 1.0, 14):
        wide = chord * (1 - share**2.2) ** 0.75 + 0.004
        back = lean * reach * share**1.4
        stations.append((x - back, reach * share, 0.0, wide, 0.022 * (1 - 0.75 * share) + 0.002))
    return blade(stations, 16)


def _tail(add: Callable[..., None], level: bool, high: float, rng: np.random.Generator) -> None:
    reach, lean = rng.uniform(0.17, 0.25), rng.uniform(0.7, 1.1)
    lobe = _fin(0.0, rng.uniform(0.13, 0.18), reach, lean=lean).moved(-0.4, 0.0, 0.01)
    lower = lobe.mirrored()
    if not level:
        lobe, lower = (
            lobe.moved(z=-0.01).turned((1, 0, 0), 90.0).moved(z=0.01),
            lower.moved(z=-0.01).turned((1, 0, 0), 90.0).moved(z=0.01),
        )
    stem = ellipsoid((-0.46, 0, 0.01), (0.08, 0.03, 0.03 + 0.08 * high), 16, 10)
    add("tail", lobe, lower, stem)


SHAPE = ShapeBuilder(category="Fish", parts=_PARTS, build=_build)
