"""The ground: asphalt with wear and markings, kerbs, pavement slabs, lawns, and shadows cast on them."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.synthetic.scenes.plan import StreetPlan
from engine.synthetic.scenes.stage import Label, Stage
from engine.synthetic.scenes.textures import Noise, smoothstep


def _soft_box(value: np.ndarray, low: float, high: float, blur: np.ndarray) -> np.ndarray:
    """Coverage of [low, high] seen through a footprint of `blur` metres."""
    cover: np.ndarray = np.clip((value - low) / blur + 0.5, 0, 1) * np.clip((high - value) / blur + 0.5, 0, 1)
    return cover


def _markings(plan: StreetPlan, u: np.ndarray, z: np.ndarray, wide: np.ndarray, deep: np.ndarray) -> np.ndarray:
    half = plan.half
    paint = np.zeros_like(u)
    if plan.centre_line:
        dash = _soft_box(np.mod(z + plan.phase, plan.dash * 2), 0, plan.dash, deep)
        paint = np.maximum(paint, _soft_box(u, -0.06, 0.06, wide) * dash)
    if plan.lanes == 4:
        dash = _soft_box(np.mod(z + plan.phase, 6.0), 0, 2.0, deep)
        for line in (-half / 2, half / 2):
            paint = np.maximum(paint, _soft_box(u, line - 0.05, line + 0.05, wide) * dash)
    if plan.zebra > 0:
        stripe = _soft_box(np.mod(u + half, 1.2), 0.3, 0.9, wide) * (np.abs(u) < half - 0.2)
        paint = np.maximum(paint, stripe * _soft_box(z, plan.zebra, plan.zebra + 3.0, deep))
        paint = np.maximum(
            paint, _soft_box(z, plan.zebra - 1.6, plan.zebra - 1.3, deep) * ((u < -0.1) & (u > -half + 0.2))
        )
    return paint


def _cast(stage: Stage, plan: StreetPlan, u: np.ndarray, z: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Share of sun that the building rows take from the ground."""
    sun = stage.light.to_sun
    side = 0 if sun[0] < 0 else 1
    wall = plan.front[side] * (-1 if side == 0 else 1)
    reach = np.maximum((u - wall) / np.float32(-sun[0]), 0.0)
    step = np.clip((z + np.float32(sun[2]) * reach + 40.0) * 2, 0, 2 * plan.skyline.shape[1] - 2)
    fine = np.repeat(plan.skyline[side], 2)
    below = step.astype(np.int32)
    part = step - below
    height = fine.take(below) * (1 - part) + fine.take(np.minimum(below + 1, fine.size - 1)) * part
    return smoothstep(-0.5, 0.5, (height - np.float32(sun[1]) * reach) / (1.0 + wide))


def paint_ground(stage: Stage, plan: StreetPlan, contact: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Shade every pixel below the horizon; `contact` and `spots` hold shade and shadows of objects.

    Returns the gloss of the ground, float32 (H, W) 0..1 at half the canvas size; 0 where it is dry.
    """
    light, noise = stage.light, stage.noise
    first = min(max(int(stage.camera.horizon) // 2 + 1, 0), stage.camera.rows // 2 - 1)
    # Colours are worked out at half the canvas size with analytic edges, labels at the full size.
    camera = replace(
        stage.camera,
        focal=stage.camera.focal / 2,
        columns=stage.camera.columns // 2,
        rows=stage.camera.rows // 2,
    )
    x, z, reach = camera.ground(first)
    u = x - plan.offset(z).astype(np.float32)
    wide = reach / np.float32(camera.focal) + 0.004
    deep = reach * reach / np.float32(camera.focal * camera.height) + 0.01
    near = np.clip(1.3 - deep * 1.5, 0, 1)
    mid = np.clip(1.2 - deep * 0.22, 0, 1)

    over = np.abs(u) - np.float32(plan.half)
    side_road = np.zeros_like(u)
    for sign, start, end in plan.openings:
        side_road = np.maximum(side_road, (u * sign > 0) * _soft_box(z, start, end, deep))
    road = np.maximum(np.clip(0.5 - over / wide, 0, 1), side_road)
    pave_width = np.where(u < 0, np.float32(plan.pavement[0]), np.float32(plan.pavement[1]))
    lawn = np.clip((over - pave_width) / wide + 0.5, 0, 1)

    big = Noise.look(noise.soft, u * 5 + plan.shift, z * 5)
    small = Noise.look(noise.full, u * 110, z * 60)
    grit = Noise.look(noise.grit, u * 140 + 31, z * 70)
    lengthwise = Noise.look(noise.soft, u * 24 + plan.shift, z * 2.0)

    tone = 1 + 0.055 * big + mid * 0.045 * lengthwise + near * (0.05 * small + 0.05 * grit)
    lane = plan.half / (2 if plan.lanes == 4 else 1)
    track = np.abs(np.abs(np.mod(u, lane) - lane / 2) - 0.75)
    tone -= 0.06 * np.clip(1 - track / 0.35, 0, 1)
    for patch_u, patch_w, patch_z, patch_l, gain in plan.patches:
        tone *= 1 + gain * _soft_box(u, patch_u, patch_u + patch_w, wide) * _soft_box(
            z, patch_z, patch_z + patch_l, deep
        )
    crack = Noise.look(noise.soft, u * 30 + 77, z * 22)
    tone -= near * 0.15 * np.clip(1 - np.abs(crack - 0.9) * 9, 0, 1) * (big > 0.2)
    rgb = tone[..., None] * (plan.asphalt * (0.72 if light.wet else 1.0)).astype(np.float32)

    paint = _markings(plan, u, z, wide, deep) * (0.72 + 0.16 * np.clip(small + 0.4 * grit, -2, 1) * near)
    rgb += (np.array([222, 220, 212], np.float32) - rgb) * np.clip(paint, 0, 1)[..., None]
    if plan.yellow:
        edge = plan.half - 0.45
        line = np.maximum(
            _soft_box(np.abs(u), edge, edge + 0.08, wide),
            _soft_box(np.abs(u), edge + 0.16, edge + 0.24, wide),
        )
        line *= (1 - side_road) * (0.7 + 0.12 * np.clip(small, -2, 1) * near)
        rgb += (np.array([206, 172, 72], np.float32) - rgb) * np.clip(line, 0, 1)[..., None]
    gutter = _soft_box(over, -0.32, 0.0, wide) * (1 - side_road)
    rgb *= (1 - 0.16 * gutter)[..., None]

    slab = plan.slab
    shift = np.floor(z / slab) * 0.5 * slab
    joint = np.maximum(
        1 - _soft_box(np.mod(z, slab), 0.012, slab - 0.012, deep),
        1 - _soft_box(np.mod(u + shift, slab), 0.012, slab - 0.012, wide),
    )
    each = Noise.look(noise.grit, np.floor((u + shift) / slab) * 7, np.floor(z / slab) * 13)
    stone = 1 + 0.045 * big + mid * (0.045 * each + 0.03 * lengthwise) + near * 0.05 * (small + 0.6 * grit)
    stone -= 0.20 * np.clip(joint, 0, 1) * mid
    paved = stone[..., None] * plan.stone.astype(np.float32)
    kerb = _soft_box(over, 0.0, 0.30, wide)
    face = _soft_box(over, 0.0, 0.13, wide)
    kerb_joint = 1 - 0.2 * (np.mod(z, 0.9) < 0.04) * mid
    kerb_rgb = plan.kerb.astype(np.float32) * ((1 + 0.06 * small * near) * kerb_joint * (1 - 0.42 * face))[..., None]
    paved += (kerb_rgb - paved) * kerb[..., None]
    grass = Noise.look(noise.full, u * 60, z * 30)
    green = (1 + 0.16 * big + 0.20 * mid * grass + 0.12 * near * grit)[..., None] * np.array([88, 100, 56], np.float32)
    paved += (green - paved) * lawn[..., None]
    rgb = paved + (rgb - paved) * road[..., None]

    shadow = spots[first:]
    shade = light.shade(np.array([0.0, 1.0, 0.0])).astype(np.float32)
    ambient = (light.ambient * 0.98).astype(np.float32)
    if light.sunny:
        cast = np.maximum(_cast(stage, plan, u, z, wide), shadow)
        rgb *= shade + (ambient - shade) * cast[..., None]
    else:
        rgb *= shade
    below = contact[first:] * np.float32(0.68)
    rgb *= (1 - below)[..., None]
    # Ground close to house fronts sees less of the sky.
    rgb *= (1 - 0.20 * np.clip((np.abs(u) - plan.half) / (plan.front[0] - plan.half + 0.1), 0, 1))[..., None]
    clear = np.exp(-reach / np.float32(light.haze_range))[..., None]
    rgb = rgb * clear + light.haze.astype(np.float32) * (1 - clear)
    image = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
    image = image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST)
    stage.colour.paste(image, (0, 2 * first))
    _paint_labels(stage, plan, 2 * first)
    gloss = np.zeros((camera.rows, camera.columns), dtype=np.float32)
    if light.wet:
        puddle = smoothstep(-0.3, 1.0, big + 0.25 * lengthwise)
        gloss[first:] = np.clip(0.16 + 0.46 * puddle, 0, 1) * np.clip(0.55 + reach / 40, 0, 1.25)
    return gloss


def _paint_labels(stage: Stage, plan: StreetPlan, first: int) -> None:
    x, z, _ = stage.camera.ground(first)
    u = x - plan.offset(z).astype(np.float32)
    over = np.abs(u) - np.float32(plan.half)
    labels = np.where(over < np.where(u < 0, *plan.pavement), np.uint8(Label.PAVEMENT), np.uint8(Label.TREE))
    labels[over < 0] = Label.ROAD
    for sign, start, end in plan.openings:
        labels[(u * sign > 0) & (z > start) & (z < end)] = Label.ROAD
    stage.label.paste(Image.fromarray(labels), (0, first))


def shadow_layer(stage: Stage, polygons: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """Ground polygons (N, 2) in x, z with a strength 0..255, as soft float32 (H, W) 0..1 at half size."""
    layer = Image.new("L", (stage.colour.width // 2, stage.colour.height // 2))
    draw = ImageDraw.Draw(layer)
    for ground, strength in polygons:
        points = np.stack([ground[:, 0], np.zeros(len(ground)), ground[:, 1]], axis=1)
        screen = [(0.5 * a, 0.5 * b) for a, b in stage.camera.project(points)]
        if len(screen) > 2:
            draw.polygon(screen, fill=strength)
    soft = layer.filter(ImageFilter.GaussianBlur(layer.width / 420))
    return np.asarray(soft, dtype=np.float32) * np.float32(1 / 255)
