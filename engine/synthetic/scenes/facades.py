"""Houses: painted fronts hung into the street in perspective, with gable ends, roofs and chimneys."""

import math

import numpy as np
from PIL import Image, ImageDraw

from engine.synthetic.scenes.fronts import Sheet, paint_front, paint_wall, paint_window
from engine.synthetic.scenes.plan import Lot, StreetPlan
from engine.synthetic.scenes.stage import Label, Stage

_ROOFS = ((120, 74, 58), (92, 84, 82), (104, 72, 62), (76, 78, 84), (140, 92, 70))


def _finish(
    image: Image.Image,
    lit: Image.Image | None,
    stage: Stage,
    normal: np.ndarray,
    dark_below: float,
    depth: float,
    height: float,
) -> Image.Image:
    """Light, cast shadow, glowing windows and haze."""
    rgb = np.asarray(image, dtype=np.float32)
    full, shade = stage.light.shade(normal), stage.light.shade(normal, 0.0)
    y = np.linspace(height, 0, rgb.shape[0], dtype=np.float32)[:, None, None]
    sunlit = np.clip((y - dark_below) / 0.5 + 0.5, 0, 1)
    rgb = rgb * (shade + (full - shade) * sunlit).astype(np.float32) * (0.86 + 0.14 * np.clip(y / 4, 0, 1))
    if lit is not None:
        mask = np.asarray(lit, dtype=np.float32)[..., None] * np.float32(1 / 255)
        rgb += (np.array([255, 206, 132], np.float32) - rgb) * mask
    clear = np.float32(stage.light.clear(depth))
    rgb = rgb * clear + stage.light.haze.astype(np.float32) * (1 - clear)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def draw_lot(stage: Stage, plan: StreetPlan, lot: Lot, rng: np.random.Generator) -> None:
    """Draw one house: side wall, roof, front."""
    light = stage.light
    sign = -1.0 if lot.side == 0 else 1.0
    u = sign * plan.front[lot.side]
    start, end = max(lot.start, -6.0), lot.end
    a = np.array([plan.at(u, start), 0.0, start])
    b = np.array([plan.at(u, end), 0.0, end])
    run = b - a
    length = math.hypot(run[0], run[2])
    normal = np.array([run[2], 0.0, -run[0]]) / length * (-sign)
    dark_below = 99.0
    if light.sunny and float((normal * light.to_sun).sum()) > 0:
        other = plan.skyline[1 - lot.side]
        gap = plan.front[0] + plan.front[1]
        reach = gap / max(abs(float(light.to_sun[0])), 0.05)
        index = min(max(int(40 + (start + end) / 2 + light.to_sun[2] * reach), 0), other.size - 1)
        dark_below = float(other[index]) - reach * float(light.to_sun[1])
    # Most side walls are hidden by the next house towards the camera.
    hidden = any(
        near.side == lot.side and abs(near.end - lot.start) < 0.3 and near.height + near.roof >= lot.height + lot.roof
        for near in plan.lots
    )
    hang_front(stage, rng, lot, a, b, normal, dark_below, gable=not hidden and lot.start > 0.5)


def _side_wall(
    stage: Stage,
    rng: np.random.Generator,
    lot: Lot,
    a: np.ndarray,
    back: np.ndarray,
    facing: np.ndarray,
    depth: float,
) -> None:
    """The gable end that shows where the next house is lower or missing."""
    peak = lot.height + lot.roof
    dense = min(max(stage.camera.focal / depth * 0.6, 3.0), 30.0)
    rows, columns = max(int(peak * dense), 6), max(int(9.0 * dense), 6)
    wall, _ = paint_wall(rng, stage, rows, columns, dense, dense)
    image = Image.fromarray(np.clip(wall * 0.93, 0, 255).astype(np.uint8))
    sheet = Sheet(image, dense, dense)
    if rng.random() < 0.5:
        for floor in range(lot.floors):
            x = float(rng.uniform(2.5, 5.5))
            paint_window(
                sheet,
                rng,
                stage,
                (x, floor * 2.9 + 1.0, x + 0.8, floor * 2.9 + 2.2),
                (226, 222, 212),
                0,
                None,
            )
    image = _finish(image, None, stage, facing, 0.35 * lot.height, depth, peak)
    mask = Image.new("L", image.size)
    eave = rows * lot.roof / peak
    ImageDraw.Draw(mask).polygon(
        [(0, rows), (0, eave), (columns / 2, 0), (columns, eave), (columns, rows)], fill=255, outline=255
    )
    image.putalpha(mask)
    top = np.array([0.0, peak, 0.0])
    stage.texture(image, a + top, back, -top, Label.BUILDING)


def hang_front(
    stage: Stage,
    rng: np.random.Generator,
    lot: Lot,
    a: np.ndarray,
    b: np.ndarray,
    normal: np.ndarray,
    dark_below: float,
    gable: bool = True,
) -> None:
    """Draw side wall, roof and front of a house whose front runs from ground point a to b.

    The front is in shadow below `dark_below` metres.
    """
    camera = stage.camera
    run = b - a
    length = math.hypot(run[0], run[2])
    back = -normal * 9.0
    rise = np.array([0.0, lot.height, 0.0])
    top = np.array([0.0, lot.height + lot.roof, 0.0])
    mid_depth = max(camera.depth(*((a + b) / 2)), 4.0)
    near_depth = max(camera.depth(*a), 3.0)
    facing = -run / length
    if gable:
        _side_wall(stage, rng, lot, a, back, facing, near_depth)
    if lot.roof:
        tile = np.array(_ROOFS[int(rng.integers(len(_ROOFS)))], dtype=float)
        eave = normal * 0.35
        slope = np.stack([a + rise + eave, b + rise + eave, b + back * 0.5 + top, a + back * 0.5 + top])
        pitch = normal * lot.roof + np.array([0.0, 4.5, 0.0])
        stage.face(slope, tile, pitch / math.sqrt(float((pitch * pitch).sum())), Label.BUILDING, foot=1.1)
        if rng.random() < 0.7:
            spot = a + run * float(rng.uniform(0.15, 0.85)) + back * 0.5
            for face_dir, w in ((run / length * 0.9, 0), (back / 9.0 * 0.8, 1)):
                low, high = spot + top * 0.97, spot + top + np.array([0.0, 1.1, 0.0])
                quad = np.stack([low, low + face_dir, high + face_dir, high])
                stage.face(
                    quad,
                    np.array([142.0, 92.0, 72.0]),
                    normal if w == 0 else facing,
                    Label.BUILDING,
                    foot=0.9,
                )
    toward = abs(float((normal * np.array([camera.x - a[0], 0.0, -a[2]])).sum()))
    sy = min(max(camera.focal / near_depth * 0.8, 3.0), 46.0)
    sx = min(max(camera.focal * max(toward, 1.5) / (near_depth * mid_depth) * 0.9, 3.0), 46.0)
    image, lit = paint_front(rng, stage, length, lot, sx * 1.0, sy)
    image = _finish(image, lit, stage, normal, dark_below, mid_depth, lot.height)
    stage.texture(image, a + rise, run, -rise, Label.BUILDING)
