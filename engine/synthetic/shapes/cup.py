"""Cups and mugs: a lathed body with a wall, and a handle swept along an ear-shaped curve."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, smooth
from engine.synthetic.shapes._solids import Solid, lathe, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("body", "handle")

# Outer radii from foot to lip, as shares of the widest.
_OUTLINES = {
    "straight": (0.97, 1.0, 1.0, 1.0, 1.0),
    "tapered": (0.68, 0.80, 0.88, 0.95, 1.0),
    "belly": (0.70, 0.94, 1.0, 0.92, 0.84),
    "tulip": (0.45, 0.82, 0.90, 0.88, 1.0),
    "bowl": (0.48, 0.80, 0.92, 0.98, 1.0),
}


def _build(rng: np.random.Generator) -> Mesh:
    kind = str(rng.choice(list(_OUTLINES)))
    width = rng.uniform(0.38, 0.5)
    height = width * (rng.uniform(1.15, 1.6) if kind == "bowl" else rng.uniform(1.7, 2.5))
    heights = np.array([0.0, 0.25, 0.5, 0.75, 1.0]) * height
    outer = smooth(np.stack([width * np.array(_OUTLINES[kind]), heights], axis=1), 26)
    body = Assembly(_PARTS)
    body.add("body", _bowl(outer, wall=width * rng.uniform(0.07, 0.11), foot=rng.random() < 0.5))
    handle = _handle(outer, height, rng)
    body.add("handle", handle)
    if rng.random() < 0.12:
        body.add("handle", handle.turned((0, 0, 1), 180.0))
    return body.shape()


def _bowl(outer: Array, *, wall: float, foot: bool) -> Solid:
    """The body: out from the axis along the bottom, up outside, over the lip, down inside."""
    edge = wall * 0.5
    angle = np.deg2rad(np.linspace(0, 180, 7))[1:-1]
    lip = outer[-1] + np.stack([edge * (np.cos(angle) - 1), edge * np.sin(angle)], axis=1)
    inner = outer[::-1] - np.array([wall, 0.0])
    inner = inner[inner[:, 1] > 1.6 * wall]
    floor = np.array([[inner[-1, 0] * share, 1.1 * wall] for share in (0.9, 0.45, 0.0)])
    bottom = [[0.0, 0.25 * wall], [0.5 * outer[0, 0], 0.25 * wall], [0.8 * outer[0, 0], 0.25 * wall]]
    if foot:
        bottom += [[0.84 * outer[0, 0], -0.6 * wall], [0.97 * outer[0, 0], -0.6 * wall]]
    else:
        bottom += [[0.86 * outer[0, 0], 0.0], [0.95 * outer[0, 0], 0.02 * wall]]
    return lathe(np.concatenate([bottom, outer[1:], lip, inner, floor]), sides=44)


def _handle(outer: Array, height: float, rng: np.random.Generator) -> Solid:
    low, high = rng.uniform(0.16, 0.3) * height, rng.uniform(0.72, 0.88) * height
    reach = rng.uniform(0.55, 0.8) * (high - low)
    near, far = (float(np.interp(place, outer[:, 1], outer[:, 0])) for place in (low, high))
    middle = (low + high) / 2
    kind = rng.choice(["ring", "ear", "angular"])
    if kind == "ring":
        bow = [(far + 0.55 * reach, high + 0.04 * height), (far + reach, middle), (near + 0.55 * reach, low)]
    elif kind == "ear":
        bow = [(far + 0.75 * reach, high + 0.05 * height), (far + 0.95 * reach, middle + 0.12 * height)]
        bow += [(near + 0.45 * reach, low + 0.08 * height)]
    else:
        bow = [(far + 0.75 * reach, high), (far + 0.85 * reach, high - 0.08 * height)]
        bow += [(near + 0.85 * reach, low + 0.08 * height), (near + 0.75 * reach, low)]
    corners = [(far + 0.02, high), *bow, (near + 0.02, low)]
    path = smooth([(x, 0.0, z) for x, z in corners], 30)
    swell = 1 + 0.35 * np.abs(np.linspace(-1, 1, 30)) ** 4
    return tube(path, height * rng.uniform(0.035, 0.055) * swell, 14, flat=rng.uniform(1.0, 1.7), up=(0, 1, 0))


SHAPE = ShapeBuilder(category="Cup", parts=_PARTS, build=_build)
