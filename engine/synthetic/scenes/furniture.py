"""Street furniture: lamp poles, signs, traffic lights, fences."""

import math
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from engine.synthetic.scenes.stage import Label, Stage

_METALS = ((92, 96, 98), (62, 68, 66), (140, 142, 140), (48, 52, 54))


def _post(stage: Stage, x: float, z: float, low: float, high: float, r0: float, r1: float, rgb: np.ndarray) -> None:
    """A tapering post in three tones, so that it looks round."""
    sun = 1.0 if stage.light.to_sun[0] > 0 else -1.0
    for a, b, gain in ((-1.0, 1.0, 0.78), (-0.25, 0.9, 1.0), (0.25, 0.65, 1.2)):
        a, b = (a, b) if sun > 0 else (-b, -a)
        quad = np.array([[x + a * r0, low, z], [x + b * r0, low, z], [x + b * r1, high, z], [x + a * r1, high, z]])
        stage.face(quad, rgb * gain, np.array([0.5 * sun, 0.1, -0.85]), Label.POLE, foot=0.92)


def draw_lamp(stage: Stage, x: float, z: float, toward: float, style: int) -> None:
    """A lamp pole whose arm reaches towards the road (`toward` is -1 or 1)."""
    rgb = np.array(_METALS[style % 4], dtype=float)
    height = 6.6 if style < 2 else 4.2
    _post(stage, x, z, 0.0, 1.0, 0.11, 0.10, rgb * 0.9)
    _post(stage, x, z, 0.9, height, 0.075, 0.05, rgb)
    front = np.array([0.0, 0.2, -1.0])
    if style < 2:
        arm = [(0.0, height - 0.05), (toward * 0.5, height + 0.32), (toward * 1.5, height + 0.45)]
        for (a, b), (c, d) in pairwise(arm):
            quad = np.array([[x + a, b, z], [x + c, d, z], [x + c, d - 0.08, z], [x + a, b - 0.1, z]])
            stage.face(quad, rgb, front, Label.POLE)
        a, b = arm[-1]
        head = np.array(
            [
                [x + a - toward * 0.1, b + 0.06, z],
                [x + a + toward * 0.55, b + 0.04, z],
                [x + a + toward * 0.5, b - 0.12, z],
                [x + a, b - 0.12, z],
            ]
        )
        stage.face(head, np.array([150.0, 152.0, 150.0]), front, Label.POLE)
        lamp = (x + a + toward * 0.25, b - 0.12)
    else:
        cage = np.array(
            [
                [x - 0.12, height, z],
                [x + 0.12, height, z],
                [x + 0.2, height + 0.45, z],
                [x - 0.2, height + 0.45, z],
            ]
        )
        stage.face(cage, np.array([206.0, 206.0, 196.0]), front, Label.POLE, foot=0.8)
        hat = np.array([[x - 0.24, height + 0.45, z], [x + 0.24, height + 0.45, z], [x, height + 0.72, z]])
        stage.face(hat, rgb * 0.8, front, Label.POLE)
        lamp = (x, height + 0.25)
    if stage.light.lamps:
        stage.shine(lamp[0], lamp[1], z, 0.28, np.array([255.0, 206.0, 140.0]))


def _disc(x: float, y: float, z: float, r: float, sides: int, turn: float = 0.0) -> np.ndarray:
    angles = np.linspace(0, 2 * math.pi, sides, endpoint=False) + turn
    return np.stack([x + r * np.cos(angles), y + r * np.sin(angles), np.full(sides, z)], axis=1)


def draw_sign(stage: Stage, rng: np.random.Generator, x: float, z: float, kind: int) -> None:
    """A traffic sign on a pole; `kind` 0..5 picks shape and colours."""
    red, white, blue = (
        np.array([190.0, 36.0, 38.0]),
        np.array([232.0, 232.0, 228.0]),
        np.array([34.0, 78.0, 160.0]),
    )
    black, yellow = np.array([40.0, 40.0, 42.0]), np.array([228.0, 182.0, 50.0])
    y = float(rng.uniform(2.2, 2.7))
    front = np.array([0.0, 0.15, -1.0])
    _post(stage, x, z, 0.0, y + 0.25, 0.045, 0.04, np.array([128.0, 130.0, 130.0]))

    def put(points: np.ndarray, rgb: np.ndarray) -> None:
        stage.face(points, rgb, front, Label.SIGN, foot=0.94)

    zf = z - 0.06
    if kind == 0:
        put(_disc(x, y, zf, 0.33, 24), red)
        put(_disc(x, y, zf, 0.25, 24), white)
        for dx in (-0.10, 0.09):
            put(
                np.array(
                    [
                        [x + dx - 0.055, y - 0.12, zf],
                        [x + dx + 0.055, y - 0.12, zf],
                        [x + dx + 0.055, y + 0.12, zf],
                        [x + dx - 0.055, y + 0.12, zf],
                    ]
                ),
                black,
            )
            put(_disc(x + dx, y, zf, 0.035, 8), white)
    elif kind == 1:
        put(_disc(x, y, zf, 0.44, 3, math.pi / 2), red)
        put(_disc(x, y, zf, 0.28, 3, math.pi / 2), white)
        put(
            np.array(
                [
                    [x - 0.04, y - 0.1, zf],
                    [x + 0.04, y - 0.1, zf],
                    [x + 0.04, y + 0.16, zf],
                    [x - 0.04, y + 0.16, zf],
                ]
            ),
            black,
        )
    elif kind == 2:
        put(_disc(x, y, zf, 0.33, 24), red)
        put(
            np.array(
                [
                    [x - 0.22, y - 0.055, zf],
                    [x + 0.18, y - 0.055, zf],
                    [x + 0.18, y + 0.055, zf],
                    [x - 0.22, y + 0.055, zf],
                ]
            ),
            white,
        )
    elif kind == 3:
        put(_disc(x, y, zf, 0.33, 24), white)
        put(_disc(x, y, zf, 0.31, 24), blue)
        put(
            np.array(
                [
                    [x + 0.18, y - 0.06, zf],
                    [x + 0.18, y + 0.06, zf],
                    [x - 0.05, y + 0.06, zf],
                    [x - 0.05, y + 0.16, zf],
                    [x - 0.22, y, zf],
                    [x - 0.05, y - 0.16, zf],
                    [x - 0.05, y - 0.06, zf],
                ]
            ),
            white,
        )
    elif kind == 4:
        wide, tall = float(rng.uniform(0.5, 1.1)), float(rng.uniform(0.3, 0.5))
        ground = (np.array([30.0, 92.0, 66.0]), white, blue)[int(rng.integers(3))]
        ink = black if ground is white else white

        def box(left: float, low: float, right: float, high: float) -> np.ndarray:
            return np.array([[x + a, y + b, zf] for a, b in ((left, low), (right, low), (right, high), (left, high))])

        put(box(-wide, -tall, wide, tall), ink)
        put(box(-wide + 0.04, -tall + 0.04, wide - 0.04, tall - 0.04), ground)
        for row in (0.35, -0.25):
            at = -wide + 0.12
            while at < wide * float(rng.uniform(0.3, 0.8)):
                step = float(rng.uniform(0.05, 0.16))
                put(box(at, tall * row - 0.05, at + step, tall * row + 0.06), ink)
                at += step + 0.035
    else:
        put(
            np.array(
                [
                    [x - 0.3, y - 0.3, zf],
                    [x + 0.3, y - 0.3, zf],
                    [x + 0.3, y + 0.3, zf],
                    [x - 0.3, y + 0.3, zf],
                ]
            ),
            blue if rng.random() < 0.6 else yellow,
        )
        put(
            np.array(
                [
                    [x - 0.12, y - 0.2, zf],
                    [x - 0.02, y - 0.2, zf],
                    [x - 0.02, y + 0.2, zf],
                    [x - 0.12, y + 0.2, zf],
                ]
            ),
            white,
        )
        put(_disc(x + 0.06, y + 0.1, zf, 0.14, 14), white)


def draw_traffic_light(stage: Stage, rng: np.random.Generator, x: float, z: float) -> None:
    """A signal of three lamps on a pole."""
    _post(stage, x, z, 0.0, 3.5, 0.06, 0.055, np.array([84.0, 86.0, 88.0]))
    front = np.array([0.0, 0.15, -1.0])
    zf = z - 0.08
    for grow, rgb in ((0.06, np.array([214.0, 214.0, 208.0])), (0.0, np.array([30.0, 31.0, 33.0]))):
        w, low, high = 0.21 + grow, 2.28 - grow, 3.42 + grow
        board = np.array([[x - w, low, zf], [x + w, low, zf], [x + w, high, zf], [x - w, high, zf]])
        stage.face(board, rgb, front, Label.SIGN)
    on = int(rng.integers(3))
    depth = stage.camera.depth(x, 2.8, z)
    for i, level in enumerate(([222.0, 42.0, 34.0], [236.0, 168.0, 40.0], [56.0, 212.0, 132.0])):
        rgb = np.array(level)
        y = 3.22 - 0.37 * i
        lamp = _disc(x, y, zf - 0.01, 0.12, 16)
        if i == on:
            stage.polygon(stage.camera.project(lamp), stage.light.fog(rgb, depth), Label.SIGN)
            stage.shine(x, y, zf, 0.08, rgb * 0.5)
        else:
            stage.face(lamp, rgb * 0.22, front, Label.SIGN)


def draw_fence(
    stage: Stage,
    rng: np.random.Generator,
    a: np.ndarray,
    b: np.ndarray,
    normal: np.ndarray,
    style: str,
    tone: np.ndarray,
) -> None:
    """A fence from ground point a to b: 'boards', 'picket' or 'railing'."""
    run = b - a
    length = math.hypot(run[0], run[2])
    near = max(stage.camera.depth(*a), 1.5)
    depth = max(stage.camera.depth(*((a + b) / 2)), 1.5)
    dense = min(max(stage.camera.focal / near * 0.8, 14.0), 80.0)
    height = {"boards": 1.5, "picket": 1.05, "railing": 1.15}[style]
    rows, columns = max(int(height * dense), 8), min(max(int(length * dense), 12), 900)
    sx, sy = columns / length, rows / height
    mask = Image.new("L", (columns, rows))
    draw = ImageDraw.Draw(mask)
    pitch, wide = {"boards": (0.16, 0.155), "picket": (0.15, 0.095), "railing": (0.13, 0.035)}[style]
    for i in range(int(length / pitch) + 1):
        x = i * pitch * sx
        top = 0 if style != "picket" else 0.03 * sy * (i & 1)
        draw.rectangle((x, top, x + max(wide * sx, 1.0), rows), fill=255)
    for level in (0.06, 0.82) if style != "boards" else ():
        draw.rectangle((0, level * rows, columns, level * rows + max(0.06 * sy, 1.5)), fill=255)
    for i in range(int(length / 2.0) + 1):
        draw.rectangle((i * 2.0 * sx, 0, i * 2.0 * sx + max(0.1 * sx, 1.5), rows), fill=255)
    which = (np.arange(columns) / sx / pitch).astype(np.int64) & 511
    each = stage.noise.grit[7][which][None, :]
    grain = stage.noise.patch(rng, rows, columns, stage.noise.full)
    seam = np.mod(np.arange(columns) / sx / pitch, 1.0)[None, :] < 0.12
    y = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    tone_map = (1 + 0.07 * each + 0.05 * grain) * (1 - 0.35 * seam * (style == "boards")) * (0.82 + 0.2 * y)
    rgb = tone_map[..., None] * (tone * stage.light.shade(normal, stage.sunlight)).astype(np.float32)
    clear = np.float32(stage.light.clear(depth))
    rgb = rgb * clear + stage.light.haze.astype(np.float32) * (1 - clear)
    image = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
    image.putalpha(mask)
    tall = np.array([0.0, height, 0.0])
    stage.texture(image, a + tall, run, -tall, Label.FENCE)
