"""Ants: head, torso and back in a row, six jointed legs and two antennae."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import at, smooth
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes._solids import Solid, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("antenna", "back", "head", "leg", "torso")


def _build(rng: np.random.Generator) -> Mesh:
    long, slim = rng.uniform(0.36, 0.48), rng.uniform(0.09, 0.12)
    flesh = Flesh(_PARTS)
    head = np.array([rng.uniform(0.16, 0.21), rng.uniform(0.14, 0.18), rng.uniform(0.12, 0.15)])
    front = np.array([long + 0.75 * head[0], 0.0, rng.uniform(0.0, 0.1)])
    flesh.limb("torso", (-long, 0, 0), (0, 0, 0.02), (0.8 * slim, slim), 0.05)
    flesh.limb("torso", (0, 0, 0.02), (long, 0, 0), (slim, 0.75 * slim), 0.05)
    flesh.ball("head", front, head, 0.06, tilt=rng.uniform(10, 30))
    back = np.array([rng.uniform(0.32, 0.46), rng.uniform(0.2, 0.27), rng.uniform(0.18, 0.24)])
    droop = rng.uniform(-5, 25)
    flesh.ball(
        "back", (-long - 0.85 * back[0], 0, -0.25 * back[0] * np.sin(np.deg2rad(droop))), back, 0.07, tilt=-droop
    )
    ant = Assembly(_PARTS)
    flesh.pour(ant, 3600)
    thick, ground = rng.uniform(0.03, 0.042), -rng.uniform(0.42, 0.55)
    for number, place in enumerate((0.7, 0.1, -0.5)):
        for side in (-1, 1):
            ant.add("leg", _leg(place * long, side, (0.6, 0.0, -0.65)[number], thick, ground, rng))
    reach, lift = rng.uniform(0.25, 0.4), rng.uniform(0.1, 0.3)
    for side in (-1, 1):
        root = front + at(0.55 * head[0], side * 0.45 * head[1], 0.55 * head[2])
        knee = root + at(0.5 * reach, side * 0.35 * reach, lift)
        end = knee + at(0.75 * reach, side * 0.2 * reach, -0.3 * lift)
        ant.add("antenna", tube(smooth([root, knee, end], 18), np.linspace(1.0, 0.75, 18) * 0.026, 12))
    return ant.shape()


def _leg(x: float, side: int, sweep: float, thick: float, ground: float, rng: np.random.Generator) -> Solid:
    out, high = rng.uniform(0.38, 0.46), rng.uniform(0.1, 0.22)
    points = [
        (x, side * 0.04, -0.02),
        (x + 0.2 * sweep * out, side * 0.4 * out, 0.6 * high),
        (x + 0.6 * sweep * out, side * out, high),
        (x + 0.95 * sweep * out, side * 1.45 * out, 0.6 * ground),
        (x + 1.1 * sweep * out, side * 1.7 * out, ground),
    ]
    return tube(smooth(points, 26), np.linspace(1.15, 0.7, 26) * thick, 12)


SHAPE = ShapeBuilder(category="Ant", parts=_PARTS, build=_build)
