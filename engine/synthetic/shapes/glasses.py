"""Glasses: two lenses in their rims (`lens`), the bridge between them (`middle`) and the temples (`skeleton`)."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, smooth, superellipse
from engine.synthetic.shapes._solids import Solid, plate, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("lens", "middle", "skeleton")


def _build(rng: np.random.Generator) -> Mesh:
    width, gap = rng.uniform(0.46, 0.56), rng.uniform(0.16, 0.22)
    tall = width * rng.uniform(0.6, 0.98)
    outline = superellipse(width, tall, rng.uniform(2.0, 3.8), 48)
    shape = rng.choice(["plain", "aviator", "cat"])
    if shape == "aviator":  # wider below, towards the cheek
        outline[:, 0] *= 1 - 0.22 * outline[:, 1] / tall
        outline[:, 1] -= 0.12 * tall * np.maximum(outline[:, 0] / width, 0) ** 2 * (outline[:, 1] < 0)
    elif shape == "cat":  # drawn up at the outer corner
        outline[:, 1] += 0.35 * tall * np.maximum(outline[:, 0] / width, 0) * (outline[:, 1] > 0)
    rim, center = rng.uniform(0.016, 0.034), (gap + width) / 2
    wrap = rng.uniform(0.06, 0.22)
    glass = Assembly(_PARTS)
    half = rng.random() < 0.15
    for solid in _lens(outline, 0.0 if half else rim):
        glass.add_pair("lens", solid.moved(y=center).mapped(lambda points: _wrapped(points, wrap)))
    inner = float(center + outline[:, 0].min())
    height = rng.uniform(0.02, 0.3) * tall
    arch = rng.uniform(0.02, 0.07)
    ends = [_wrapped(np.array([[0.0, sy * (inner + 0.006), height]]), wrap)[0] for sy in (-1, 1)]
    bow = smooth([ends[0], (0.02, -0.3 * inner, height + arch), (0.02, 0.3 * inner, height + arch), ends[1]], 24)
    glass.add("middle", tube(bow, max(rim, 0.02) * rng.uniform(0.8, 1.2), 12))
    outer = float(center + outline[:, 0].max())
    corner = float(outline[np.argmax(outline[:, 0]), 1]) + rng.uniform(0.1, 0.24) * tall
    start = _wrapped(np.array([[0.0, outer - 0.004, corner]]), wrap)[0]
    glass.add_pair("skeleton", _temple(start, rng))
    return glass.shape()


def _lens(outline: Array, rim: float) -> list[Solid]:
    """Glass and rim in the y-z plane around the origin."""
    pane = plate(outline, 0.022, 0.008)
    upright = pane.mapped(lambda points: points[:, [2, 0, 1]])
    if rim == 0.0:
        return [upright]
    path = np.column_stack([np.zeros(len(outline)), outline])
    return [upright, tube(path, rim, 10, closed=True, up=(1, 0, 0))]


def _wrapped(points: Array, wrap: float) -> Array:
    """Bent around the face: further back at the sides."""
    return points - np.array([1.0, 0.0, 0.0]) * (wrap * points[:, 1:2] ** 2)


def _temple(start: Array, rng: np.random.Generator) -> Solid:
    length, drop, thick = rng.uniform(1.15, 1.35), rng.uniform(0.18, 0.32), rng.uniform(0.016, 0.026)
    x, y, z = start
    points = [(x - 0.006, y, z), (x - 0.05, y + 0.02, z), (x - 0.5 * length, y, z), (x - length, y - 0.05, z - 0.02)]
    points += [(x - length - 0.16, y - 0.07, z - 0.45 * drop), (x - length - 0.27, y - 0.08, z - drop)]
    widths = thick * (1 + 0.5 * np.linspace(0, 1, 48) ** 4)
    return tube(smooth(points, 48), widths, 12, flat=rng.uniform(1.0, 2.2), up=(0.02, 0, 1))


SHAPE = ShapeBuilder(category="Glasses", parts=_PARTS, build=_build)
