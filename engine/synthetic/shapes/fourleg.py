"""Animals on four legs: soft bodies between dog, horse, cow, giraffe and pig."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, at, smooth
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("earhorn", "head", "leg", "neck", "tail", "torso")
_FACES = 7500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What tells animals apart; lengths as shares of the distance from shoulder to hip, angles in degrees."""

    belly: float
    leg: float
    thick: float
    neck: float
    rise: float
    head: float
    snout: float
    ear: float
    horn: bool
    tail: tuple[float, float]  # length, and degrees above the horizontal


_KINDS = {
    "dog": _Kind(
        belly=0.21, leg=0.62, thick=0.068, neck=0.3, rise=50, head=0.15, snout=0.2, ear=0.14, horn=False, tail=(0.5, 35)
    ),
    "horse": _Kind(
        belly=0.26,
        leg=0.85,
        thick=0.075,
        neck=0.58,
        rise=52,
        head=0.14,
        snout=0.34,
        ear=0.1,
        horn=False,
        tail=(0.6, -65),
    ),
    "cow": _Kind(
        belly=0.31,
        leg=0.58,
        thick=0.085,
        neck=0.34,
        rise=22,
        head=0.17,
        snout=0.26,
        ear=0.12,
        horn=True,
        tail=(0.6, -78),
    ),
    "giraffe": _Kind(
        belly=0.27, leg=1.2, thick=0.075, neck=1.2, rise=62, head=0.13, snout=0.26, ear=0.1, horn=True, tail=(0.4, -70)
    ),
    "pig": _Kind(
        belly=0.33, leg=0.36, thick=0.085, neck=0.25, rise=8, head=0.21, snout=0.2, ear=0.13, horn=False, tail=(0.2, 25)
    ),
}


def _build(rng: np.random.Generator) -> Mesh:
    kind = _KINDS[str(rng.choice(list(_KINDS)))]
    belly, leg = kind.belly * rng.uniform(0.9, 1.1), kind.leg * rng.uniform(0.9, 1.1)
    body = Flesh(_PARTS)
    shoulder, hip = np.array([0.5, 0.0, leg + 0.4 * belly]), np.array([-0.5, 0.0, leg + 0.4 * belly])
    flat = ((0, 1, 0), 0.82)
    sag = np.array([0.0, 0.0, -0.12 * belly])
    body.limb("torso", hip, sag + at(0.0, 0.0, hip[2]), (0.9 * belly, 0.97 * belly), 0.1, flat=flat)
    body.limb("torso", sag + at(0.0, 0.0, hip[2]), shoulder, (0.97 * belly, belly), 0.1, flat=flat)
    stride = rng.uniform(0, 24) * rng.choice([-1, 1])
    for front in (True, False):
        for side in (-1, 1):
            swing = stride * side * (1 if front else -1) + rng.uniform(-3, 3)
            _leg(body, (shoulder if front else hip), side, front, swing, belly, kind.thick)
    top, ahead = _neck(body, shoulder, kind, belly, rng)
    _head(body, top, ahead, kind, rng)
    _tail(body, hip, kind, belly, rng)
    animal = Assembly(_PARTS)
    body.pour(animal, _FACES)
    return animal.shape()


def _leg(body: Flesh, root: Array, side: int, front: bool, swing: float, belly: float, thick: float) -> None:
    start = root + at(-0.02 if front else 0.0, side * 0.42 * belly, -0.35 * belly)
    reach = float(start[2])
    angle = np.deg2rad(swing)
    knee = start + 0.52 * reach * np.array([np.sin(angle) + (0.0 if front else 0.16), 0.0, -np.cos(angle)])
    back = np.deg2rad(min(swing, 0.0) * 1.0 - (0.0 if front else 14.0))
    foot = knee + (knee[2] - 0.6 * thick) * np.array([np.sin(back), 0.0, -1.0])
    body.limb("leg", start, knee, ((1.5 if front else 1.9) * thick, thick), 0.1)
    body.limb("leg", knee, foot, (0.95 * thick, 0.72 * thick), 0.03)
    body.limb("leg", foot, foot + at(0.55 * thick, 0, 0), (0.9 * thick, 0.8 * thick), 0.04)


def _neck(body: Flesh, shoulder: Array, kind: _Kind, belly: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Where the neck ends, and which way the head looks."""
    rise = np.deg2rad(kind.rise + rng.uniform(-8, 8))
    start = shoulder + np.array([0.45 * belly, 0.0, 0.35 * belly])
    top = start + kind.neck * np.array([np.cos(rise), 0.0, np.sin(rise)])
    body.limb("neck", start, top, (0.62 * belly, 0.95 * kind.head), 0.12, flat=((0, 1, 0), 0.8))
    drop = np.deg2rad(rng.uniform(15, 38))
    return top, np.array([np.cos(drop), 0.0, -np.sin(drop)])


def _head(body: Flesh, top: Array, ahead: Array, kind: _Kind, rng: np.random.Generator) -> None:
    up = np.array([-ahead[2], 0.0, ahead[0]])
    skull = top + 0.35 * kind.head * ahead + 0.25 * kind.head * up
    body.ball("head", skull, (1.15 * kind.head, 0.9 * kind.head, 0.98 * kind.head), 0.05)
    start = skull + 0.5 * kind.head * ahead - 0.2 * kind.head * up
    end = start + (kind.snout + 0.2 * kind.head) * ahead
    body.limb("head", start, end, (0.68 * kind.head, 0.47 * kind.head), 0.06, flat=((0, 1, 0), 0.9))
    long, hang = kind.ear * rng.uniform(0.9, 1.3), rng.random() < 0.35
    for side in (-1, 1):
        root = skull + 0.68 * kind.head * up - 0.25 * kind.head * ahead + at(0, side * 0.55 * kind.head, 0)
        way = (-0.5 * up if hang else 0.8 * up) + at(0, side * (0.8 if hang or kind.horn else 0.4), 0) - 0.15 * ahead
        if hang:
            root = root + at(0, side * 0.25 * kind.head, -0.1 * kind.head)
        body.limb("earhorn", root, root + long * way, (0.042, 0.03), 0.02, flat=(ahead, 0.75))
        if kind.horn:
            stem = skull + 0.85 * kind.head * up + at(0, side * 0.3 * kind.head, 0)
            body.limb("earhorn", stem, stem + 0.15 * up + at(0, side * 0.05, 0), (0.034, 0.026), 0.015)


def _tail(body: Flesh, hip: Array, kind: _Kind, belly: float, rng: np.random.Generator) -> None:
    long, angle = kind.tail[0] * rng.uniform(0.85, 1.2), np.deg2rad(kind.tail[1] + rng.uniform(-10, 10))
    start = hip + np.array([-0.82 * belly, 0.0, 0.35 * belly])
    way = np.array([-np.cos(angle), 0.0, np.sin(angle)])
    middle = start + 0.4 * long * way + at(-0.1 * long, 0.0, 0.06 * long)
    path = smooth([start, middle, start + long * way], 6)
    for one, two in pairwise(path):
        body.limb("tail", one, two, (0.04, 0.036), 0.015)


SHAPE = ShapeBuilder(category="FourLeg", parts=_PARTS, build=_build)
