"""Pictures of the plane: regions of a classifier, the certified disc, noise and attacks. Knows no screen."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

import engine

NAMES = ("A", "B", "C")
COLOURS = ("#6FB1E4", "#F2B233", "#5A2F72")
SIDE = 640  # pixels of a picture
MAP_SIDE = 240  # cells of a probability map

_INK, _PAPER = (17, 22, 29), (255, 255, 255)
_DASH = 14.0  # pixels of a dashed circle's dash
_MOST = 3.0  # sides of the picture: larger circles are not in it
_PALETTE = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS], dtype=np.float64)
_LETTERS = ((0.08, 0.10), (0.10, 0.90), (0.68, 0.79))  # where each class is named
_OVERSAMPLE = 2
Point = tuple[float, float]


@lru_cache(maxsize=1)
def base_regions() -> Pillow.Image:
    """The base model's classes, named."""
    centres = (np.arange(2 * SIDE) + 0.5) / (2 * SIDE)
    x, y = np.meshgrid(centres, centres[::-1])
    fine = _PALETTE[engine.teaching.plane.THREE_REGIONS.predict(x, y)]
    return _canvas(fine.reshape(SIDE, 2, SIDE, 2, 3).mean(axis=(1, 3)))


@lru_cache(maxsize=32)
def probability_map(sigma: float) -> NDArray[np.float64]:
    """Class probabilities under noise on MAP_SIDE x MAP_SIDE cells."""
    return engine.teaching.plane.THREE_REGIONS.probability_map(sigma, MAP_SIDE)


@lru_cache(maxsize=24)
def smoothed_regions(sigma: float) -> Pillow.Image:
    """The smoothed model's classes, fuller in colour where the radius is larger; hatched where none has a half."""
    chances = _enlarged(probability_map(sigma))
    best = chances.max(axis=-1)
    strength = 0.30 + 0.70 * np.clip(2.0 * best - 1.0, 0.0, 1.0) ** 1.5
    picture = 255.0 + (_PALETTE[chances.argmax(axis=-1)] - 255.0) * strength[..., None]
    rows, columns = np.indices(best.shape)
    picture[best <= 0.5] = _PAPER
    picture[(best <= 0.5) & ((rows + columns) % 10 < 2)] = (150, 156, 165)
    return _canvas(picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A circle around the point, in sides of the picture; 0 is not drawn. A dashed one is no certificate."""

    radius: float
    colour: str = "#11161D"
    dashed: bool = False


def draw(
    canvas: Pillow.Image,
    point: Point,
    *,
    rings: tuple[Ring, ...],
    arrows: tuple[tuple[Point, bool], ...] = (),
    noise: NDArray[np.float64] | None = None,
    marked: bool = True,
) -> bytes:
    """A PNG of `canvas` with discs, arrows (end, whether it is drawn solid) and noisy copies as dots."""
    big = canvas.copy()
    pen, unit = ImageDraw.Draw(big), SIDE * _OVERSAMPLE
    for x, y in noise if noise is not None else ():
        _dot(pen, (x * unit, (1 - y) * unit), 2.6 * _OVERSAMPLE, _INK, _PAPER)
    start = (point[0] * unit, (1 - point[1]) * unit)
    for ring in rings:
        _ring(pen, start, ring, unit)
    for end, solid in arrows:
        _arrow(pen, start, (end[0] * unit, (1 - end[1]) * unit), solid)
    if marked:
        _dot(pen, start, 8 * _OVERSAMPLE, _PAPER, _INK)
    small = big.reduce(_OVERSAMPLE)
    return engine.export.png(np.asarray(small, dtype=np.uint8))


def _canvas(picture: NDArray[np.float64]) -> Pillow.Image:
    """Enlarged for drawing without jags, with the names of the classes."""
    unit = SIDE * _OVERSAMPLE
    big = Pillow.fromarray(np.rint(picture).astype(np.uint8)).resize((unit, unit), Pillow.Resampling.NEAREST)
    pen, font = ImageDraw.Draw(big), ImageFont.load_default(44 * _OVERSAMPLE)
    for name, (x, y) in zip(NAMES, _LETTERS, strict=True):
        place = (x * unit, (1 - y) * unit)
        pen.text(place, name, font=font, anchor="mm", fill=_INK, stroke_width=6, stroke_fill=_PAPER)
    return big


def _dot(pen: ImageDraw.ImageDraw, at: Point, size: float, fill: tuple[int, ...], edge: tuple[int, ...]) -> None:
    box = [at[0] - size, at[1] - size, at[0] + size, at[1] + size]
    pen.ellipse(box, fill=fill, outline=edge, width=max(1, round(size / 3)))


def _ring(pen: ImageDraw.ImageDraw, at: Point, ring: Ring, unit: int) -> None:
    if not 0.0 < ring.radius < _MOST:
        return
    dash = min(30.0, math.degrees(_DASH / (ring.radius * SIDE)))
    parts = [(start, start + dash) for start in np.arange(0.0, 360.0, 1.7 * dash)] if ring.dashed else [(0.0, 360.0)]
    for colour, width, inset in ((_PAPER, 6 * _OVERSAMPLE, 0.0), (ring.colour, 3 * _OVERSAMPLE, 3.0)):
        reach = ring.radius * unit - inset
        box = [at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach]
        for first, last in parts if reach > 0.0 else ():
            pen.arc(box, first, last, fill=colour, width=width)


def _arrow(pen: ImageDraw.ImageDraw, start: Point, end: Point, solid: bool) -> None:
    length = math.dist(start, end)
    if length < 1.0:
        return
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    head = min(22.0 * _OVERSAMPLE, 0.6 * length)
    neck = (end[0] - along[0] * head, end[1] - along[1] * head)
    side = (-along[1] * head * 0.45, along[0] * head * 0.45)
    triangle = [end, (neck[0] + side[0], neck[1] + side[1]), (neck[0] - side[0], neck[1] - side[1])]
    for colour, width in ((_PAPER, 9 * _OVERSAMPLE), (_INK, 4 * _OVERSAMPLE)):
        pieces = [(0.0, 1.0)] if solid else [(i / 8, i / 8 + 0.07) for i in range(8)]
        for first, last in pieces:
            ends = [(start[i] + t * (neck[i] - start[i])) for t in (first, last) for i in (0, 1)]
            pen.line(ends, fill=colour, width=width)
        pen.polygon(triangle, fill=_INK, outline=_PAPER, width=2 * _OVERSAMPLE)


def _enlarged(chart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bilinear, so that the borders between regions are as smooth as they are."""
    layers = [
        np.asarray(Pillow.fromarray(chart[..., i].astype(np.float32)).resize((SIDE, SIDE), Pillow.Resampling.BILINEAR))
        for i in range(chart.shape[-1])
    ]
    return np.stack(layers, axis=-1).astype(np.float64)
