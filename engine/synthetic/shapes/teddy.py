"""Teddy bears: soft bodies, sitting or standing. As in the benchmark, a teddy's arms are its `hand`s."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes._solids import ellipsoid
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("ear", "hand", "head", "leg", "torso")
_FACES = 6500


def _build(rng: np.random.Generator) -> Mesh:
    belly, head = rng.uniform(0.36, 0.46), rng.uniform(0.28, 0.35)
    tall = rng.uniform(1.05, 1.3)
    bear = Flesh(_PARTS)
    bear.ball("torso", (0, 0, 0), (0.88 * belly, belly, tall * belly), 0.1)
    above = tall * belly + 0.72 * head
    bear.ball("head", (0.03, 0, above), (0.92 * head, 1.04 * head, 0.94 * head), 0.12)
    snout = rng.uniform(0.42, 0.52) * head
    bear.ball("head", (0.03 + 0.82 * head, 0, above - 0.2 * head), (snout, 1.05 * snout, 0.85 * snout), 0.12)
    sits = rng.random() < 0.6
    lift, ahead = rng.uniform(-0.35, 0.55), rng.uniform(0.0, 0.7)
    ear, arm, leg = rng.uniform(0.34, 0.46) * head, rng.uniform(0.11, 0.15), rng.uniform(0.15, 0.19)
    for side in (-1, 1):
        bear.ball("ear", (0, side * 0.72 * head, above + 0.78 * head), (0.55 * ear, ear, ear), 0.06)
        shoulder = np.array([0.03, side * 0.78 * belly, 0.62 * tall * belly])
        way = np.array([ahead, side * 1.0, lift + rng.uniform(-0.2, 0.2)])
        hand = shoulder + rng.uniform(0.42, 0.5) * way / np.linalg.norm(way)
        bear.limb("hand", shoulder, hand, (arm, 1.12 * arm), 0.13)
        if sits:
            hip = np.array([0.35 * belly, side * 0.55 * belly, -0.78 * tall * belly])
            foot = hip + np.array([0.5, side * rng.uniform(0.05, 0.25), -0.02])
        else:
            hip = np.array([0.0, side * 0.5 * belly, -0.75 * tall * belly])
            foot = hip + np.array([0.02, side * 0.08, -0.48])
        bear.limb("leg", hip, foot, (1.12 * leg, leg), 0.13)
        toe = np.array([0.02, 0, 0.1]) if sits else np.array([0.12, 0, 0.0])
        bear.ball("leg", foot + toe, (0.62 * leg, 0.95 * leg, 1.2 * leg) if sits else (1.25 * leg, leg, 0.8 * leg), 0.1)
    teddy = Assembly(_PARTS)
    bear.pour(teddy, _FACES)
    teddy.add("head", ellipsoid((0.03 + 0.8 * head + snout, 0, above - 0.06 * head), (0.045, 0.062, 0.045), 16, 10))
    return teddy.shape()


SHAPE = ShapeBuilder(category="Teddy", parts=_PARTS, build=_build)
