"""Octopuses: a round mantle and eight arms (`leg`) that curl in all directions."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes._solids import ellipsoid, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("body", "leg")


def _build(rng: np.random.Generator) -> Mesh:
    wide, tall = rng.uniform(0.3, 0.4), rng.uniform(0.34, 0.55)
    mantle = Flesh(_PARTS)
    tilt = rng.uniform(-25, 25)
    top = np.array([0.5 * np.sin(np.deg2rad(tilt)) * tall, 0.0, 0.95 * tall])
    mantle.ball("body", (0, 0, 0.1), (0.85 * wide, 0.85 * wide, 0.22), 0.1)
    mantle.ball("body", top, (0.92 * wide, wide, tall), 0.25, tilt=tilt)
    thick, long = rng.uniform(0.09, 0.115), rng.uniform(0.9, 1.3)
    octopus = Assembly(_PARTS)
    mantle.pour(octopus, 2400)
    octopus.add_pair("body", ellipsoid((0.72 * wide, 0.46 * wide, 0.3), (0.09, 0.075, 0.09), 16, 10))
    for number in range(8):
        path = _curl(0.55 * wide, long * rng.uniform(0.85, 1.15), rng)
        arm = tube(path, thick * (1 - 0.78 * np.linspace(0, 1, len(path)) ** 0.8), 12)
        octopus.add("leg", arm.turned((0, 0, 1), 45.0 * number + 22.5 + rng.uniform(-7, 7)))
    return octopus.shape()


def _curl(start: float, long: float, rng: np.random.Generator, count: int = 26) -> Array:
    """A path (count, 3) out along x that droops to the ground, swings sideways and lifts its tip."""
    share = np.linspace(0.0, 1.0, count)
    swing = rng.uniform(-1.6, 1.6) * share**1.5 + rng.uniform(-0.5, 0.5) * np.sin(2 * np.pi * share)
    pitch = -rng.uniform(0.5, 0.9) * np.cos(0.5 * np.pi * share) ** 2 + rng.uniform(0.0, 1.5) * share**3
    step = np.stack([np.cos(pitch) * np.cos(swing), np.cos(pitch) * np.sin(swing), np.sin(pitch)], axis=1)
    path = np.concatenate([np.zeros((1, 3)), np.cumsum(step[:-1], axis=0)]) * long / count
    return path + np.array([start, 0.0, 0.1])


SHAPE = ShapeBuilder(category="Octopus", parts=_PARTS, build=_build)
