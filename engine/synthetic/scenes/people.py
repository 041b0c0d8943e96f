"""Pedestrians and cyclists, drawn as figures in metres that face the camera."""

import math
from itertools import pairwise

import numpy as np

from engine.synthetic.scenes.stage import Label, Stage

_CLOTHES = (
    (52, 56, 66), (38, 40, 48), (120, 36, 40), (62, 84, 120), (178, 168, 148), (86, 96, 74), (176, 172, 166),
    (150, 110, 70), (40, 70, 66), (196, 84, 60), (96, 62, 92), (222, 190, 84),
)  # fmt: skip
_TROUSERS = ((44, 50, 68), (36, 36, 40), (96, 90, 78), (66, 76, 98), (120, 110, 92))
_SKINS = ((224, 178, 148), (206, 158, 126), (160, 112, 82), (112, 76, 56), (234, 194, 166))
_HAIRS = ((42, 34, 28), (86, 62, 42), (150, 120, 76), (28, 26, 26), (140, 136, 130))


class _Figure:
    """Draws limbs in (x right, y up) metres at a ground point."""

    def __init__(self, stage: Stage, x: float, z: float, label: int) -> None:
        self.stage, self.x, self.z, self.label = stage, x, z, label
        sun = stage.light.to_sun
        self.lit = np.array([0.75 if sun[0] > 0 else -0.75, 0.25, -0.6])
        self.dim = np.array([-0.75 if sun[0] > 0 else 0.75, 0.1, -0.6])
        self.sun_right = bool(sun[0] > 0)
        self.near = stage.camera.depth(x, 1.0, z) < 22.0

    def fill(self, points: list[tuple[float, float]], rgb: np.ndarray, foot: float = 0.88, dim: bool = False) -> None:
        world = np.array([[self.x + a, max(b, 0.0), self.z] for a, b in points])
        self.stage.face(world, rgb, self.dim if dim else self.lit, self.label, foot)

    def limb(
        self,
        a: tuple[float, float],
        b: tuple[float, float],
        r0: float,
        r1: float,
        rgb: np.ndarray,
        dim: bool = False,
    ) -> None:
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = math.hypot(dx, dy) or 1.0
        nx, ny = -dy / length, dx / length
        base = math.atan2(ny, nx)
        outline = [(a[0] + r0 * math.cos(base + t), a[1] + r0 * math.sin(base + t)) for t in np.linspace(0, math.pi, 6)]
        outline += [
            (b[0] + r1 * math.cos(base + math.pi + t), b[1] + r1 * math.sin(base + math.pi + t))
            for t in np.linspace(0, math.pi, 6)
        ]
        self.fill(outline, rgb, 1.0, dim)
        # A slimmer, lighter limb towards the sun makes it look round.
        if not dim and self.near:
            shift = (0.32 if self.sun_right else -0.32) * (r0 + r1) / 2
            bright = [
                (a[0] + shift - 0.42 * r0, a[1]), (a[0] + shift + 0.42 * r0, a[1]),
                (b[0] + shift + 0.42 * r1, b[1]), (b[0] + shift - 0.42 * r1, b[1]),
            ]  # fmt: skip
            self.fill(bright, rgb * 1.13, 1.0)

    def disc(self, x: float, y: float, rx: float, ry: float, rgb: np.ndarray) -> None:
        self.fill(
            [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in np.linspace(0, 2 * math.pi, 16, endpoint=False)],
            rgb,
            0.92,
        )

    def ring(self, x: float, y: float, r: float, thick: float, rgb: np.ndarray, squash: float = 1.0) -> None:
        turn = np.linspace(0, 2 * math.pi, 25)
        for t0, t1 in pairwise(turn):
            quad = [
                (x + (r + e) * math.cos(t) * squash, y + (r + e) * math.sin(t))
                for t, e in ((t0, thick), (t1, thick), (t1, -thick), (t0, -thick))
            ]
            self.fill(quad, rgb, 1.0)


def _pick(rng: np.random.Generator, table: tuple[tuple[int, int, int], ...]) -> np.ndarray:
    return np.array(table[int(rng.integers(len(table)))], dtype=float) * float(rng.uniform(0.85, 1.1))


def _head(fig: _Figure, rng: np.random.Generator, x: float, y: float, back: bool, helmet: bool = False) -> None:
    skin, hair = _pick(rng, _SKINS), _pick(rng, _HAIRS)
    fig.limb((x, y - 0.22), (x, y - 0.1), 0.05, 0.05, skin * 0.8)
    fig.disc(x, y, 0.085, 0.115, hair if back else skin)
    cap = [(x + 0.098 * math.cos(t), y + 0.02 + 0.115 * math.sin(t)) for t in np.linspace(-0.1, math.pi + 0.1, 10)]
    fig.fill(cap, _pick(rng, _CLOTHES) if helmet else hair, 0.8)


def draw_pedestrian(stage: Stage, rng: np.random.Generator, x: float, z: float) -> None:
    """A person of 1.55 to 1.9 m standing or walking at (x, z)."""
    fig = _Figure(stage, x, z, Label.PEDESTRIAN)
    k = float(rng.uniform(1.55, 1.9)) / 1.75
    coat, legs, skin = _pick(rng, _CLOTHES), _pick(rng, _TROUSERS), _pick(rng, _SKINS)
    step = float(rng.uniform(0.04, 0.26)) * (1 if rng.random() < 0.5 else -1)
    back = bool(rng.random() < 0.5)
    hip, shoulder = 0.90 * k, 1.42 * k
    width = float(rng.uniform(0.17, 0.22))
    for s, dim in ((-1, True), (1, False)):
        foot = s * (0.07 + 0.0) + s * step
        knee = ((s * 0.08 + foot) / 2 + 0.02, hip * 0.52)
        fig.limb((s * 0.08, hip), knee, 0.088, 0.066, legs * (0.8 if dim else 1.0), dim)
        fig.limb(knee, (foot, 0.09), 0.064, 0.048, legs * (0.78 if dim else 0.96), dim)
        fig.fill(
            [(foot - 0.05, 0.0), (foot + 0.11, 0.0), (foot + 0.09, 0.08), (foot - 0.05, 0.10)],
            np.array([40.0, 36.0, 34.0]),
        )
    swing = step * 0.8
    fig.limb((-width, shoulder - 0.05), (-width - 0.02 + swing * 0.7, hip + 0.22), 0.06, 0.05, coat * 0.72, True)
    fig.limb((-width - 0.02 + swing * 0.7, hip + 0.22), (-width + swing * 1.2, hip), 0.05, 0.04, coat * 0.7, True)
    hem = hip - float(rng.choice([0.05, 0.12, 0.42]))
    torso = [
        (-width, shoulder), (-0.06, shoulder + 0.07), (0.06, shoulder + 0.07), (width, shoulder),
        (width * 0.86, hip + 0.15), (width, hem), (-width, hem), (-width * 0.86, hip + 0.15),
    ]  # fmt: skip
    fig.fill(torso, coat, 0.78)
    shade = 1 if not fig.sun_right else -1
    fig.fill(
        [(shade * width, shoulder), (shade * 0.04, shoulder), (shade * 0.02, hem), (shade * width, hem)],
        coat * 0.82,
        0.78,
        True,
    )
    fig.limb((width, shoulder - 0.05), (width + 0.02 - swing * 0.7, hip + 0.22), 0.06, 0.05, coat * 0.95)
    fig.limb((width + 0.02 - swing * 0.7, hip + 0.22), (width - swing * 1.2, hip), 0.05, 0.04, coat * 0.9)
    fig.disc(width - swing * 1.2, hip - 0.03, 0.04, 0.05, skin)
    if rng.random() < 0.35:
        bag = _pick(rng, _CLOTHES)
        fig.fill(
            [
                (width + 0.02, hip - 0.38),
                (width + 0.2, hip - 0.38),
                (width + 0.18, hip - 0.04),
                (width + 0.03, hip - 0.04),
            ],
            bag,
        )
    _head(fig, rng, 0.0, shoulder + 0.23 * k, back)


def draw_cyclist(stage: Stage, rng: np.random.Generator, x: float, z: float, pose: str) -> None:
    """Rider and bicycle at (x, z); pose is 'side' or 'along'."""
    fig = _Figure(stage, x, z, Label.BICYCLIST)
    coat, legs, frame = _pick(rng, _CLOTHES), _pick(rng, _TROUSERS), _pick(rng, _CLOTHES)
    tyre, skin = np.array([32.0, 32.0, 34.0]), _pick(rng, _SKINS)
    if pose == "along":
        back = bool(rng.random() < 0.6)
        fig.ring(0.0, 0.34, 0.31, 0.045, tyre, 0.10)
        fig.limb((0.0, 0.3), (0.0, 0.95), 0.03, 0.03, frame)
        lift = float(rng.uniform(0.0, 0.2))
        for s, up in ((-1, lift), (1, 0.2 - lift)):
            fig.limb((s * 0.09, 0.98), (s * 0.15, 0.62 + up), 0.085, 0.07, legs)
            fig.limb((s * 0.15, 0.62 + up), (s * 0.11, 0.20 + up), 0.062, 0.048, legs * 0.9, s < 0)
            fig.fill(
                [
                    (s * 0.11 - 0.05, 0.12 + up),
                    (s * 0.11 + 0.05, 0.12 + up),
                    (s * 0.11 + 0.05, 0.22 + up),
                    (s * 0.11 - 0.05, 0.22 + up),
                ],
                tyre,
            )
        fig.limb((-0.30, 1.05), (0.30, 1.05), 0.022, 0.022, tyre)
        for s in (-1, 1):
            fig.limb((s * 0.20, 1.42), (s * 0.32, 1.22), 0.06, 0.05, coat * 0.85, s < 0)
            fig.limb((s * 0.32, 1.22), (s * 0.27, 1.06), 0.048, 0.04, coat * 0.85)
        fig.fill(
            [(-0.20, 1.44), (-0.06, 1.52), (0.06, 1.52), (0.20, 1.44), (0.17, 0.95), (-0.17, 0.95)],
            coat,
            0.75,
        )
        _head(fig, rng, 0.0, 1.68, back, helmet=True)
        if back:
            fig.fill([(-0.04, 0.74), (0.04, 0.74), (0.04, 0.82), (-0.04, 0.82)], np.array([210.0, 40.0, 30.0]))
        return
    d = 1.0 if rng.random() < 0.5 else -1.0
    for w in (-0.52, 0.52):
        fig.ring(d * w, 0.34, 0.32, 0.024, tyre)
        for t in np.linspace(0, math.pi, 5)[:-1]:
            fig.limb(
                (d * w - 0.3 * math.cos(t), 0.34 - 0.3 * math.sin(t)),
                (d * w + 0.3 * math.cos(t), 0.34 + 0.3 * math.sin(t)),
                0.005,
                0.005,
                tyre * 3,
            )
    crank, seat, head = (d * -0.06, 0.30), (d * -0.22, 0.90), (d * 0.36, 0.88)
    for a, b in (
        (crank, seat),
        (crank, head),
        (seat, head),
        (seat, (d * -0.52, 0.34)),
        (crank, (d * -0.52, 0.34)),
        (head, (d * 0.52, 0.34)),
    ):
        fig.limb(a, b, 0.022, 0.022, frame)
    hands, hip, shoulder = (d * 0.42, 1.06), (d * -0.20, 1.0), (d * 0.14, 1.44)
    fig.limb(head, hands, 0.02, 0.02, tyre)
    phase = float(rng.uniform(0, math.pi))
    for turn, dim in ((phase + math.pi, True), (phase, False)):
        foot = (crank[0] + 0.16 * math.cos(turn), crank[1] + 0.16 * math.sin(turn) + 0.04)
        knee = ((hip[0] + foot[0]) / 2 + d * 0.2, (hip[1] + foot[1]) / 2 + 0.06)
        fig.limb(hip, knee, 0.09, 0.07, legs * (0.75 if dim else 1.0), dim)
        fig.limb(knee, foot, 0.065, 0.045, legs * (0.72 if dim else 0.95), dim)
        fig.limb(foot, (foot[0] + d * 0.1, foot[1] - 0.02), 0.04, 0.035, tyre)
    fig.limb(hip, shoulder, 0.13, 0.13, coat)
    fig.limb((shoulder[0], shoulder[1] - 0.02), (shoulder[0] + d * 0.16, 1.2), 0.055, 0.048, coat * 0.85)
    fig.limb((shoulder[0] + d * 0.16, 1.2), hands, 0.045, 0.036, coat * 0.85)
    fig.disc(hands[0], hands[1], 0.04, 0.04, skin)
    _head(fig, rng, shoulder[0] + d * 0.08, shoulder[1] + 0.22, False, helmet=True)
