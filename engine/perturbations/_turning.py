"""Rotations as matrices, and what they do to points and normals."""

import math

import torch
from torch import Tensor

from engine.core.grid import GRID
from engine.perturbations.base import REACH


def matrix_of(real: Tensor, imaginary: Tensor) -> Tensor:
    """The rotation, float64 (3, 3), of a unit quaternion: its real part, float64 (), and the others, float64 (3,)."""
    unit = torch.eye(3, dtype=imaginary.dtype, device=imaginary.device)
    cross = torch.linalg.cross(unit, imaginary[None])  # the matrix of x -> imaginary x x
    return unit + 2 * (real * cross + cross @ cross)


def rotation_of(vector: Tensor) -> Tensor:
    """exp([v]x), float64 (3, 3): the rotation about v, float64 (3,), by |v| radians, right-handed.

    >>> quarter = rotation_of(torch.tensor([0.0, 0.0, math.pi / 2], dtype=torch.float64))  # about z: x becomes y
    >>> torch.allclose(quarter[:, 0], torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64))
    True
    """
    half = torch.linalg.vector_norm(vector) / 2
    return matrix_of(half.cos(), vector * (0.5 * torch.sinc(half / torch.pi)))  # sin(|v|/2) v/|v|, also at 0


def rotation_angle(rotation: Tensor) -> float:
    """The angle of a rotation, float64 (3, 3), in radians in [0, pi]: its geodesic distance from the identity.

    From sine and cosine, which loses no digits near 0 or pi as the arccosine of the trace would.

    >>> half_turn = torch.diag(torch.tensor([-1.0, -1.0, 1.0], dtype=torch.float64))
    >>> rotation_angle(half_turn) == math.pi
    True
    """
    skew = rotation - rotation.T
    twice_sine = torch.linalg.vector_norm(torch.stack((skew[2, 1], skew[0, 2], skew[1, 0])))
    return math.atan2(float(twice_sine), float(rotation.trace()) - 1.0)


def turned(clean: Tensor, rotation: Tensor) -> Tensor:
    """The turned vectors of `clean`, (*N, 3 k), in memory of their own. `rotation`: float64 (3, 3).

    Not a matrix product: on some devices that would be computed with fewer digits than the points have.
    """
    vectors = clean.reshape(*clean.shape[:-1], -1, 3)
    x, y, z = rotation.to(clean.dtype).unbind(dim=1)
    return (vectors[..., :1] * x + vectors[..., 1:2] * y + vectors[..., 2:] * z).reshape(clean.shape)


def misplaced(sigma: float, components: int) -> float:
    """Bounds how often a turned shape, positions and normals, lies in other cells of the grid than under an ideal turn.

    In units of 2^-53: a drawn rotation vector, or quaternion, is off by at most 80 sigma + 64 in the mean (each of its
    numbers by 17 at most, see `l2`, and by what rounding adds to an angle), the matrix made of it and the turned
    vectors by less than 64 times the vector's length, and a shape that was turned before, whose coordinates are kept
    in float64, by as much again. So every coordinate of a vector of length r is off by at most e = 2^-53 r (80 sigma +
    192) in the mean. Rounding is by one random shift for all (`engine.core.grid.shifted_into`), which misplaces each
    with probability E[e] / g at most, wherever it lies, and by 2^-52 (1 + r / g) more, since the shift is added in
    float64 too. Positions lie within REACH of the centre and normals have length 1.
    """
    lengths = 3.0 * components * (REACH + 1.0)
    return lengths * (2.0**-53 * (80.0 * sigma + 192.0) / GRID + 2.0**-52 * (1.0 + 1.0 / GRID))
