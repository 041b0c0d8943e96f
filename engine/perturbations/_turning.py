"""Rotations as matrices, and what they do to points and normals."""

import math

import torch
from torch import Tensor


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


def turn(clean: Tensor, rotation: Tensor, out: Tensor) -> None:
    """Write the turned vectors of `clean`, (*N, 3 k), into `out`. `rotation`: float64 (3, 3).

    Not a matrix product: on some devices that would be computed with fewer digits than the points have.
    """
    vectors = clean.reshape(*clean.shape[:-1], -1, 3)
    x, y, z = rotation.to(clean.dtype).unbind(dim=1)
    turned = vectors[..., :1] * x + vectors[..., 1:2] * y + vectors[..., 2:] * z
    out.copy_(turned.reshape(clean.shape))
