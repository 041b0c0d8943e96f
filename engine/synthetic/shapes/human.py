"""Human figures: soft bodies of varied build, standing, walking, reaching or sitting."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, at
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("foot", "hand", "head", "lowerarm", "lowerleg", "torso", "upperarm", "upperleg")
_FACES = 7500


def _build(rng: np.random.Generator) -> Mesh:
    pose = str(rng.choice(["stand", "walk", "reach", "sit"], p=[0.35, 0.3, 0.2, 0.15]))
    bulk, wide, hip = rng.uniform(0.92, 1.22), rng.uniform(0.165, 0.205), rng.uniform(0.085, 0.11)
    body = Flesh(_PARTS)
    _trunk(body, bulk, wide, hip)
    stride, bend = (rng.uniform(18, 32), rng.uniform(15, 45)) if pose == "walk" else (0.0, rng.uniform(0, 6))
    for side in (-1, 1):
        forward = side * stride
        fold = bend if side < 0 else 3.0
        if pose == "sit":
            forward, fold = rng.uniform(78, 88), rng.uniform(72, 90)
        _leg(body, side, hip, forward, fold, rng.uniform(2, 9), bulk)
        spread, swing, elbow = rng.uniform(12, 40), -side * 0.9 * stride, rng.uniform(5, 40)
        if pose == "reach":
            spread, swing, elbow = rng.uniform(50, 120), rng.uniform(-10, 40), rng.uniform(5, 60)
        if pose == "sit":
            spread, swing, elbow = rng.uniform(8, 20), rng.uniform(15, 35), rng.uniform(30, 60)
        _arm(body, side, wide, spread, swing, elbow, bulk)
    figure = Assembly(_PARTS)
    body.pour(figure, _FACES)
    return figure.shape()


def _trunk(body: Flesh, bulk: float, wide: float, hip: float) -> None:
    """Torso and head, the ground at z = 0 and the figure about 1.75 tall."""
    flat = ((1, 0, 0), 0.68)
    body.limb("torso", (0, -0.35 * hip, 0.93), (0, 0.35 * hip, 0.93), (0.125 * bulk, 0.125 * bulk), 0.05, flat=flat)
    body.limb("torso", (0, 0, 0.97), (0.005, 0, 1.16), (0.135 * bulk, 0.128 * bulk), 0.08, flat=((1, 0, 0), 0.74))
    body.limb("torso", (0, 0, 1.16), (-0.01, 0, 1.33), (0.13 * bulk, 0.15 * bulk), 0.06, flat=flat)
    shoulder = 0.062 * bulk
    body.limb("torso", (-0.01, -0.78 * wide, 1.405), (-0.01, 0.78 * wide, 1.405), (shoulder, shoulder), 0.09)
    body.limb("head", (-0.012, 0, 1.45), (0.008, 0, 1.56), (0.052, 0.05), 0.05)
    body.ball("head", (0.02, 0, 1.655), (0.098, 0.077, 0.122), 0.04)
    body.limb("head", (0.04, 0, 1.585), (0.075, 0, 1.575), (0.05, 0.034), 0.05)
    body.limb("head", (0.108, 0, 1.665), (0.126, 0, 1.638), (0.011, 0.016), 0.02)
    for side in (-1, 1):
        body.ball("head", (0.012, 0.08 * side, 1.645), (0.02, 0.013, 0.033), 0.015)


def _direction(side: int, spread: float, forward: float) -> Array:
    """Hanging down, lifted sideways by `spread` degrees, then swung forward."""
    out, ahead = np.deg2rad(spread), np.deg2rad(forward)
    down = np.cos(out)
    return np.array([down * np.sin(ahead), side * np.sin(out), -down * np.cos(ahead)])


def _leg(body: Flesh, side: int, hip: float, forward: float, fold: float, spread: float, bulk: float) -> None:
    top = np.array([0.0, side * hip, 0.9])
    knee = top + 0.42 * _direction(side, spread, forward)
    ankle = knee + 0.40 * _direction(side, 0.5 * spread, forward - fold)
    body.limb("upperleg", top, knee, (0.092 * bulk, 0.058 * bulk**0.5), 0.05)
    shin = 0.45 * ankle + 0.55 * knee + np.array([-0.012, 0, 0])
    body.limb("lowerleg", knee, shin, (0.055, 0.056 * bulk**0.5), 0.02)
    body.limb("lowerleg", shin, ankle, (0.054 * bulk**0.5, 0.036), 0.03)
    tilt = np.deg2rad(max(0.0, fold - forward) if forward < 45 else 0.0)
    toe = np.array([np.cos(tilt), 0.12 * side, -np.sin(tilt)])
    heel = ankle + np.array([-0.035 * np.cos(tilt), 0, -0.035])
    body.limb("foot", heel, heel + 0.1 * toe + at(0, 0, -0.005), (0.038, 0.04), 0.03)
    body.limb(
        "foot", heel + 0.1 * toe, heel + 0.185 * toe + at(0, 0, -0.012), (0.04, 0.03), 0.02, flat=((0, 0, 1), 0.75)
    )


def _arm(body: Flesh, side: int, wide: float, spread: float, swing: float, bend: float, bulk: float) -> None:
    shoulder = np.array([-0.01, side * wide, 1.395])
    upper = _direction(side, spread, swing)
    elbow = shoulder + 0.285 * upper
    lower = _direction(side, 0.85 * spread, swing + bend)
    wrist = elbow + 0.25 * lower
    body.limb("upperarm", shoulder, elbow, (0.056 * bulk, 0.041), 0.03)
    body.limb("lowerarm", elbow, wrist, (0.042, 0.028), 0.015)
    across = np.cross(lower, [0.0, 1.0, 0.0]) if abs(lower[1]) < 0.8 else np.cross(lower, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    palm = np.cross(lower, across)
    flat = (palm, 0.58)
    body.limb("hand", wrist + 0.025 * lower, wrist + 0.085 * lower, (0.036, 0.044), 0.02, flat=flat)
    body.limb("hand", wrist + 0.085 * lower, wrist + 0.155 * lower, (0.042, 0.029), 0.01, flat=flat)
    thumb = across * (1.0 if across[0] >= 0 else -1.0)
    start = wrist + 0.045 * lower + 0.025 * thumb
    body.limb("hand", start, start + 0.05 * lower + 0.028 * thumb, (0.017, 0.014), 0.012)


SHAPE = ShapeBuilder(category="Human", parts=_PARTS, build=_build)
