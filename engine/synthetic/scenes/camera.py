"""Pinhole camera over a ground plane.

World axes in metres: x to the right, y up, z forward along the street. Screen axes in pixels: x to the
right, y down.
"""

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
    rows3: list[list[float]] = field(init=False)

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
        object.__setattr__(self, "rows3", matrix.tolist())

    @property
    def horizon(self) -> float:
        """Screen row of the horizon."""
        return 0.5 * self.rows + self.focal * math.tan(self.pitch)

    def project(self, points: np.ndarray) -> list[tuple[float, float]]:
        """Screen polygon of a world polygon (N, 3), clipped at the near plane; empty if all is behind."""
        return self.project_deep(points)[0]

    def project_deep(self, points: np.ndarray) -> tuple[list[tuple[float, float]], float]:
        """Screen polygon as by `project`, and the mean depth of the world polygon in metres.

        Plain floats: for the few corners of a polygon they are faster than arrays.
        """
        (m00, m01, m02), (m10, m11, m12), (m20, m21, m22) = self.rows3
        cx, cy = self.x, self.height
        corners = []
        total = 0.0
        near = False
        for x, y, z in points.tolist():
            x -= cx
            y -= cy
            depth = m20 * x + m21 * y + m22 * z
            corners.append((m00 * x + m01 * y + m02 * z, m10 * x + m11 * y + m12 * z, depth))
            total += depth
            near = near or depth < NEAR
        mean = total / len(corners)
        if not near:
            return [(a / d, b / d) for a, b, d in corners], mean
        result: list[tuple[float, float]] = []
        last = corners[-1]
        for corner in corners:
            if (last[2] >= NEAR) != (corner[2] >= NEAR):
                share = (NEAR - last[2]) / (corner[2] - last[2])
                a, b, d = (p + share * (q - p) for p, q in zip(last, corner, strict=True))
                result.append((a / d, b / d))
            if corner[2] >= NEAR:
                result.append((corner[0] / corner[2], corner[1] / corner[2]))
            last = corner
        return result, mean

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
        """World x and z (R, columns) of the ground below each pixel from first_row on, and depth (R, 1)."""
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
