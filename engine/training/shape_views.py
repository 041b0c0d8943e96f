"""Random views of a shape for training: turned, stretched, mirrored. Labels stay with their points."""

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds import Cloud, cloud_from_arrays

ROTATIONS = ("full", "z", "none")

_Matrix = NDArray[np.float64]


def shape_view(
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    labels: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    rotation: str,
    stretch: tuple[float, float],
    jitter: float = 0.0,
) -> Cloud:
    """Stretch, mirror and turn one shape, and make it a working cloud: centred, its farthest point at 1.

    points: (P, 3), in units in which `jitter` is the standard deviation of what each coordinate is off by. normals:
    (P, 3) of length 1; the view's are unit normals of the changed surface. labels: (P,). The points keep their order.
    `rotation` is one of ROTATIONS; `stretch` the least and the most factor along each axis, log-uniform; every second
    view is mirrored in its left and right, y.
    """
    low, high = np.log(stretch)
    scale = np.exp(rng.uniform(low, high, size=3))
    scale[1] *= rng.choice((-1.0, 1.0))
    turned = _rotation(rotation, rng)
    moved = points + jitter * rng.standard_normal(points.shape) if jitter else points.astype(np.float64)
    return cloud_from_arrays(
        (moved * scale) @ turned.T,
        (normals / scale) @ turned.T,  # by the inverse transpose, which is what keeps them upright on the surface
        labels,
    )


def _rotation(kind: str, rng: np.random.Generator) -> _Matrix:
    """A uniform rotation of that kind: of all rotations, of those about z, or none."""
    if kind == "none":
        return np.eye(3)
    quaternion = rng.standard_normal(4)
    if kind == "z":
        quaternion[1:3] = 0.0
    return _matrix_of(quaternion / np.linalg.norm(quaternion))


def _matrix_of(quaternion: NDArray[np.float64]) -> _Matrix:
    """The rotation of a unit quaternion, its real part first."""
    real, imaginary = quaternion[0], quaternion[1:]
    cross = np.cross(np.eye(3), imaginary)  # the matrix of x -> imaginary x x
    turned: _Matrix = np.eye(3) + 2.0 * (real * cross + cross @ cross)
    return turned
