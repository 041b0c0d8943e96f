"""Cars and vans as extruded profiles with lights, glass and wheels."""

from __future__ import annotations

import math

import numpy as np

from engine.scenes.stage import Label, Stage

PAINTS = (
    (196, 198, 202), (150, 154, 160), (52, 54, 60), (34, 36, 42), (228, 228, 226), (142, 30, 34),
    (40, 66, 122), (70, 92, 120), (60, 84, 74), (166, 148, 116), (178, 42, 36), (96, 100, 108),
)  # fmt: skip
# (length, height, half width) profiles from the front bumper over the roof to the rear bumper.
_SHAPES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "hatch": (
        (2.0, 0.24, 0.78), (2.07, 0.52, 0.83), (1.92, 0.74, 0.80), (1.05, 0.95, 0.80), (0.30, 1.43, 0.62),
        (-1.25, 1.45, 0.61), (-1.82, 1.00, 0.76), (-1.95, 0.86, 0.80), (-2.02, 0.50, 0.83), (-1.95, 0.26, 0.79),
    ),
    "saloon": (
        (2.2, 0.24, 0.80), (2.27, 0.52, 0.86), (2.12, 0.72, 0.83), (1.05, 0.93, 0.83), (0.25, 1.40, 0.64),
        (-1.00, 1.41, 0.63), (-1.62, 1.00, 0.78), (-2.18, 0.96, 0.80), (-2.28, 0.52, 0.85), (-2.2, 0.26, 0.80),
    ),
    "suv": (
        (2.2, 0.32, 0.86), (2.27, 0.62, 0.91), (2.15, 0.92, 0.89), (1.15, 1.12, 0.89), (0.55, 1.66, 0.70),
        (-1.75, 1.68, 0.69), (-2.12, 1.16, 0.86), (-2.2, 1.02, 0.89), (-2.26, 0.58, 0.91), (-2.2, 0.34, 0.86),
    ),
    "van": (
        (2.4, 0.30, 0.90), (2.47, 0.64, 0.95), (2.36, 0.98, 0.94), (1.80, 1.20, 0.94), (1.15, 1.92, 0.84),
        (-2.32, 1.96, 0.84), (-2.42, 1.20, 0.93), (-2.43, 1.04, 0.94), (-2.46, 0.60, 0.95), (-2.4, 0.32, 0.90),
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
            [self.x + p[:, 0] * self.s + p[:, 2] * self.c, p[:, 1], self.z + p[:, 0] * self.c - p[:, 2] * self.s], axis=1
        )

    def normal(self, along: float, up: float, side: float) -> np.ndarray:
        n = np.array([along * self.s + side * self.c, up, along * self.c - side * self.s])
        return n / math.sqrt(float((n * n).sum()))

    def faces(self, point: np.ndarray, normal: np.ndarray) -> bool:
        eye = np.array([self.stage.camera.x, self.stage.camera.height, 0.0])
        return float(((eye - point) * normal).sum()) > 0


def _strip_quad(
    first: tuple[float, float, float], second: tuple[float, float, float], s0: float, s1: float, t0: float, t1: float
) -> list[tuple[float, float, float]]:
    """Part of the strip between two profile points: s across in -1..1, t from the first to the second in 0..1."""
    def at(s: float, t: float) -> tuple[float, float, float]:
        l, y, w = (a + (b - a) * t for a, b in zip(first, second, strict=True))
        return l, y, w * s
    return [at(s0, t0), at(s1, t0), at(s1, t1), at(s0, t1)]


def draw_car(stage: Stage, rng: np.random.Generator, x: float, z: float, heading: float, shape: str, braking: bool) -> None:
    """A car at (x, z); heading 0 drives away from the camera, pi towards it."""
    body = _Body(stage, x, z, heading)
    p = _SHAPES[shape]
    paint = np.array(PAINTS[int(rng.integers(len(PAINTS)))], dtype=float) * float(rng.uniform(0.9, 1.05))
    if shape == "van" and rng.random() < 0.6:
        paint = np.array([222.0, 222.0, 220.0])
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
        lanes = ((-1.0, -0.86, -0.75), (-0.86, -0.6, -0.3), (-0.6, 0.6, 0.0), (0.6, 0.86, 0.3), (0.86, 1.0, 0.75))
        for s0, s1, turn in lanes if s == 1.0 else ((-s, s, 0.0),):
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
                stage.shine(c[0], c[1], c[2], 0.10, tuple(int(v) for v in np.clip(albedo * 0.6, 0, 255)))
            else:
                stage.face(quad, albedo, n, Label.CAR)

    dark = np.array([36.0, 36.0, 38.0])
    under = [(1.9, 0.25, -0.75), (1.9, 0.25, 0.75), (-1.9, 0.25, 0.75), (-1.9, 0.25, -0.75)]
    stage.polygon(stage.camera.project(body.world(under)), np.array([18.0, 18.0, 20.0]) * level, Label.CAR)
    # Tyres seen from the end of the car.
    for l, way in ((p[0][0] - 0.5, 1.0), (p[-1][0] + 0.48, -1.0)):
        if body.faces(body.world([(l, 0.3, 0.0)])[0], body.normal(way, 0, 0)):
            for side in (-1.0, 1.0):
                a, b = side * (p[1][2] - 0.01), side * (p[1][2] - 0.21)
                tyre = [(l, 0.0, a), (l, 0.0, b), (l, 0.5, b), (l, 0.5, a)]
                stage.face(body.world(tyre), dark * 0.8, body.normal(way, 0.2, 0), Label.CAR)
    rear_first = body.faces(body.world([(0, 0.6, 0)])[0], body.normal(1, 0, 0))
    order = range(len(p) - 2, -1, -1) if rear_first else range(len(p) - 1)
    for i in order:
        if i in (3, 5) and not (shape == "van" and i == 5):
            strip(i, paint * 0.8)
            strip(i, _GLASS + sky * 0.10, 0.90, 0.08, 0.94, foot=0.62)
            for k in range(4):
                top, step = (0.94, -0.13) if i == 3 else (0.08, 0.13)
                edges = sorted((top + k * step, top + (k + 1) * step))
                strip(i, _GLASS + sky * (0.42 - 0.08 * k), 0.90, *edges)
        elif i in (2, 4):
            strip(i, paint * 0.84 + sky * 0.16)
        elif i == 0 or i == len(p) - 2:
            strip(i, paint * 0.62 if shape != "suv" else dark * 1.5, foot=0.7)
        else:
            strip(i, paint, foot=0.82)
    on = light.lamps
    badge(7, -0.66, 0.66, 0.86, 0.92, paint * 0.5)
    badge(7, -0.97, 0.97, 0.0, 0.06, paint * 0.55)
    # Front: grille, headlamps, plate. Rear: lamps, plate, window seam.
    badge(1, -0.52, 0.52, 0.25, 0.8, dark)
    for side in (-1, 1):
        badge(1, side * 0.60, side * 0.95, 0.35, 0.95, np.array([226.0, 228.0, 226.0]), 1.1 if on else 0.0)
        lamp = np.array([214.0, 30.0, 26.0]) if (braking or on) else np.array([150.0, 26.0, 26.0])
        badge(7, side * 0.64, side * 0.97, 0.10, 0.16, paint * 0.4)
        badge(7, side * 0.86, side * 0.975, 0.46, 0.66, np.array([214.0, 206.0, 196.0]))
        badge(7, side * 0.70, side * 0.97, 0.12, 0.46, lamp, 1.0 if (braking or on) else 0.0)
        badge(0, side * 0.62, side * 0.86, 0.45, 0.85, dark)
    badge(0, -0.30, 0.30, 0.5, 0.92, np.array([226.0, 226.0, 220.0]))
    badge(7, -0.29, 0.29, 0.34, 0.66, np.array([216.0, 190.0, 84.0]))
    badge(8, -0.8, 0.8, 0.45, 0.9, dark * 1.2)

    for side in (-1.0, 1.0):
        n = body.normal(0, 0.12, side)
        if not body.faces(body.world([(0, 0.6, side * 0.8)])[0], n):
            continue
        belt_front, belt_rear = p[3], p[6]
        outline = [(l, y, side * w) for l, y, w in (*p[:4], *p[6:])]
        stage.face(body.world(outline), paint, n, Label.CAR, foot=0.58)
        shoulder = [(p[2][0], p[2][1] - 0.02, side * p[2][2]), (belt_front[0], belt_front[1], side * belt_front[2]),
                    (belt_rear[0], belt_rear[1], side * belt_rear[2]), (p[7][0], p[7][1] - 0.02, side * p[7][2]),
                    (0.0, belt_front[1] - 0.14, side * (p[3][2] + 0.01))]  # fmt: skip
        stage.face(body.world(shoulder), paint * 0.9 + sky * 0.13, n, Label.CAR)
        cabin = [(l, y, side * w) for l, y, w in p[3:7]]
        up = body.normal(0, 0.35, side)
        stage.face(body.world(cabin), paint * 0.92, up, Label.CAR)

        def inner(l: float, t: float, front: float = belt_front[1]) -> tuple[float, float, float]:
            low, high = p[3], p[4]
            y = front + 0.03 + (high[1] - 0.07 - front) * t
            share = (y - low[1]) / (high[1] - low[1])
            return l, y, side * (low[2] + (high[2] - low[2]) * share) * 1.003
        f0, f1, r0, r1 = p[3][0] - 0.22, p[4][0] - 0.06, p[6][0] + 0.28, p[5][0] + 0.05
        if shape == "van":
            r0 = r1 = 0.35
        post = (f1 + r1) / 2 - 0.1
        for a0, a1, b0, b1 in ((f0, f1, post + 0.05, post + 0.05), (post - 0.05, post - 0.05, r0, r1)):
            if a0 - b0 < 0.15:
                continue
            pane = [inner(a0, 0.0), inner(a1, 1.0), inner(b1, 1.0), inner(b0, 0.0)]
            stage.face(body.world(pane), _GLASS + sky * 0.16, up, Label.CAR, foot=0.7)
        for l in (f1 - 0.95,):
            seam = [(l, 0.35, side * 0.86), (l, belt_front[1], side * p[3][2]), (l - 0.025, belt_front[1], side * p[3][2]), (l - 0.025, 0.35, side * 0.86)]
            stage.face(body.world(seam), paint * 0.45, n, Label.CAR)
        sill = [(1.0, 0.22, side * 0.83), (1.0, 0.33, side * 0.85), (-1.0, 0.33, side * 0.85), (-1.0, 0.22, side * 0.83)]
        stage.face(body.world(sill), dark, n, Label.CAR)
        radius = 0.31 if shape in ("hatch", "saloon") else 0.36
        turn = np.linspace(0, 2 * math.pi, 20, endpoint=False)
        w = side * (p[1][2] + 0.005)
        for l in (p[0][0] - 0.72, p[-1][0] + 0.70):
            for r, rgb in ((radius + 0.07, dark * 0.5), (radius, dark * 0.95), (radius * 0.66, np.array([150.0, 152.0, 156.0])), (radius * 0.5, np.array([92.0, 94.0, 98.0])), (radius * 0.16, np.array([170.0, 170.0, 170.0]))):
                ring = [(l + r * math.cos(t), max(radius + r * math.sin(t), 0.0 if r <= radius else 0.2), w) for t in turn]
                stage.face(body.world(ring), rgb, n, Label.CAR)
        mirror = [(f0 - 0.12, belt_front[1] - 0.02, side * 0.84), (f0 + 0.10, belt_front[1] - 0.02, side * 1.0), (f0 + 0.10, belt_front[1] + 0.14, side * 1.0), (f0 - 0.12, belt_front[1] + 0.14, side * 0.84)]
        stage.face(body.world(mirror), paint * 0.7, n, Label.CAR)


def car_shadow(x: float, z: float, heading: float, to_sun: np.ndarray, sunny: bool) -> list[tuple[np.ndarray, int]]:
    """Ground shadow polygons (N, 2) and strengths: contact shade, and the sun's shadow if there is one."""
    c, s = math.cos(heading), math.sin(heading)
    def corners(length: float, width: float, dx: float = 0.0, dz: float = 0.0) -> np.ndarray:
        flat = [(length, width), (length, -width), (-length, -width), (-length, width)]
        return np.array([[x + dx + l * s + w * c, z + dz + l * c - w * s] for l, w in flat])
    result = [(corners(2.35, 1.05), 150), (corners(2.1, 0.86), 235)]
    if sunny:
        shift = 1.2 / max(float(to_sun[1]), 0.2)
        low, high = corners(2.1, 0.85), corners(1.5, 0.7, -to_sun[0] * shift, -to_sun[2] * shift)
        for i in range(4):
            j = (i + 1) % 4
            result.append((np.stack([low[i], low[j], high[j], high[i]]), 255))
        result.append((high, 255))
    return result
