"""Composition of a street scene and its exact label map."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.synthetic.scenes.actors import place_actors
from engine.synthetic.scenes.backdrop import draw_backdrop, draw_cross_row
from engine.synthetic.scenes.camera import Camera
from engine.synthetic.scenes.facades import draw_lot
from engine.synthetic.scenes.ground import paint_ground, shadow_layer
from engine.synthetic.scenes.light import Light, develop, paint_sky, reflect
from engine.synthetic.scenes.plan import draw_plan
from engine.synthetic.scenes.stage import Label, Stage
from engine.synthetic.scenes.textures import Noise
from engine.synthetic.scenes.vegetation import crown_sprites

SMALLEST, LARGEST = 64, 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A rendered picture with its ground truth.

    pixels: uint8 (H, W, 3), RGB. labels: uint8 (H, W), CamVid classes 0..10; 255 never occurs.
    """

    pixels: np.ndarray
    labels: np.ndarray
    seed: int


def _check(name: str, value: int, low: int, high: int | None) -> int:
    allowed = f"{low}..{high}" if high is not None else f"{low} or more"
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{name} must be an integer in {allowed}, got {value!r}")
    if value < low or (high is not None and value > high):
        raise ValueError(f"{name} must be in {allowed}, got {value}")
    return int(value)


def _majority(labels: np.ndarray) -> np.ndarray:
    """Most frequent class of every 2x2 block; the upper left one wins a tie."""
    a, b, c, d = labels[0::2, 0::2], labels[0::2, 1::2], labels[1::2, 0::2], labels[1::2, 1::2]
    lonely = (a != b) & (a != c) & (a != d)
    result = np.where(lonely & ((b == c) | (b == d)), b, a)
    return np.where(lonely & (b != c) & (c == d), c, result)


def render_street(seed: int, width: int = 480, height: int = 360) -> Scene:
    """Render one street scene with exact ground truth.

    seed: 0 or more; the same seed and size give the same bytes. width, height: in pixels, 64 to 2048. A pixel of the
    labels has the class that covers most of it; Tree is all vegetation. Raises ValueError if an argument is no whole
    number or outside its range.

    >>> scene = render_street(1, 64, 64)
    >>> scene.pixels.shape, scene.labels.shape, bool(scene.labels.max() <= 10)
    ((64, 64, 3), (64, 64), True)
    """
    seed = _check("seed", seed, 0, None)
    width = _check("width", width, SMALLEST, LARGEST)
    height = _check("height", height, SMALLEST, LARGEST)
    rng = np.random.default_rng(seed)
    noise = Noise.make(rng)
    light = Light.draw(rng)
    plan = draw_plan(rng)
    wide = float(rng.uniform(0.86, 1.12)) * max(width, height * 4 / 3)
    pitch = math.radians(float(rng.uniform(-3.5, 1.5)))
    camera = Camera(
        x=-plan.half * (0.25 if plan.lanes == 4 else 0.5) + float(rng.uniform(-0.4, 0.4)),
        height=float(rng.uniform(1.25, 1.75)),
        yaw=math.radians(float(rng.normal(0.0, 2.2))) + math.atan(plan.bend * 14),
        pitch=pitch,
        focal=2.0 * wide,
        columns=2 * width,
        rows=2 * height,
    )
    stage = Stage(
        camera,
        light,
        noise,
        paint_sky(camera, light, noise, rng),
        Image.new("L", (2 * width, 2 * height), int(Label.SKY)),
        Image.new("RGB", (width, height)),
    )
    crowns = crown_sprites(rng, noise, light)
    items, contact, shadows = place_actors(stage, plan, crowns, rng)
    draw_backdrop(stage, plan, crowns, rng)
    gloss = paint_ground(stage, plan, shadow_layer(stage, contact), shadow_layer(stage, shadows))
    if plan.junction:
        draw_cross_row(stage, plan, rng)
    for lot in sorted(plan.lots, key=lambda lot: -lot.start):
        draw_lot(stage, plan, lot, rng)
    for _, sunlight, draw in sorted(items, key=lambda item: -item[0]):
        stage.sunlight = sunlight
        draw()
    labels = _majority(np.asarray(stage.label))
    picture = stage.colour.reduce(2)
    if light.wet:
        picture = reflect(picture, labels == Label.ROAD, gloss)
    return Scene(pixels=develop(picture, light, stage.glow, rng), labels=labels, seed=seed)
