"""Cars and vans as extruded profiles with lights, glass and wheels."""

import math
from itertools import pairwise

import numpy as np

from engine.synthetic.scenes.stage import Label, Stage

PAINTS = (
    (184, 186, 190), (146, 150, 156), (60, 62, 68), (40, 42, 48), (206, 206, 204), (142, 30, 34),
    (40, 66, 122), (70, 92, 120), (60, 84, 74), (166, 148, 116), (178, 42, 36), (96, 100, 108),
)  # fmt: skip
# (length, height, half width) from under the front bumper over the roof to under the rear bumper.
# Strips between neighbours: 0, 1 front bumper, 2 grille and lamps, 3, 4 bonnet, 5 windscreen, 6, 7 roof,
# 8 rear window, 9 boot or tailgate, 10 rear lamps, 11, 12 rear bumper.
_SHAPES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "hatch": (
        (2.00, 0.22, 0.76), (2.12, 0.40, 0.82), (2.11, 0.56, 0.84), (2.00, 0.73, 0.84), (1.76, 0.83, 0.83),
        (1.02, 0.96, 0.82), (0.28, 1.42, 0.64), (-0.5, 1.48, 0.63), (-1.35, 1.44, 0.61), (-1.86, 1.02, 0.76),
        (-1.96, 0.90, 0.80), (-2.05, 0.56, 0.84), (-2.02, 0.38, 0.83), (-1.92, 0.24, 0.78),
    ),
    "saloon": (
        (2.20, 0.22, 0.78), (2.32, 0.40, 0.84), (2.31, 0.55, 0.86), (2.20, 0.70, 0.86), (1.90, 0.80, 0.85),
        (1.02, 0.93, 0.84), (0.20, 1.38, 0.65), (-0.4, 1.43, 0.64), (-1.05, 1.39, 0.63), (-1.68, 1.00, 0.78),
        (-2.20, 0.95, 0.80), (-2.30, 0.58, 0.85), (-2.27, 0.38, 0.84), (-2.15, 0.24, 0.80),
    ),
    "suv": (
        (2.18, 0.30, 0.82), (2.30, 0.48, 0.88), (2.30, 0.68, 0.91), (2.20, 0.90, 0.91), (1.95, 1.02, 0.90),
        (1.15, 1.12, 0.89), (0.50, 1.64, 0.71), (-0.5, 1.71, 0.70), (-1.80, 1.66, 0.68), (-2.10, 1.18, 0.85),
        (-2.18, 1.06, 0.88), (-2.28, 0.64, 0.91), (-2.25, 0.46, 0.90), (-2.15, 0.32, 0.85),
    ),
    "van": (
        (2.40, 0.28, 0.86), (2.50, 0.46, 0.93), (2.49, 0.66, 0.95), (2.40, 0.94, 0.95), (2.20, 1.06, 0.94),
        (1.78, 1.20, 0.93), (1.10, 1.90, 0.84), (-0.5, 1.99, 0.84), (-2.36, 1.97, 0.84), (-2.44, 1.24, 0.93),
        (-2.45, 1.12, 0.94), (-2.48, 0.66, 0.95), (-2.46, 0.46, 0.94), (-2.38, 0.30, 0.90),
    ),
}  # fmt: skip
_GLASS = np.array([40.0, 46.0, 54.0])


class _Body:
    """A placed car: maps (length, height, width) to the world and draws shaded faces."""

    def __init__(self, stage: Stage, x: float, z: float, heading: float) -> None:
        self.stage, self.x, self.z = stage, x, z
        self.c, self.s = math.cos(heading), math.sin(heading)

    def world(self, points: list[tuple[float, float, float]]) -> np.ndarray:
        p = np.array(points, dtype=float)
        return np.stack(
            [
                self.x + p[:, 0] * self.s + p[:, 2] * self.c,
                p[:, 1],
                self.z + p[:, 0] * self.c - p[:, 2] * self.s,
            ],
            axis=1,
        )

    def normal(self, along: float, up: float, side: float) -> np.ndarray:
        n = np.array([along * self.s + side * self.c, up, along * self.c - side * self.s])
        return n / math.sqrt(float((n * n).sum()))

    def faces(self, point: np.ndarray, normal: np.ndarray) -> bool:
        eye = np.array([self.stage.camera.x, self.stage.camera.height, 0.0])
        return float(((eye - point) * normal).sum()) > 0


def _rounded(length: float, s: float) -> float:
    """Pull the corners of nose and tail back, so that the car is rounded seen from above."""
    return length - math.copysign(0.17 * max((abs(s) - 0.5) / 0.5, 0.0) ** 2, length) * (abs(length) > 1.6)


def _strip_quad(
    first: tuple[float, float, float],
    second: tuple[float, float, float],
    s0: float,
    s1: float,
    t0: float,
    t1: float,
) -> list[tuple[float, float, float]]:
    """Part of the strip between two profile points: s across in -1..1, t from first to second in 0..1."""

    def at(s: float, t: float) -> tuple[float, float, float]:
        fore, y, w = (a + (b - a) * t for a, b in zip(first, second, strict=True))
        return _rounded(fore, s), y, w * s

    return [at(s0, t0), at(s1, t0), at(s1, t1), at(s0, t1)]


def draw_car(
    stage: Stage, rng: np.random.Generator, x: float, z: float, heading: float, shape: str, braking: bool
) -> None:
    """A car at (x, z); heading 0 drives away from the camera, pi towards it."""
    body = _Body(stage, x, z, heading)
    p = _SHAPES[shape]
    paint = np.array(PAINTS[int(rng.integers(len(PAINTS)))], dtype=float) * float(rng.uniform(0.9, 1.05))
    if shape == "van" and rng.random() < 0.6:
        paint = np.array([204.0, 204.0, 202.0])
    light = stage.light
    level = light.ambient + 0.5 * light.sun
    sky = light.horizon / np.maximum(level, 0.35)
    depth = stage.camera.depth(x, 0.5, z)
    if depth < 2.2:
        return

    def strip(i: int, albedo: np.ndarray, s: float = 1.0, t0: float = 0.0, t1: float = 1.0, foot: float = 1.0) -> None:
        a, b = p[i], p[i + 1]
        along, up = b[1] - a[1], a[0] - b[0]
        size = math.hypot(along, up)
        # Three lanes with normals that turn outwards stand for a rounded sheet of metal.
        lanes = (
            (-1.0, -0.86, -0.75),
            (-0.86, -0.6, -0.3),
            (-0.6, 0.6, 0.0),
            (0.6, 0.86, 0.3),
            (0.86, 1.0, 0.75),
        )
        for s0, s1, turn in lanes if s == 1.0 and depth < 32 else ((-s, s, 0.0),):
            n = body.normal(along, up, turn * size)
            quad = body.world(_strip_quad(a, b, s0, s1, t0, t1))
            if body.faces(quad.mean(axis=0), body.normal(along, up, 0.0)):
                stage.face(quad, albedo, n, Label.CAR, foot)

    def badge(i: int, s0: float, s1: float, t0: float, t1: float, albedo: np.ndarray, glow: float = 0.0) -> None:
        a, b = p[i], p[i + 1]
        n = body.normal(b[1] - a[1], a[0] - b[0], 0.0)
        quad = body.world(_strip_quad(a, b, s0, s1, t0, t1))
        if body.faces(quad.mean(axis=0), n):
            if glow:
                screen = stage.camera.project(quad)
                stage.polygon(screen, light.fog(albedo * glow, depth), Label.CAR)
                c = quad.mean(axis=0)
                stage.shine(c[0], c[1], c[2], 0.10, albedo * 0.6)
            else:
                stage.face(quad, albedo, n, Label.CAR)

    dark = np.array([36.0, 36.0, 38.0])
    under = [(1.9, 0.25, -0.75), (1.9, 0.25, 0.75), (-1.9, 0.25, 0.75), (-1.9, 0.25, -0.75)]
    stage.polygon(stage.camera.project(body.world(under)), np.array([18.0, 18.0, 20.0]) * level, Label.CAR)
    # Tyres seen from the end of the car.
    radius = 0.31 if shape in ("hatch", "saloon") else 0.36
    axles = (p[0][0] - 0.72, p[-1][0] + 0.70)
    for fore, way in ((axles[0], 1.0), (axles[1], -1.0)):
        if body.faces(body.world([(fore, 0.3, 0.0)])[0], body.normal(way, 0, 0)):
            arc = [(fore + way * radius * math.sin(t), radius - radius * math.cos(t)) for t in (0.0, 0.45, 0.9, 1.57)]
            for side in (-1.0, 1.0):
                a, b = side * (p[1][2] + 0.005), side * (p[1][2] - 0.20)
                for (fore0, y0), (fore1, y1) in pairwise(arc):
                    tyre = [(fore0, y0, a), (fore0, y0, b), (fore1, y1, b), (fore1, y1, a)]
                    stage.face(body.world(tyre), dark * 0.8, body.normal(way, 0.2, 0), Label.CAR)
    rear_first = body.faces(body.world([(0, 0.6, 0)])[0], body.normal(1, 0, 0))
    order = range(len(p) - 2, -1, -1) if rear_first else range(len(p) - 1)
    for i in order:
        if i == 5 or (i == 8 and shape != "van"):
            strip(i, paint * 0.8)
            strip(i, _GLASS + sky * 0.42, 0.90, 0.05, 0.95, foot=0.36)
        elif i in (4, 6, 7):
            strip(i, paint * 0.84 + sky * 0.16)
        elif i in (0, 12):
            strip(i, dark * 1.2 if shape in ("suv", "van") else paint * 0.5)
        elif i in (1, 11):
            strip(i, dark * 1.6 if shape in ("suv", "van") else paint * 0.9, foot=0.85)
        else:
            strip(i, paint if i != 3 else paint * 0.9 + sky * 0.1)
    on = light.lamps
    glass, clear = np.array([226.0, 228.0, 226.0]), np.array([214.0, 206.0, 196.0])
    badge(10, -0.97, 0.97, 0.0, 0.05, paint * 0.5)
    badge(10, -0.66, 0.66, 0.90, 0.96, paint * 0.5)
    badge(2, -0.50, 0.50, 0.30, 0.85, dark)
    badge(2, -0.50, 0.50, 0.54, 0.62, glass * 0.7)
    badge(1, -0.62, 0.62, 0.05, 0.42, dark)
    badge(1, -0.30, 0.30, 0.40, 0.95, glass * 0.96)
    for side in (-1, 1):
        badge(2, side * 0.56, side * 0.96, 0.22, 0.95, dark * 1.5)
        badge(2, side * 0.59, side * 0.93, 0.32, 0.90, glass * 0.85, 1.25 if on else 0.0)
        badge(1, side * 0.70, side * 0.88, 0.15, 0.6, dark)
        lamp = np.array([214.0, 30.0, 26.0]) if (braking or on) else np.array([150.0, 26.0, 26.0])
        badge(10, side * 0.64, side * 0.98, 0.08, 0.80, paint * 0.35)
        badge(10, side * 0.66, side * 0.97, 0.12, 0.48, lamp, 1.0 if (braking or on) else 0.0)
        badge(10, side * 0.66, side * 0.97, 0.50, 0.62, np.array([196.0, 110.0, 40.0]))
        badge(10, side * 0.66, side * 0.97, 0.63, 0.76, clear)
    badge(10, -0.29, 0.29, 0.34, 0.66, np.array([214.0, 186.0, 84.0]))
    badge(12, -0.7, 0.7, 0.1, 0.9, dark)

    for side in (-1.0, 1.0):
        n = body.normal(0, 0.12, side)
        if not body.faces(body.world([(0, 0.6, side * 0.8)])[0], n):
            continue
        belt_front, belt_rear = p[5], p[9]
        outline = [(_rounded(fore, 1.0), y, side * w) for fore, y, w in (*p[:6], *p[9:])]
        stage.face(body.world(outline), paint, n, Label.CAR, foot=0.58)
        shoulder = [
            (_rounded(p[4][0], 1.0), p[4][1] - 0.02, side * p[4][2]),
            (belt_front[0], belt_front[1], side * belt_front[2]),
            (belt_rear[0], belt_rear[1], side * belt_rear[2]),
            (_rounded(p[10][0], 1.0), p[10][1] - 0.02, side * p[10][2]),
            (0.0, belt_front[1] - 0.14, side * (p[5][2] + 0.01)),
        ]
        stage.face(body.world(shoulder), paint * 0.9 + sky * 0.13, n, Label.CAR)
        cabin = [(fore, y, side * w) for fore, y, w in p[5:10]]
        up = body.normal(0, 0.35, side)
        stage.face(body.world(cabin), paint * 0.92, up, Label.CAR)

        def inner(
            fore: float, t: float, front: float = belt_front[1], side: float = side
        ) -> tuple[float, float, float]:
            low, high = p[5], p[6]
            y = front + 0.03 + (high[1] - 0.07 - front) * t
            share = (y - low[1]) / (high[1] - low[1])
            return fore, y, side * (low[2] + (high[2] - low[2]) * share) * 1.003

        f0, f1, r0, r1 = p[5][0] - 0.22, p[6][0] - 0.06, p[9][0] + 0.28, p[8][0] + 0.05
        if shape == "van":
            r0 = r1 = 0.35
        post = (f1 + r1) / 2 - 0.1
        for a0, a1, b0, b1 in ((f0, f1, post + 0.05, post + 0.05), (post - 0.05, post - 0.05, r0, r1)):
            if a0 - b0 < 0.15:
                continue
            pane = [inner(a0, 0.0), inner(a1, 1.0), inner(b1, 1.0), inner(b0, 0.0)]
            stage.face(body.world(pane), _GLASS + sky * 0.16, up, Label.CAR, foot=0.7)
        for fore in (f1 - 0.95,):
            seam = [
                (fore, 0.35, side * 0.86),
                (fore, belt_front[1], side * p[5][2]),
                (fore - 0.025, belt_front[1], side * p[5][2]),
                (fore - 0.025, 0.35, side * 0.86),
            ]
            stage.face(body.world(seam), paint * 0.45, n, Label.CAR)
        sill = [
            (1.0, 0.22, side * 0.83),
            (1.0, 0.33, side * 0.85),
            (-1.0, 0.33, side * 0.85),
            (-1.0, 0.22, side * 0.83),
        ]
        stage.face(body.world(sill), dark, n, Label.CAR)
        turn = np.linspace(0, 2 * math.pi, 20, endpoint=False)
        w = side * (p[1][2] + 0.005)
        for fore in axles:
            for r, rgb in (
                (radius + 0.07, dark * 0.5),
                (radius, dark * 0.95),
                (radius * 0.66, np.array([150.0, 152.0, 156.0])),
                (radius * 0.5, np.array([92.0, 94.0, 98.0])),
                (radius * 0.16, np.array([170.0, 170.0, 170.0])),
            ):
                ring = [
                    (fore + r * math.cos(t), max(radius + r * math.sin(t), 0.0 if r <= radius else 0.2), w)
                    for t in turn
                ]
                stage.face(body.world(ring), rgb, n, Label.CAR)
        mirror = [
            (f0 - 0.12, belt_front[1] - 0.02, side * 0.84),
            (f0 + 0.10, belt_front[1] - 0.02, side * 1.0),
            (f0 + 0.10, belt_front[1] + 0.14, side * 1.0),
            (f0 - 0.12, belt_front[1] + 0.14, side * 0.84),
        ]
        stage.face(body.world(mirror), paint * 0.7, n, Label.CAR)


def car_shadow(
    x: float, z: float, heading: float, to_sun: np.ndarray
) -> tuple[list[tuple[np.ndarray, int]], list[tuple[np.ndarray, int]]]:
    """Ground polygons (N, 2) in x, z with strengths 0..255: contact shade, then the sun's shadow."""
    c, s = math.cos(heading), math.sin(heading)

    def corners(length: float, width: float, dx: float = 0.0, dz: float = 0.0) -> np.ndarray:
        flat = [(length, width), (length, -width), (-length, -width), (-length, width)]
        return np.array([[x + dx + fore * s + w * c, z + dz + fore * c - w * s] for fore, w in flat])

    shift = 1.2 / max(float(to_sun[1]), 0.2)
    low, high = corners(2.1, 0.85), corners(1.5, 0.7, -to_sun[0] * shift, -to_sun[2] * shift)
    cast = [(np.stack([low[i], low[i - 1], high[i - 1], high[i]]), 255) for i in range(4)]
    contact = [(corners(2.5, 1.15), 90), (corners(2.3, 1.0), 160), (corners(2.1, 0.86), 250)]
    return contact, [*cast, (high, 255)]
