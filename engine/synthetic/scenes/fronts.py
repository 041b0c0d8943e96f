"""House fronts painted flat, in metres: walls, windows, doors and shops."""

import numpy as np
from PIL import Image, ImageDraw

from engine.synthetic.scenes.plan import Lot
from engine.synthetic.scenes.stage import Stage

_PLASTERS = (
    (226, 214, 190), (214, 204, 186), (232, 226, 214), (206, 178, 146), (222, 192, 152),
    (196, 176, 160), (188, 192, 190), (214, 176, 160), (176, 168, 150), (236, 220, 180),
)  # fmt: skip
_BRICKS = ((156, 92, 70), (142, 84, 68), (170, 112, 84), (178, 140, 104), (128, 88, 76), (186, 156, 118))
_SHOPS = (
    (32, 62, 54),
    (120, 32, 36),
    (36, 48, 84),
    (52, 52, 54),
    (196, 168, 92),
    (30, 96, 110),
    (214, 210, 200),
)


def paint_wall(
    rng: np.random.Generator, stage: Stage, rows: int, columns: int, sx: float, sy: float
) -> tuple[np.ndarray, bool]:
    brick = bool(rng.random() < 0.45)
    table = _BRICKS if brick else _PLASTERS
    base = np.array(table[int(rng.integers(len(table)))], dtype=np.float32) * np.float32(rng.uniform(0.88, 1.06))
    tone = 1 + 0.045 * stage.noise.patch(rng, rows, columns, stage.noise.soft)
    tone += 0.03 * stage.noise.patch(rng, rows, columns, stage.noise.full)
    y = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    tone *= 0.90 + 0.12 * np.clip(y * 6, 0, 1)
    if brick and sy > 14:
        course = (np.arange(rows) / sy / 0.085).astype(np.int64)
        joint = np.mod(np.arange(rows) / sy / 0.085, 1.0) < 0.2
        along = np.arange(columns)[None, :] / sx / 0.24 + 0.5 * (course[:, None] & 1)
        cell = stage.noise.grit[course[:, None] & 511, along.astype(np.int64) & 511]
        tone *= (1 + 0.09 * cell) * (1 + 0.12 * (joint[:, None] | (np.mod(along, 1.0) < 0.07)))
    return tone[..., None] * base, brick


class Sheet:
    """A drawing surface measured in metres from the lower left corner."""

    def __init__(self, image: Image.Image, sx: float, sy: float) -> None:
        self.draw, self.sx, self.sy, self.rows = ImageDraw.Draw(image), sx, sy, image.height

    def box(self, x0: float, y0: float, x1: float, y1: float, rgb: tuple[int, ...]) -> None:
        a, b, c, d = x0 * self.sx, self.rows - y1 * self.sy, x1 * self.sx - 1, self.rows - y0 * self.sy - 1
        if c >= a and d >= b:
            self.draw.rectangle((a, b, c, d), fill=rgb)


def _mix(a: np.ndarray, b: np.ndarray, share: float) -> tuple[int, int, int]:
    (r, g, u), (x, y, z) = a.tolist(), b.tolist()
    keep = 1 - share
    return (
        min(max(int(r * keep + x * share), 0), 255),
        min(max(int(g * keep + y * share), 0), 255),
        min(max(int(u * keep + z * share), 0), 255),
    )


def paint_window(
    sheet: Sheet, rng: np.random.Generator, stage: Stage, box: tuple[float, float, float, float],
    frame: tuple[int, ...], style: int, lit: Image.Image | None,
) -> None:  # fmt: skip
    x0, y0, x1, y1 = box
    sky = 0.7 * stage.light.horizon / np.maximum(stage.light.ambient + 0.5 * stage.light.sun, 0.3)
    dark = np.array([34.0, 38.0, 44.0])
    reflect = float(rng.uniform(0.08, 0.45))
    sheet.box(x0 - 0.10, y0 - 0.12, x1 + 0.10, y1 + 0.12, (168, 160, 148) if style & 1 else frame)
    sheet.box(x0 - 0.04, y0 - 0.04, x1 + 0.04, y1 + 0.04, (92, 86, 80))
    sheet.box(x0, y0, x1, y1, frame)
    glow = lit is not None and rng.random() < 0.4
    halves = 2 if x1 - x0 > 0.8 else 1
    step = (x1 - x0) / halves
    for i in range(halves):
        a, b = x0 + i * step + 0.05, x0 + (i + 1) * step - 0.05
        bands = 5
        for j in range(bands):
            low, high = y0 + 0.05 + (y1 - y0 - 0.1) * j / bands, y0 + 0.05 + (y1 - y0 - 0.1) * (j + 1) / bands
            sheet.box(a, low, b, high, _mix(dark, sky, reflect * (0.35 + 0.9 * j / bands)))
        if rng.random() < 0.35:
            sheet.box(a, y0 + (y1 - y0) * rng.uniform(0.4, 0.75), b, y1 - 0.05, (184, 178, 166))
        if style & 2:
            sheet.box(a, (y0 + y1) / 2 - 0.025, b, (y0 + y1) / 2 + 0.025, frame)
    if glow and lit is not None:
        glass = Sheet(lit, sheet.sx, sheet.sy)
        glass.box(x0 + 0.05, y0 + 0.05, x1 - 0.05, y1 - 0.05, (int(rng.integers(120, 220)),))
    sheet.box(x0 - 0.14, y0 - 0.20, x1 + 0.14, y0 - 0.08, (186, 180, 168))
    sheet.box(x0 - 0.10, y0 - 0.28, x1 + 0.10, y0 - 0.20, (98, 90, 82))


def _shop(sheet: Sheet, rng: np.random.Generator, stage: Stage, width: float, lit: Image.Image | None) -> None:
    colour = _SHOPS[int(rng.integers(len(_SHOPS)))]
    sheet.box(0.15, 0.0, width - 0.15, 3.1, tuple(int(v * 0.8) for v in colour))
    pieces = max(int(width / 2.2), 2)
    door = int(rng.integers(pieces))
    step = (width - 0.5) / pieces
    sky = 0.6 * stage.light.horizon
    for i in range(pieces):
        a, b = 0.25 + i * step + 0.08, 0.25 + (i + 1) * step - 0.08
        low = 0.1 if i == door else 0.55
        for j in range(6):
            y0, y1 = low + (2.45 - low) * j / 6, low + (2.45 - low) * (j + 1) / 6
            sheet.box(
                a,
                y0,
                b,
                y1,
                _mix(np.array([40.0, 42.0, 46.0]), sky, 0.08 + 0.06 * j + float(rng.uniform(0, 0.05))),
            )
        for _ in range(int(rng.integers(2, 7))):
            x, y = float(rng.uniform(a, max(a, b - 0.3))), float(rng.uniform(low, 1.5))
            goods = _mix(rng.uniform(40, 190, 3), np.array([60.0, 60.0, 60.0]), 0.45)
            sheet.box(x, y, min(x + rng.uniform(0.15, 0.5), b), y + rng.uniform(0.2, 0.6), goods)
        if i == door:
            sheet.box(a, 0.0, a + 0.12, 2.45, colour)
            sheet.box(b - 0.12, 0.0, b, 2.45, colour)
            sheet.box(a, 0.0, b, 0.25, colour)
    if lit is not None:
        Sheet(lit, sheet.sx, sheet.sy).box(0.3, 0.5, width - 0.3, 2.4, (150,))
    sheet.box(0.0, 2.55, width, 3.2, colour)
    sheet.box(0.0, 3.2, width, 3.3, (200, 194, 182))
    light = (232, 226, 208) if sum(colour) < 360 else (60, 50, 44)
    x = width * float(rng.uniform(0.12, 0.3))
    while x < width * 0.78:
        wide = float(rng.uniform(0.1, 0.26))
        sheet.box(x, 2.74, x + wide, float(rng.uniform(2.95, 3.06)), light)
        x += wide + 0.07
    if rng.random() < 0.4:
        stripe = rng.uniform(90, 220, 3)
        n = max(int(width / 0.4), 3)
        for i in range(n):
            rgb = _mix(stripe, np.array([235.0, 230.0, 220.0]), 0.85 * (i & 1))
            sheet.box(width * i / n, 2.15, width * (i + 1) / n, 2.6, rgb)


def paint_front(
    rng: np.random.Generator, stage: Stage, width: float, lot: Lot, sx: float, sy: float
) -> tuple[Image.Image, Image.Image | None]:
    """Unlit front (RGB) at sx by sy pixels per metre, and a mask of lit windows (L) at dusk."""
    columns, rows = max(int(width * sx), 6), max(int(lot.height * sy), 6)
    wall, _ = paint_wall(rng, stage, rows, columns, columns / width, rows / lot.height)
    image = Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))
    lit = Image.new("L", image.size) if stage.light.lamps else None
    sheet = Sheet(image, columns / width, rows / lot.height)
    storey = (lot.height - (0.7 if lot.shop else 0.3)) / lot.floors
    bays = max(int(width / float(rng.uniform(1.9, 3.0))), 1)
    step = width / bays
    frame = [(232, 230, 224), (226, 222, 210), (70, 66, 62), (120, 92, 70)][int(rng.integers(4))]
    style = int(rng.integers(4))
    wide = step * float(rng.uniform(0.38, 0.6))
    for floor in range(lot.floors):
        base = floor * storey + (0.6 if lot.shop else 0.0)
        if floor == 0 and lot.shop:
            continue
        door = int(rng.integers(bays)) if floor == 0 else -1
        tall = storey * (0.52 if floor < lot.floors - 1 else 0.46)
        for bay in range(bays):
            middle = (bay + 0.5) * step
            if bay == door:
                shade = rng.uniform(0.5, 1.0)
                paint = _SHOPS[int(rng.integers(len(_SHOPS)))]
                sheet.box(middle - 0.66, 0, middle + 0.66, 2.45, (206, 200, 190))
                sheet.box(middle - 0.5, 0.1, middle + 0.5, 2.3, tuple(int(v * shade) for v in paint))
                sheet.box(middle - 0.38, 1.75, middle + 0.38, 2.15, (46, 50, 56))
                sheet.box(middle - 0.38, 0.3, middle + 0.38, 0.95, tuple(int(v * shade * 0.8) for v in paint))
                continue
            box = (middle - wide / 2, base + storey * 0.3, middle + wide / 2, base + storey * 0.3 + tall)
            paint_window(sheet, rng, stage, box, frame, style, lit)
        if floor and rng.random() < 0.25:
            sheet.box(0, base - 0.05, width, base + 0.08, (190, 182, 168))
    if lot.shop:
        _shop(sheet, rng, stage, width, lit)
    else:
        sheet.box(0, 0, width, 0.35, (118, 110, 102))
    sheet.box(0, lot.height - 0.28, width, lot.height, (196, 190, 178))
    sheet.box(0, lot.height - 0.40, width, lot.height - 0.28, (110, 102, 94))
    sheet.box(width - 0.28, 0, width - 0.16, lot.height - 0.3, (72, 70, 68))
    return image, lit
