"""Chairs: a seat on four legs, a swivel foot or a bent tube; posts and armrests (`arm`) carry the back."""

from collections.abc import Callable

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, rounded_rectangle, smooth, superellipse
from engine.synthetic.shapes._solids import Solid, beam, lathe, plate, tube
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("arm", "backsupport", "leg", "support")


def _build(rng: np.random.Generator) -> Mesh:
    width, depth, seat = rng.uniform(0.42, 0.54), rng.uniform(0.40, 0.50), rng.uniform(0.42, 0.48)
    thick = rng.uniform(0.03, 0.08)
    chair = Assembly(_PARTS)
    round_ = rng.random() < 0.25
    near = 0.8 if round_ else 1.0  # legs and posts stand further in on a round seat
    if round_:
        outline = superellipse(depth, width, 2.3, 48)
    else:
        outline = rounded_rectangle(depth, width, rng.uniform(0.04, 0.085))
    slab = plate(outline, thick, rng.uniform(0.3, 0.48) * thick).moved(z=seat - thick / 2)
    hollow = rng.uniform(0.0, 0.02)
    chair.add("support", slab.mapped(lambda points: _dished(points, width, depth, hollow)))
    kind = rng.choice(["wood", "swivel", "bent", "sled"], p=[0.5, 0.2, 0.15, 0.15])
    under = seat - thick + 0.005
    if kind == "swivel":
        _swivel(chair, 0.58 * width, under, rng)
    elif kind == "wood":
        _legs(chair, 0.42 * near**1.5 * depth, 0.42 * near**1.5 * width, under, rng)
    else:
        _bent(chair, 0.46 * near**1.5 * depth, 0.44 * near**1.5 * width, under, cantilever=kind == "bent", rng=rng)
    lean = rng.uniform(0.04, 0.12)
    top = seat + rng.uniform(0.36, 0.52)
    _back(chair, near**2 * width, -0.46 * near * depth, seat, top, lean, rng)
    if rng.random() < 0.4 and not round_:
        _armrests(chair, 0.5 * width, depth, seat, lean, rng)
    return chair.shape()


def _dished(points: Array, width: float, depth: float, hollow: float) -> Array:
    away = (2 * points[:, 0] / depth) ** 2 + (2 * points[:, 1] / width) ** 2
    return points - np.array([0.0, 0.0, 1.0]) * (hollow * np.maximum(1 - away, 0.0))[:, None]


def _legs(chair: Assembly, x: float, y: float, under: float, rng: np.random.Generator) -> None:
    thick, splay, taper = rng.uniform(0.034, 0.05), rng.uniform(0.0, 0.06), rng.uniform(0.55, 1.0)
    section = rounded_rectangle(thick, thick, thick * rng.choice([0.2, 0.5]), along=1, turn=4)
    for sx in (-1, 1):
        foot = (sx * (x + splay), y + 0.7 * splay, 0.0)
        chair.add_pair("leg", beam(foot, (sx * x, y, under), section, 0.006, taper=taper))
    if rng.random() < 0.5:
        low, out = 0.35 * under, 0.65 * splay
        chair.add_pair("leg", tube([(-x - out, y + 0.7 * out, low), (x + out, y + 0.7 * out, low)], 0.011, 10))
        chair.add("leg", tube([(0, -y - 0.7 * out, low), (0, y + 0.7 * out, low)], 0.011, 10))


def _swivel(chair: Assembly, reach: float, under: float, rng: np.random.Generator) -> None:
    stem = rng.uniform(0.022, 0.032)
    shares = [(0, 0.07), (1.7, 0.07), (1.7, 0.13), (1.5, 0.14), (1.5, 0.24), (1.0, 0.25), (1.0, under - 0.04)]
    line = [(stem * share, height) for share, height in shares] + [(0.12, under - 0.015), (0.12, under), (0, under)]
    chair.add("leg", lathe(line, sides=24))
    path = smooth([(0.3 * stem, 0, 0.11), (0.5 * reach, 0, 0.1), (reach, 0, 0.06)], 12)
    spoke = tube(path, np.linspace(1.1, 0.7, 12) * 0.024, 8)
    wheel = lathe([(0, -0.012), (0.022, -0.012), (0.028, -0.006), (0.028, 0.006), (0.022, 0.012), (0, 0.012)], 14)
    wheel = wheel.turned((1, 0, 0), 90.0).moved(x=reach, z=0.028)
    for number in range(5):
        for solid in (spoke, wheel):
            chair.add("leg", solid.turned((0, 0, 1), 72.0 * number + 36.0))


def _bent(chair: Assembly, x: float, y: float, under: float, *, cantilever: bool, rng: np.random.Generator) -> None:
    pipe = rng.uniform(0.011, 0.016)
    ground = pipe
    side = [
        (x, under),
        (x + 0.02, 0.5 * under),
        (x, ground + 0.05),
        (x - 0.06, ground),
        (0, ground),
        (-0.6 * x, ground),
    ]
    side += [(-x, ground)] if cantilever else [(-x + 0.04, ground), (-x, ground + 0.05), (-x, 0.5 * under), (-x, under)]
    chair.add_pair("leg", tube(smooth([(px, y, pz) for px, pz in side], 44), pipe, 12))
    chair.add("leg", tube([(-x, -y, ground), (-x, y, ground)], pipe, 12))
    chair.add("leg", tube([(x, -y, under - pipe), (x, y, under - pipe)], pipe, 12))


def _back(
    chair: Assembly, width: float, x: float, seat: float, top: float, lean: float, rng: np.random.Generator
) -> None:
    """Posts from the seat up, labelled `arm`, and between or on them a panel, slats or rungs."""
    style = rng.choice(["panel", "slats", "ladder", "rest"], p=[0.35, 0.25, 0.2, 0.2])
    y, bow, post = 0.42 * width, rng.uniform(0.01, 0.05), rng.uniform(0.012, 0.019)

    def place(across: float, up: float) -> tuple[float, float, float]:
        curve = bow * (1 - (across / y) ** 2)
        return x - lean * up**1.3 - curve * min(1.0, 2 * up), across, seat - 0.02 + up * (top - seat)

    bottom = {"panel": rng.uniform(0.2, 0.5), "slats": 0.82, "ladder": 0.86, "rest": rng.uniform(0.6, 0.7)}[style]
    ends = 1.0 if style in ("ladder", "slats") else 0.5 * (1 + bottom)
    chair.add_pair("arm", tube([place(y, up) for up in np.linspace(0, ends, 14)], post, 12))
    if style == "slats":
        for across in np.linspace(-0.72 * y, 0.72 * y, int(rng.integers(3, 7))):
            chair.add("backsupport", tube([place(across, up) for up in np.linspace(0.03, 0.88, 10)], 0.6 * post, 7))
    if style == "ladder":
        count = int(rng.integers(2, 4))
        for low in np.linspace(0.3, 0.68, count):
            chair.add("backsupport", _panel(place, y, low, low + 0.11, 0.014))
    chair.add("backsupport", _panel(place, 1.06 * y, bottom, 1.0, rng.uniform(0.018, 0.03)))


def _panel(
    place: Callable[[float, float], tuple[float, float, float]], y: float, low: float, high: float, thick: float
) -> Solid:
    """A board between two heights of the back, curved as the back is."""
    outline = rounded_rectangle(2.0, 2.0, 0.45, along=5, turn=3)
    flat = plate(outline, thick, 0.48 * thick)

    def bend(points: Array) -> Array:
        middle = [place(across * y, low + (up + 1) / 2 * (high - low)) for across, up in points[:, :2]]
        return np.array(middle) + np.array([1.0, 0.0, 0.0]) * points[:, 2:]

    return flat.mapped(bend)


def _armrests(chair: Assembly, y: float, depth: float, seat: float, lean: float, rng: np.random.Generator) -> None:
    height, front = seat + rng.uniform(0.18, 0.24), rng.uniform(0.25, 0.42) * depth
    back = -0.48 * depth - 0.4 * lean
    bar = smooth([(back, 0.86 * y, height), (0.0, y, height + 0.01), (front, y, height - 0.005)], 16)
    chair.add_pair("arm", tube(bar, rng.uniform(0.016, 0.024), 12, flat=0.6))
    post = smooth(
        [(0.8 * front, 0.9 * y, seat - 0.02), (0.95 * front, y, (seat + height) / 2), (0.9 * front, y, height)], 10
    )
    chair.add_pair("arm", tube(post, 0.013, 10))


SHAPE = ShapeBuilder(category="Chair", parts=_PARTS, build=_build)
