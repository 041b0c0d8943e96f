"""Vases, jugs and bottles: one lathed wall cut into foot, body and neck, with handles and a spout on some."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, smooth
from engine.synthetic.shapes._solids import Solid, lathe, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("base", "body", "handle", "spout", "top")

# (outer radius, height) from the ground to the lip, where the foot ends, where the neck starts, and whether a handle
# suits it.
_OUTLINES = {
    "amphora": (
        ((0.20, 0), (0.13, 0.06), (0.36, 0.38), (0.40, 0.58), (0.15, 0.80), (0.14, 0.9), (0.21, 1.0)),
        0.07,
        0.77,
    ),
    "bottle": (((0.24, 0), (0.26, 0.08), (0.26, 0.52), (0.10, 0.72), (0.08, 0.85), (0.10, 1.0)), 0.0, 0.69),
    "bulb": (((0.18, 0), (0.36, 0.16), (0.42, 0.36), (0.24, 0.56), (0.10, 0.72), (0.12, 0.86), (0.2, 1.0)), 0.0, 0.66),
    "flare": (((0.22, 0), (0.16, 0.05), (0.19, 0.28), (0.22, 0.55), (0.2, 0.78), (0.25, 0.9), (0.36, 1.0)), 0.06, 0.80),
    "jug": (((0.22, 0), (0.31, 0.14), (0.34, 0.34), (0.26, 0.58), (0.18, 0.74), (0.19, 0.86), (0.24, 1.0)), 0.0, 0.72),
    "urn": (((0.24, 0), (0.11, 0.07), (0.13, 0.12), (0.37, 0.42), (0.41, 0.66), (0.27, 0.85), (0.33, 1.0)), 0.13, 0.84),
}
_HANDLED = {"amphora": 0.9, "jug": 1.0, "urn": 0.7, "bulb": 0.2, "bottle": 0.0, "flare": 0.0}


def _build(rng: np.random.Generator) -> Mesh:
    kind = str(rng.choice(list(_OUTLINES)))
    points, foot, neck = _OUTLINES[kind]
    drawn = np.array(points) * np.array([rng.uniform(0.8, 1.15), 1.0])
    drawn[:, 0] *= rng.uniform(0.92, 1.08, len(drawn))
    outer = smooth(drawn, 44)
    wall = float(rng.uniform(0.022, 0.032))
    body = _hollow(outer, wall)
    lowest = body.vertices[body.faces, 2].min(axis=1)  # the same for both triangles of a quad: cuts run straight
    labels = np.full(len(body.faces), _PARTS.index("body"), dtype=np.uint8)
    labels[lowest > neck] = _PARTS.index("top")
    if foot:
        labels[lowest < foot] = _PARTS.index("base")
    beak = kind == "jug" and rng.random() < 0.6
    if beak:
        body = body.mapped(lambda points: _pulled(points, neck))
    vase = Assembly(_PARTS)
    vase.add_labelled(body, labels)
    if rng.random() < _HANDLED[kind]:
        handle = _handle(outer, neck, rng)
        vase.add("handle", handle)
        if kind != "jug":
            vase.add("handle", handle.turned((0, 0, 1), 180.0))
    if (kind == "jug" and not beak) or (kind == "bulb" and rng.random() < 0.35):
        vase.add("spout", _spout(outer))
    return vase.shape()


def _hollow(outer: Array, wall: float) -> Solid:
    angle = np.deg2rad(np.linspace(0, 180, 7))[1:-1]
    lip = outer[-1] + 0.5 * wall * np.stack([np.cos(angle) - 1, np.sin(angle)], axis=1)
    inner = outer[::-1] - np.array([wall, 0.0])
    inner = inner[inner[:, 1] > 0.08][::2]
    inner[:, 0] = np.maximum(inner[:, 0], wall)
    floor = np.array([[inner[-1, 0] * share, 0.06] for share in (0.85, 0.4, 0.0)])
    bottom = np.array([[share * outer[0, 0], 0.0] for share in (0.0, 0.4, 0.75, 0.97)])
    return lathe(np.concatenate([bottom, outer[1:], lip, inner, floor]), sides=40)


def _pulled(points: Array, neck: float) -> Array:
    """The lip drawn out towards +x into a pouring beak."""
    rise = np.clip((points[:, 2] - neck) / (1 - neck), 0.0, 1.0) ** 2
    front = np.exp(-((np.arctan2(points[:, 1], points[:, 0]) / 0.5) ** 2))
    outward = 1 + 0.55 * rise * front
    return np.stack([points[:, 0] * outward, points[:, 1], points[:, 2] + 0.05 * rise * front], axis=1)


def _handle(outer: Array, neck: float, rng: np.random.Generator) -> Solid:
    low, high = rng.uniform(0.36, 0.46), float(min(neck + rng.uniform(0.05, 0.14), 0.95))
    near, far = (float(np.interp(place, outer[:, 1], outer[:, 0])) for place in (low, high))
    widest = float(outer[:, 0].max())
    bow = [(-max(far + 0.14, widest + 0.02), high + 0.03), (-widest - rng.uniform(0.07, 0.14), (low + high) / 2 + 0.08)]
    corners = [(-far - 0.01, high), *bow, (-near - 0.01, low)]
    path = smooth([(x, 0.0, z) for x, z in corners], 30)
    return tube(path, rng.uniform(0.022, 0.032), 12, flat=rng.uniform(1.0, 1.6), up=(0, 1, 0))


def _spout(outer: Array) -> Solid:
    start = float(np.interp(0.42, outer[:, 1], outer[:, 0]))
    path = smooth([(start - 0.03, 0, 0.42), (start + 0.13, 0, 0.5), (start + 0.2, 0, 0.66), (start + 0.3, 0, 0.78)], 24)
    return tube(path, np.linspace(0.075, 0.03, 24), 16)


SHAPE = ShapeBuilder(category="Vase", parts=_PARTS, build=_build, optional=frozenset({"base", "handle", "spout"}))
