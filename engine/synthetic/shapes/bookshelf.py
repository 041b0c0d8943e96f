"""Bookshelves: a carcass of boards (`frame`), the boards between (`shelf`), and books that stand, lean and lie."""

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._solids import Solid, block
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("book", "frame", "shelf")


def _build(rng: np.random.Generator) -> Mesh:
    rows = int(rng.integers(2, 6))
    wide, deep, gap = rng.uniform(0.6, 1.1), rng.uniform(0.26, 0.34), rng.uniform(0.3, 0.36)
    board, plinth = rng.uniform(0.02, 0.032), rng.uniform(0.04, 0.12)
    tall = plinth + rows * gap + (rows + 1) * board
    unit = Assembly(_PARTS)
    for side in (-1, 1):
        unit.add("frame", _block(deep, board, tall).moved(0, side * (wide + board) / 2, tall / 2))
    unit.add("frame", _block(deep, wide, board).moved(0, 0, tall - board / 2))
    if rng.random() < 0.7:
        unit.add("frame", _block(0.012, wide + board, tall).moved(-deep / 2 + 0.006, 0, tall / 2))
    if plinth > 0.07:
        unit.add("frame", _block(board, wide, plinth).moved(0.4 * deep, 0, plinth / 2))
    books = 0
    for row in range(rows):
        floor = plinth + row * (gap + board) + board
        unit.add("shelf", _block(deep - 0.012, wide, board).moved(0.002, 0, floor - board / 2))
        books += _books(unit, wide, deep, floor, gap, 16, rng)
    if books == 0:
        unit.add("book", _block(0.18, 0.13, 0.03).moved(0, 0, plinth + board + 0.015))
    return unit.shape()


def _block(x: float, y: float, z: float) -> Solid:
    return block(x, y, z, 0.006)


def _books(
    unit: Assembly, wide: float, deep: float, floor: float, gap: float, most: int, rng: np.random.Generator
) -> int:
    """A run of books from one side, perhaps a leaning one at its end, perhaps a pile beside it; how many."""
    count = int(rng.integers(most // 3, most + 1))
    place, end, placed = -wide / 2 + 0.004, wide / 2 - 0.02, 0
    for _ in range(count):
        thick, high, across = rng.uniform(0.022, 0.062), rng.uniform(0.6, 0.93) * gap, rng.uniform(0.65, 0.85) * deep
        if place + thick > end:
            return placed
        front = 0.42 * deep - across / 2 - rng.uniform(0.0, 0.03)
        unit.add("book", _block(across, thick - 0.003, high).moved(front, place + thick / 2, floor + high / 2))
        place, placed = place + thick, placed + 1
    if place + 0.2 < end and rng.random() < 0.6:
        angle, high, thick = rng.uniform(12, 22), 0.75 * gap, 0.035
        book = _block(0.7 * deep, thick, high).moved(0.04, -thick / 2, high / 2).turned((1, 0, 0), angle)
        unit.add("book", book.moved(0, place + high * np.sin(np.deg2rad(angle)) + thick + 0.002, floor))
        place, placed = place + high * np.sin(np.deg2rad(angle)) + 2 * thick, placed + 1
    if place + 0.24 < end and rng.random() < 0.5:
        level = floor
        for _ in range(int(rng.integers(1, 4))):
            thick, long = rng.uniform(0.025, 0.05), rng.uniform(0.18, 0.22)
            pile = _block(0.7 * deep, long, thick - 0.002).turned((0, 0, 1), rng.uniform(-6, 6))
            unit.add("book", pile.moved(0.01, place + 0.13, level + thick / 2))
            level, placed = level + thick, placed + 1
    return placed


SHAPE = ShapeBuilder(category="Bookshelf", parts=_PARTS, build=_build)
