"""Tileable noise, the raw material of every surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

TILE = 512


def _octave(rng: np.random.Generator, cells: int) -> np.ndarray:
    grid = rng.standard_normal((cells, cells), dtype=np.float32)
    padded = Image.fromarray(np.pad(grid, 2, mode="wrap"))
    box = (2.0, 2.0, 2.0 + cells, 2.0 + cells)
    return np.asarray(padded.resize((TILE, TILE), Image.Resampling.BICUBIC, box=box))


@dataclass(frozen=True, slots=True)
class Noise:
    """Periodic noise tiles (512, 512) float32 of about zero mean and unit spread."""

    soft: np.ndarray
    full: np.ndarray
    grit: np.ndarray

    @staticmethod
    def make(rng: np.random.Generator) -> Noise:
        """Draw the tiles: `soft` has large features only, `full` all scales, `grit` single texels."""
        soft = np.sum([(0.62**i) * _octave(rng, 4 << i) for i in range(5)], axis=0)
        grit = rng.standard_normal((TILE, TILE), dtype=np.float32)
        soft = (soft / soft.std()).astype(np.float32)
        full = soft + 0.55 * _octave(rng, 128) + 0.45 * _octave(rng, 256) + 0.35 * grit
        return Noise(soft, (full / full.std()).astype(np.float32), grit)

    @staticmethod
    def look(tile: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Nearest texel of a tile at texel coordinates (u, v), repeating."""
        column = (u + 65536.0).astype(np.int32) & (TILE - 1)
        row = (v + 65536.0).astype(np.int32) & (TILE - 1)
        return tile.ravel().take(row * TILE + column)

    def patch(self, rng: np.random.Generator, rows: int, columns: int, tile: np.ndarray) -> np.ndarray:
        """A random window (rows, columns) of a tile, wrapping around."""
        top, left = (int(v) for v in rng.integers(0, TILE, 2))
        return tile.take(np.arange(top, top + rows) & (TILE - 1), axis=0).take(
            np.arange(left, left + columns) & (TILE - 1), axis=1
        )


def smoothstep(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """Hermite step from 0 below `low` to 1 above `high`."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
