"""Trees with irregular leafy crowns, and hedges."""

import math

import numpy as np
from PIL import Image, ImageEnhance

from engine.synthetic.scenes.light import Light
from engine.synthetic.scenes.stage import Label, Stage
from engine.synthetic.scenes.textures import Noise

_GREENS = ((82, 100, 52), (70, 92, 50), (96, 106, 56), (62, 82, 52), (108, 106, 54), (146, 108, 52))


def crown_sprites(
    rng: np.random.Generator, noise: Noise, light: Light, count: int = 3, size: int = 304
) -> list[Image.Image]:
    """Lit RGBA crowns (size, size), made once per scene and reused.

    Each shape comes as a pair: full size, and a quarter of it for far trees.
    """
    sprites = []
    grid = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = grid[None, :], grid[:, None]
    sun = light.to_sun
    for _ in range(count):
        best = np.full((size, size), -9.0, dtype=np.float32)
        tone = np.zeros((size, size), dtype=np.float32)
        narrow = float(rng.uniform(0.75, 1.0))
        for _ in range(16):
            angle, far = rng.uniform(0, 2 * math.pi), math.sqrt(rng.uniform(0, 1)) * 0.62
            bx, by = far * math.cos(angle) * narrow, far * math.sin(angle) * 0.95
            r = float(rng.uniform(0.22, 0.42))
            dx, dy = (x - np.float32(bx)) / r, (y - np.float32(by)) / r
            field = 1 - dx * dx - dy * dy
            lit = (
                np.float32(0.55 * sun[0]) * dx
                - np.float32(0.5 + 0.3 * sun[1]) * dy
                + np.float32(-0.45 * by + 0.35 * bx * sun[0])
            )
            over = field > best
            np.copyto(best, field, where=over)
            np.copyto(tone, lit, where=over)
        leaf = noise.patch(rng, size, size, noise.full)
        clump = noise.patch(rng, size // 2, size // 2, noise.full)
        clump = np.asarray(Image.fromarray(clump).resize((size, size), Image.Resampling.BICUBIC))
        shape = best + 0.42 * clump + 0.25 * leaf - 0.05
        alpha = np.clip(shape * 4, 0, 1)
        alpha *= (clump + 0.6 * leaf) > -1.75
        grit = noise.patch(rng, size, size, noise.grit)
        direct = 1.0 if light.sunny else 0.45
        bright = 0.78 + 0.40 * direct * tone + 0.16 * leaf + 0.13 * clump + 0.10 * grit
        bright = np.clip(bright, 0.22, 1.75)
        base = np.array(_GREENS[int(rng.choice(6, p=[0.27, 0.27, 0.18, 0.16, 0.07, 0.05]))], dtype=np.float32)
        warm = np.clip(bright - 0.8, 0, 1)[..., None] * np.array([26, 20, -6], np.float32)
        rgb = (bright[..., None] * base + warm) * (light.ambient + 0.62 * light.sun).astype(np.float32)
        stack = np.concatenate([rgb, alpha[..., None] * 255], axis=2)
        whole = Image.fromarray(np.clip(stack, 0, 255).astype(np.uint8))
        for crown in (
            whole,
            whole.rotate(14).transpose(Image.Transpose.ROTATE_180).transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        ):
            sprites += [crown, crown.reduce(4)]
    return sprites


def _hazed(image: Image.Image, light: Light, depth: float, gain: float) -> Image.Image:
    clear = light.clear(depth)
    alpha = image.getchannel("A")
    rgb = ImageEnhance.Brightness(image.convert("RGB")).enhance(gain)
    haze = Image.new("RGB", image.size, tuple(int(v) for v in light.haze))
    rgb = Image.blend(haze, rgb, clear)
    rgb.putalpha(alpha)
    return rgb


def draw_tree(
    stage: Stage,
    rng: np.random.Generator,
    crowns: list[Image.Image],
    x: float,
    z: float,
    height: float,
    spread: float,
) -> None:
    """A tree of `height` metres standing at (x, z) with a crown `spread` metres wide."""
    camera = stage.camera
    depth = camera.depth(x, 1.0, z)
    if depth < 2.5:
        return
    scale = camera.focal / depth
    bark = np.array([96.0, 82.0, 68.0]) * float(rng.uniform(0.75, 1.1))
    lean = float(rng.uniform(-0.3, 0.3))
    girth = 0.022 * height + 0.05
    fork = height * 0.45
    trunk = np.array(
        [
            [x - girth * 1.25, 0, z],
            [x + girth * 1.25, 0, z],
            [x + lean + girth * 0.7, fork, z],
            [x + lean - girth * 0.7, fork, z],
        ]
    )
    lit = np.array([-0.6 if stage.light.to_sun[0] < 0 else 0.6, 0.1, -0.75])
    stage.face(trunk, bark, lit, Label.TREE, foot=0.85)
    dark = trunk.copy()
    if stage.light.to_sun[0] > 0:
        dark[[1, 2], 0] = [x, x + lean]
    else:
        dark[[0, 3], 0] = [x, x + lean]
    stage.face(dark, bark * 0.72, lit, Label.TREE, foot=0.85)
    for _ in range(5):
        reach, up = float(rng.uniform(-0.32, 0.32)) * spread, float(rng.uniform(0.5, 0.8)) * height
        branch = np.array(
            [
                [x + lean - girth * 0.4, fork * 0.9, z],
                [x + lean + girth * 0.4, fork * 0.9, z],
                [x + reach, up, z],
            ]
        )
        stage.face(branch, bark * 0.7, lit, Label.TREE)
    pick = int(rng.integers(len(crowns) // 2))
    wide, tall = max(int(spread * scale), 3), max(int(height * 0.72 * scale), 3)
    spot = camera.project(np.array([[x + lean, height, z]]))[0]
    if wide > 3 * camera.columns or spot[0] + wide < 0 or spot[0] - wide > camera.columns:
        return
    shaded = 0.30 * (1.0 - stage.sunlight) if stage.light.sunny else 0.0
    gain = float(rng.uniform(0.88, 1.1)) - shaded
    crown = crowns[2 * pick + (wide < 110)]
    image = crown.resize((wide, tall), Image.Resampling.BILINEAR)
    stage.sprite(
        _hazed(image, stage.light, depth, gain),
        spot[0] - wide / 2,
        spot[1],
        Label.TREE,
    )


def draw_hedge(
    stage: Stage, rng: np.random.Generator, a: np.ndarray, b: np.ndarray, height: float, normal: np.ndarray
) -> None:
    """A clipped hedge from ground point a to b (metres), facing along `normal`."""
    run = b - a
    length = math.hypot(run[0], run[2])
    depth = max(stage.camera.depth(*((a + b) / 2)), 2.0)
    near = max(stage.camera.depth(*a), 2.0)
    dense = min(max(stage.camera.focal / near * 0.7, 5.0), 60.0)
    rows, columns = max(int((height + 0.15) * dense), 4), min(max(int(length * dense * 0.7), 8), 700)
    noise = stage.noise
    leaf = noise.patch(rng, rows, columns, noise.full)
    grit = noise.patch(rng, rows, columns, noise.grit)
    y = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    top = noise.patch(rng, 1, columns, noise.full)
    bright = 0.62 + 0.38 * y + 0.18 * leaf + 0.14 * grit
    base = np.array(_GREENS[int(rng.integers(4))], dtype=np.float32) * 0.82
    rgb = (
        np.clip(bright, 0.15, 1.7)[..., None]
        * base
        * stage.light.shade(normal * 0.8 + np.array([0, 0.3, 0]), stage.sunlight).astype(np.float32)
    )
    clear = np.float32(stage.light.clear(depth))
    rgb = rgb * clear + stage.light.haze.astype(np.float32) * (1 - clear)
    alpha = (y < 0.93 + 0.05 * top + 0.03 * leaf) * np.float32(255)
    image = Image.fromarray(np.clip(np.concatenate([rgb, alpha[..., None]], axis=2), 0, 255).astype(np.uint8), "RGBA")
    tall = np.array([0.0, height + 0.15, 0.0])
    deep = -normal * 0.7
    roof = np.stack([a + tall * 0.9, b + tall * 0.9, b + tall * 0.9 + deep, a + tall * 0.9 + deep])
    stage.face(roof, base.astype(float) * 0.95, np.array([0.0, 1.0, 0.0]), Label.TREE)
    end = np.stack([a, a + deep, a + deep + tall * 0.9, a + tall * 0.9])
    stage.face(end, base.astype(float) * 0.8, -run / length, Label.TREE, foot=0.6)
    stage.texture(image, a + tall, run, -tall, Label.TREE)
