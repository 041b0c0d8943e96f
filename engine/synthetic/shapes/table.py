"""Tables: a round, oval or square top on four legs, a pedestal, trestles or hairpins."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import rounded_rectangle, smooth, superellipse
from engine.synthetic.shapes._solids import beam, lathe, plate, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("leg", "support")


def _build(rng: np.random.Generator) -> Mesh:
    width, depth = rng.uniform(1.0, 1.7), rng.uniform(0.7, 1.0)
    height = rng.uniform(0.4, 0.5) if rng.random() < 0.2 else rng.uniform(0.68, 0.8)
    thick = rng.uniform(0.035, 0.07)
    top = rng.choice(["round", "oval", "square"], p=[0.3, 0.25, 0.45])
    if top == "round":
        width = depth = rng.uniform(0.85, 1.2)
    outline = rounded_rectangle(width, depth, rng.uniform(0.036, 0.12)) if top == "square" else None
    if outline is None:
        outline = superellipse(width, depth, rng.uniform(2.0, 3.2) if top == "oval" else 2.0, 56)
    table = Assembly(_PARTS)
    table.add("support", plate(outline, thick, rng.uniform(0.2, 0.48) * thick).moved(z=height - thick / 2))
    under = height - thick
    kind = rng.choice(["posts", "turned", "pedestal", "trestle", "hairpin"])
    if kind == "pedestal" or (top == "round" and rng.random() < 0.3):
        _pedestal(table, min(width, depth), under, rng)
        return table.shape()
    spread = 0.34 if top != "square" else 0.5
    x, y = (spread if top != "square" else 0.45) * width, (spread if top != "square" else 0.43) * depth
    if kind == "trestle":
        _trestle(table, x, y, under, rng)
    elif kind == "hairpin":
        _hairpins(table, x, y, under, rng)
    elif kind == "turned":
        _turned(table, x, y, under, rng)
    else:
        _posts(table, x, y, under, top == "square", rng)
    return table.shape()


def _posts(table: Assembly, x: float, y: float, under: float, square: bool, rng: np.random.Generator) -> None:
    thick, splay, taper = rng.uniform(0.05, 0.09), rng.uniform(0.0, 0.12), rng.uniform(0.5, 1.0)
    section = rounded_rectangle(thick, thick, thick * rng.choice([0.15, 0.5]), along=1, turn=4)
    for sx in (-1, 1):
        foot, head = (sx * (x + splay), y + splay * 0.6, 0.0), (sx * x, y, under + 0.005)
        table.add_pair("leg", beam(foot, head, section, 0.006, taper=taper))
    if rng.random() < 0.6 and square:  # an apron under the top
        board, drop = rounded_rectangle(0.025, 0.09, 0.006), under - 0.045
        table.add_pair("support", beam((-x, y, drop), (x, y, drop), board, 0.004))
        for sx in (-1, 1):
            table.add("support", beam((sx * x, -y, drop), (sx * x, y, drop), board, 0.004))
    elif rng.random() < 0.5:
        rail, low = rng.uniform(0.012, 0.02), 0.25 * under
        shift = splay * (1 - 0.25)
        for sx in (-1, 1):
            ends = [(sx * (x + shift), sy * (y + 0.6 * shift), low) for sy in (-1, 1)]
            table.add("leg", tube(ends, rail, 10))
        table.add("leg", tube([(-x - shift, 0, low), (x + shift, 0, low)], rail, 10))


def _turned(table: Assembly, x: float, y: float, under: float, rng: np.random.Generator) -> None:
    wide = rng.uniform(0.035, 0.05)
    shares = [(0.55, 0), (0.8, 0.05), (0.5, 0.12), (0.62, 0.3), (1.0, 0.62), (0.6, 0.72), (0.95, 0.77), (0.9, 1.0)]
    drawn = smooth([(wide * share, under * place) for share, place in shares], 40)
    leg = lathe(np.concatenate([[[0.0, 0.0]], drawn, [[0.0, under]]]), sides=16)
    for sx in (-1, 1):
        table.add_pair("leg", leg.moved(sx * x, y))


def _hairpins(table: Assembly, x: float, y: float, under: float, rng: np.random.Generator) -> None:
    wire, open_ = rng.uniform(0.009, 0.014), rng.uniform(0.07, 0.11)
    for sx in (-1, 1):
        foot = np.array([sx * (x + 0.03), y + 0.03, 0.015])
        first, second = (sx * x, y - open_, under), (sx * (x - open_), y, under)
        turn_ = foot + np.array([0.0, 0.0, -0.005])
        path = smooth(
            [first, 0.9 * foot + 0.1 * np.array(first), turn_, 0.9 * foot + 0.1 * np.array(second), second], 34
        )
        table.add_pair("leg", tube(path, wire, 8))


def _trestle(table: Assembly, x: float, y: float, under: float, rng: np.random.Generator) -> None:
    inset, thick = rng.uniform(0.72, 0.9) * x, rng.uniform(0.045, 0.07)
    section = rounded_rectangle(thick, thick, 0.2 * thick, along=1, turn=3)
    crossed = rng.random() < 0.5
    for sx in (-inset, inset):
        if crossed:
            table.add_pair("leg", beam((sx, -y, 0.0), (sx, 0.85 * y, under), section, 0.008))
        else:
            table.add_pair("leg", beam((sx, 0.75 * y, thick / 2), (sx, 0.55 * y, under), section, 0.008))
            table.add("leg", beam((sx, -y, thick / 2), (sx, y, thick / 2), section, 0.008))
    low = under / 2 if crossed else 0.32 * under
    table.add("leg", beam((-inset, 0, low), (inset, 0, low), section, 0.008))
    if not crossed:
        for sx in (-inset, inset):
            table.add("leg", beam((sx, -0.7 * y, low), (sx, 0.7 * y, low), section, 0.008))


def _pedestal(table: Assembly, wide: float, under: float, rng: np.random.Generator) -> None:
    stem, foot = rng.uniform(0.035, 0.06), rng.uniform(0.24, 0.34) * wide
    if rng.random() < 0.5:
        drawn = smooth([(foot, 0.012), (0.75 * foot, 0.04), (1.2 * stem, 0.13), (stem, 0.3), (stem, 0.75 * under)], 30)
        top = smooth([(stem, 0.8 * under), (1.4 * stem, 0.93 * under), (3 * stem, under)], 10)
        line = np.concatenate([[[0.0, 0.0], [0.6 * foot, 0.0], [foot, 0.0]], drawn, top, [[0.0, under]]])
        table.add("leg", lathe(line, sides=40))
        return
    shares = [(1.0, 0.13), (1.5, 0.2), (1.0, 0.3), (1.7, 0.45), (0.9, 0.62), (1.0, 0.85), (2.6, 1.0)]
    drawn = smooth([(stem * share, under * place) for share, place in shares], 40)
    table.add("leg", lathe(np.concatenate([[[0.0, drawn[0, 1]]], drawn, [[0.0, under]]]), sides=28))
    path = smooth(
        [(0.5 * stem, 0, 0.32 * under), (0.5 * foot, 0, 0.3 * under), (foot, 0, 0.06), (1.18 * foot, 0, 0.035)], 22
    )
    claw = tube(path, np.linspace(0.8, 0.55, 22) * stem, 12, flat=1.3, up=(0, 1, 0))
    count = int(rng.integers(3, 5))
    for number in range(count):
        table.add("leg", claw.turned((0, 0, 1), 360.0 * number / count + 45))


SHAPE = ShapeBuilder(category="Table", parts=_PARTS, build=_build)
