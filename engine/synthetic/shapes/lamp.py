"""Lamps: table and floor lamps with a lathed stand, and desk lamps with a jointed arm."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, at, smooth
from engine.synthetic.shapes._solids import Solid, ellipsoid, lathe, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("base", "bulb", "shade", "stand")

# Stems as (share of the thinnest radius, share of the height) from the foot up.
_STEMS = {
    "pole": ((1.0, 0.0), (1.0, 0.5), (1.0, 1.0)),
    "gourd": ((2.0, 0.0), (5.5, 0.22), (3.2, 0.5), (4.0, 0.66), (1.0, 0.88), (1.0, 1.0)),
    "beads": ((1.0, 0), (3.4, 0.12), (1.4, 0.24), (3.4, 0.36), (1.4, 0.48), (3.4, 0.6), (1.4, 0.72), (1.0, 1.0)),
    "spindle": ((1.2, 0.0), (2.6, 0.3), (2.0, 0.6), (1.0, 0.85), (1.0, 1.0)),
}


def _build(rng: np.random.Generator) -> Mesh:
    kind = rng.choice(["table", "floor", "desk", "arc"], p=[0.35, 0.2, 0.3, 0.15])
    lamp = Assembly(_PARTS)
    if kind == "desk":
        _desk(lamp, rng)
    elif kind == "arc":
        _arc(lamp, rng)
    else:
        _standing(lamp, kind == "floor", rng)
    return lamp.shape()


def _foot(radius: float, rng: np.random.Generator) -> Solid:
    thick = rng.uniform(0.02, 0.035)
    if rng.random() < 0.5:
        line = [(radius, thick), (0.8 * radius, 1.5 * thick), (0.3 * radius, 2.2 * thick), (0.12 * radius, 3.2 * thick)]
    else:
        line = [
            (radius, 0.8 * thick),
            (0.97 * radius, thick),
            (0.6 * radius, 1.1 * thick),
            (0.15 * radius, 1.2 * thick),
        ]
    top = smooth(line, 16)
    return lathe(np.concatenate([[(0, 0), (0.6 * radius, 0), (0.98 * radius, 0)], top, [(0, top[-1, 1])]]), sides=40)


def _shade(low: float, high: float, height: float, bulge: float) -> Solid:
    """A thin open shade around the origin's axis, from z = 0 (radius `low`) up to `height` (radius `high`)."""
    outer = smooth([(low, 0.0), ((low + high) / 2 + bulge, height / 2), (high, height)], 18)
    inner = outer[::-1] - np.array([0.012, 0.0])
    return lathe(np.concatenate([outer, inner]), sides=44, closed=True)


def _standing(lamp: Assembly, tall: bool, rng: np.random.Generator) -> None:
    height = rng.uniform(1.3, 1.6) if tall else rng.uniform(0.42, 0.6)
    lamp.add("base", _foot(rng.uniform(0.14, 0.19) if tall else rng.uniform(0.11, 0.15), rng))
    thin = rng.uniform(0.011, 0.017)
    kind = rng.choice(["pole", "spindle"] if tall else list(_STEMS))
    stem = smooth([(thin * share, 0.03 + place * height) for share, place in _STEMS[str(kind)]], 44)
    lamp.add("stand", lathe(np.concatenate([[(0, 0.03)], stem, [(0, stem[-1, 1])]]), sides=24))
    low = rng.uniform(0.2, 0.26) if tall else rng.uniform(0.16, 0.21)
    rise = rng.uniform(0.18, 0.26)
    bottom = 0.03 + height - 0.25 * rise
    lamp.add("shade", _shade(low, low * rng.uniform(0.5, 1.0), rise, rng.uniform(-0.01, 0.025)).moved(z=bottom))
    lamp.add("bulb", _bulb().moved(z=0.03 + height))


def _bulb() -> Solid:
    drawn = smooth([(0.014, 0), (0.015, 0.02), (0.034, 0.055), (0.028, 0.085)], 18)
    return lathe(np.concatenate([[(0, 0)], drawn, [(0.014, 0.097), (0, 0.1)]]), sides=20)


def _desk(lamp: Assembly, rng: np.random.Generator) -> None:
    lamp.add("base", _foot(rng.uniform(0.09, 0.12), rng))
    lift, fold = np.deg2rad(rng.uniform(55, 100)), np.deg2rad(rng.uniform(-5, 40))
    lower, upper = rng.uniform(0.26, 0.34), rng.uniform(0.24, 0.32)
    start = np.array([0.0, 0.0, 0.04])
    elbow = start + lower * np.array([-np.cos(lift) - 0.25, 0.0, np.sin(lift)])
    head = elbow + upper * np.array([np.cos(fold), 0.0, np.sin(fold)])
    bars = (0.014, -0.014) if rng.random() < 0.5 else (0.0,)
    for one, two in ((start, elbow), (elbow, head)):
        for side in bars:
            lamp.add("stand", tube([one + at(0, side, 0), two + at(0, side, 0)], 0.007 if len(bars) > 1 else 0.011, 10))
    for joint in (start, elbow, head):
        lamp.add("stand", tube([joint - at(0, 0.022, 0), joint + at(0, 0.022, 0)], 0.017, 14))
    _head(lamp, head, rng.uniform(-35, 15), rng)


def _head(lamp: Assembly, head: Array, tilt: float, rng: np.random.Generator) -> None:
    """A bell that hangs from `head` and shines down and forward."""
    wide, deep = rng.uniform(0.085, 0.11), rng.uniform(0.12, 0.16)
    outer = smooth([(0.024, 0.0), (0.034, -0.25 * deep), (0.75 * wide, -0.6 * deep), (wide, -deep)], 22)
    inner = outer[::-1] - np.array([0.009, 0.0])
    inner = inner[inner[:, 1] < -0.15 * deep]
    bell = lathe(np.concatenate([[(0, 0.012), (0.02, 0.008)], outer, inner, [(0, inner[-1, 1])]]), sides=40)
    glow = ellipsoid((0, 0, -0.72 * deep), (0.033, 0.033, 0.042), 20, 12)
    for part, solid in (("shade", bell), ("bulb", glow)):
        lamp.add(part, solid.turned((0, 1, 0), tilt).moved(*head))


def _arc(lamp: Assembly, rng: np.random.Generator) -> None:
    height, reach = rng.uniform(1.4, 1.7), rng.uniform(0.7, 1.0)
    lamp.add("base", _foot(rng.uniform(0.16, 0.2), rng))
    hang = np.array([reach, 0.0, rng.uniform(0.72, 0.85) * height])
    bow = [(0, 0, 0.02), (0, 0, 0.6 * height), (0.35 * reach, 0, height), (0.85 * reach, 0, 0.95 * height)]
    path = smooth([*map(np.array, bow), hang], 48)
    lamp.add("stand", tube(path, 0.012, 12))
    radius = rng.uniform(0.15, 0.2)
    angle = np.deg2rad(np.linspace(88, 0, 16))
    dome = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inner = dome[::-1] * (1 - 0.06)
    bowl = lathe(np.concatenate([[(0, radius)], dome, inner, [(0, inner[-1, 1])]]), sides=40)
    lamp.add("shade", bowl.moved(*(hang - at(0, 0, radius))))
    lamp.add("bulb", ellipsoid(hang - at(0, 0, 0.75 * radius), (0.05, 0.05, 0.055), 20, 12))


SHAPE = ShapeBuilder(category="Lamp", parts=_PARTS, build=_build)
