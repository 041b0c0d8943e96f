"""Pinhole camera over a ground plane.

World axes in metres: x to the right, y up, z forward along the street. Screen axes in pixels: x right, y down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

NEAR = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera without roll: every screen row below the horizon lies at one depth of view."""

    x: float
    height: float
    yaw: float
    pitch: float
    focal: float
    columns: int
    rows: int
    matrix: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        cy, sy, cp, sp = math.cos(self.yaw), math.sin(self.yaw), math.cos(self.pitch), math.sin(self.pitch)
        right = np.array([cy, 0.0, -sy])
        up = np.array([-sy * sp, cp, -cy * sp])
        forward = np.array([sy * cp, sp, cy * cp])
        matrix = np.stack(
            [
                self.focal * right + 0.5 * self.columns * forward,
                -self.focal * up + 0.5 * self.rows * forward,
                forward,
            ]
        )
        object.__setattr__(self, "matrix", matrix)

    @property
    def horizon(self) -> float:
        """Screen row of the horizon."""
        return 0.5 * self.rows + self.focal * math.tan(self.pitch)

    def view(self, points: np.ndarray) -> np.ndarray:
        """Homogeneous screen coordinates (N, 3) of world points (N, 3); the last column is depth in metres."""
        offset = np.asarray(points, dtype=np.float64) - np.array([self.x, self.height, 0.0])
        m = self.matrix
        return offset[:, 0:1] * m[:, 0] + offset[:, 1:2] * m[:, 1] + offset[:, 2:3] * m[:, 2]

    def project(self, points: np.ndarray) -> list[tuple[float, float]]:
        """Screen polygon of a world polygon, clipped at the near plane; empty if all of it is behind."""
        homogeneous = self.view(points)
        depth = homogeneous[:, 2]
        if depth.min() >= NEAR:
            flat = homogeneous[:, :2] / depth[:, None]
            return [(float(a), float(b)) for a, b in flat]
        if depth.max() < NEAR:
            return []
        result: list[tuple[float, float]] = []
        previous = homogeneous[-1]
        for current in homogeneous:
            if (previous[2] >= NEAR) != (current[2] >= NEAR):
                share = (NEAR - previous[2]) / (current[2] - previous[2])
                cut = previous + share * (current - previous)
                result.append((float(cut[0] / cut[2]), float(cut[1] / cut[2])))
            if current[2] >= NEAR:
                result.append((float(current[0] / current[2]), float(current[1] / current[2])))
            previous = current
        return result

    def depth(self, x: float, y: float, z: float) -> float:
        """Depth in metres of one world point."""
        m = self.matrix[2]
        return float((x - self.x) * m[0] + (y - self.height) * m[1] + z * m[2])

    def plane_inverse(self, origin: np.ndarray, along: np.ndarray, down: np.ndarray) -> np.ndarray:
        """3x3 map from screen to plane coordinates (s, t) with point = origin + s * along + t * down.

        Written out as an adjugate, so that no linear algebra library decides the last bits.
        """
        offset = origin - np.array([self.x, self.height, 0.0])
        a, b, c = ([float((row * v).sum()) for row in self.matrix] for v in (along, down, offset))
        return np.array(
            [
                [b[1] * c[2] - c[1] * b[2], c[0] * b[2] - b[0] * c[2], b[0] * c[1] - c[0] * b[1]],
                [c[1] * a[2] - a[1] * c[2], a[0] * c[2] - c[0] * a[2], c[0] * a[1] - a[0] * c[1]],
                [a[1] * b[2] - b[1] * a[2], b[0] * a[2] - a[0] * b[2], a[0] * b[1] - b[0] * a[1]],
            ]
        )

    def ground(self, first_row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """World x and z (R, columns) of the ground under each pixel from first_row on, and ray length (R, 1)."""
        down = (np.arange(first_row, self.rows, dtype=np.float32)[:, None] + 0.5 - 0.5 * self.rows) / self.focal
        side = (np.arange(self.columns, dtype=np.float32)[None, :] + 0.5 - 0.5 * self.columns) / self.focal
        cy, sy, cp, sp = math.cos(self.yaw), math.sin(self.yaw), math.cos(self.pitch), math.sin(self.pitch)
        drop = np.maximum(down * cp - sp, 1e-4)
        reach = self.height / drop
        ahead = (cp + down * sp) * reach
        return (
            (self.x + side * (reach * cy) + ahead * sy).astype(np.float32),
            (ahead * cy - side * (reach * sy)).astype(np.float32),
            reach.astype(np.float32),
        )
