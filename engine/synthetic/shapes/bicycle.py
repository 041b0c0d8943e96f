"""Bicycles: a diamond or step-through frame, two spoked wheels, handlebar, pedals and saddle."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, at, smooth
from engine.synthetic.shapes._solids import Solid, block, ellipsoid, lathe, plate, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("frame", "handlebar", "pedal", "saddle", "wheel")


def _build(rng: np.random.Generator) -> Mesh:
    radius, tyre = rng.uniform(0.31, 0.35), rng.uniform(0.018, 0.03)
    rear, front = np.array([-0.5, 0.0, radius]), np.array([0.5 + rng.uniform(0.0, 0.06), 0.0, radius])
    crank = np.array([-0.07, 0.0, rng.uniform(0.26, 0.29)])
    seat = np.array([-0.22, 0.0, rng.uniform(0.68, 0.8)])
    head = np.array([0.33, 0.0, rng.uniform(0.74, 0.84)])
    bike = Assembly(_PARTS)
    wheel = _wheel(radius, tyre, int(rng.integers(8, 15)))
    for hub in (rear, front):
        bike.add("wheel", *(solid.moved(*hub) for solid in wheel))
    _frame(bike, rear, front, crank, seat, head, rng)
    _pedals(bike, crank, rng.uniform(0, 360))
    _saddle(bike, seat + at(-0.03, 0.0, rng.uniform(0.08, 0.16)), seat, rng)
    _handlebar(bike, head + at(-0.01, 0.0, 0.03), rng)
    return bike.shape()


def _wheel(radius: float, tyre: float, spokes: int) -> list[Solid]:
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = np.stack([np.cos(angle), np.zeros(48), np.sin(angle)], axis=1)
    rubber = tube((radius - tyre) * ring, tyre, 8, closed=True, up=(0, 1, 0))
    rim = tube((radius - 2.1 * tyre) * ring, 0.5 * tyre, 6, closed=True, up=(0, 1, 0))
    hub = tube([(0, -0.045, 0), (0, 0.045, 0)], 0.02, 8)
    wires = []
    for number in range(spokes):
        way = np.array([np.cos(2 * np.pi * number / spokes), 0.0, np.sin(2 * np.pi * number / spokes)])
        side = np.array([0.0, 0.03 if number % 2 else -0.03, 0.0])
        wires.append(tube([side + 0.015 * way, (radius - 2.1 * tyre) * way], 0.004, 5))
    return [rubber, rim, hub, *wires]


def _frame(
    bike: Assembly, rear: Array, front: Array, crank: Array, seat: Array, head: Array, rng: np.random.Generator
) -> None:
    pipe = rng.uniform(0.015, 0.021)
    neck = head + 0.17 * (front + at(-0.05, 0, 0) - head)
    step = rng.random() < 0.3
    low_top = 0.55 * seat + 0.45 * crank if step else seat + (crank - seat) * 0.04
    if step:
        bow = smooth([neck, 0.5 * (neck + low_top) + at(0, 0, -0.06), low_top], 16)
        bike.add("frame", tube(bow, pipe, 12))
    else:
        bike.add("frame", tube([low_top, head + 0.04 * (neck - head)], pipe, 12))
    bike.add("frame", tube([crank, neck], 1.15 * pipe, 12), tube([crank, seat], pipe, 12))
    bike.add("frame", tube([head + 0.15 * (head - neck), neck], 1.3 * pipe, 12))
    bike.add("frame", tube([crank - at(0, 0.04, 0), crank + at(0, 0.04, 0)], 1.6 * pipe, 14))
    for side in (-0.045, 0.045):
        off = np.array([0.0, side, 0.0])
        bike.add("frame", tube([crank + 0.6 * off, rear + off], 0.6 * pipe, 8))
        bike.add("frame", tube([seat + (crank - seat) * 0.1 + 0.3 * off, rear + off], 0.6 * pipe, 8))
        fork = smooth(
            [neck + 0.3 * off, neck + off + at(0.02, 0, -0.06), 0.4 * neck + 0.6 * front + off, front + off], 16
        )
        bike.add("frame", tube(fork, 0.7 * pipe, 8))


def _pedals(bike: Assembly, crank: Array, angle: float) -> None:
    ring = lathe([(0, -0.006), (0.085, -0.006), (0.09, 0.0), (0.085, 0.006), (0, 0.006)], sides=32)
    bike.add("pedal", ring.turned((1, 0, 0), 90.0).moved(*(crank + at(0, 0.055, 0))))
    for side in (-1, 1):
        way = side * np.array([np.cos(np.deg2rad(angle)), 0.0, np.sin(np.deg2rad(angle))])
        root = crank + at(0, 0.068 * side, 0)
        bike.add("pedal", tube([root, root + 0.165 * way], 0.011, 8))
        step = block(0.1, 0.085, 0.024, 0.01)
        bike.add("pedal", step.moved(*(root + 0.165 * way + at(0, 0.055 * side, 0))))
        bike.add("pedal", tube([root - at(0, 0.045 * side, 0), root], 0.013, 8))


def _saddle(bike: Assembly, top: Array, seat: Array, rng: np.random.Generator) -> None:
    place = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    long, wide = rng.uniform(0.13, 0.15), rng.uniform(0.06, 0.085)
    across = wide * np.sin(place) * (0.62 - 0.38 * np.cos(place))
    outline = np.stack([long * np.cos(place), across], axis=1)
    pad = plate(outline, 0.045, 0.02).mapped(lambda p: p + np.outer(0.9 * p[:, 0] ** 2 - 1.2 * p[:, 1] ** 2, [0, 0, 1]))
    bike.add("saddle", pad.moved(*top))
    bike.add("saddle", tube([seat, top - at(0, 0, 0.01)], 0.012, 10))


def _handlebar(bike: Assembly, top: Array, rng: np.random.Generator) -> None:
    kind = rng.choice(["flat", "drop", "swept"])
    wide, stem = rng.uniform(0.2, 0.27), top + np.array([0.06, 0.0, rng.uniform(0.03, 0.09)])
    if kind == "flat":
        side = [(0, 0, 0), (0, 0.5 * wide, 0), (-0.03, wide, 0.01)]
    elif kind == "swept":
        side = [(0, 0, 0), (0.02, 0.4 * wide, 0.05), (-0.04, 0.95 * wide, 0.07), (-0.17, wide, 0.05)]
    else:
        wide *= 0.85
        side = [(0, 0, 0), (0.01, 0.8 * wide, 0), (0.09, wide, -0.01), (0.1, wide, -0.09), (0.0, wide, -0.13)]
    bike.add("handlebar", tube([top - at(0.012, 0, 0.06), top, stem], 0.014, 10))
    bike.add_pair("handlebar", tube(smooth([stem + np.array(point) for point in side], 28), 0.012, 10))
    grip = stem + np.array(side[-1])
    before = stem + np.array(side[-2])
    way = (before - grip) / np.linalg.norm(before - grip)
    bike.add_pair("handlebar", tube([grip, grip + 0.07 * way], 0.018, 10))
    if rng.random() < 0.5:
        bike.add("handlebar", ellipsoid(stem + at(0.05, 0, -0.03), (0.03, 0.035, 0.035), 16, 10))


SHAPE = ShapeBuilder(category="Bicycle", parts=_PARTS, build=_build)
