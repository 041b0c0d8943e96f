"""From a mesh or from too many points to a working number of points, by seed."""

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.types import Cloud, Mesh
from engine.inputs.clouds.working import check_request, cloud_from_arrays

MAX_CANDIDATES = 100_000


def sample_mesh(mesh: Mesh, points: int, seed: int = 0, *, source_sha256: str = "") -> Cloud:
    """A working cloud of `points` points drawn uniformly by area from a mesh, with face normals and face labels.

    Faces without area are never drawn. Normals follow the winding of the faces (counter-clockwise seen from outside).
    The same mesh, number and seed give the same cloud. Raises InvalidInput for a mesh without area, InvalidSetting.

    Source: Osada et al. 2002, section 3.1 (uniform points of a triangle).

    >>> import engine
    >>> cloud = sample_mesh(engine.synthetic.build_shape("Cup", seed=1), 128)
    >>> cloud.points.shape, cloud.labels.shape, np.allclose(np.linalg.norm(cloud.normals, axis=1), 1)
    ((128, 3), (128,), True)
    """
    check_request(points, seed)
    corners = mesh.vertices.astype(np.float64)[mesh.faces]
    reach = float(np.abs(corners).max()) or 1.0
    corners /= reach  # areas of tiny and huge meshes stay in range
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(crosses, axis=1)
    cumulative = np.cumsum(doubled)
    if not cumulative[-1] > 0.0:
        raise InvalidInput("the faces of the mesh have no area; choose a file that holds a surface")
    rng = np.random.default_rng(seed)
    drawn = np.searchsorted(cumulative, rng.random(points) * cumulative[-1], side="right")
    drawn = np.minimum(drawn, np.flatnonzero(doubled)[-1])  # a product may round up to the total
    root, along = np.sqrt(rng.random(points)), rng.random(points)
    weights = np.stack((1.0 - root, root * (1.0 - along), root * along), axis=1)
    return cloud_from_arrays(
        np.einsum("pc,pci->pi", weights, corners[drawn]) * reach,
        crosses[drawn] / doubled[drawn, None],
        None if mesh.face_labels is None else mesh.face_labels[drawn],
        source_sha256=source_sha256,
        source_size=(len(mesh.vertices), len(mesh.faces)),
    )


def candidates(total: int, seed: int) -> NDArray[np.int64]:
    """Sorted indices of at most 100,000 of `total` points, a uniform choice: what farthest-point sampling can bear."""
    if total <= MAX_CANDIDATES:
        return np.arange(total, dtype=np.int64)
    chosen = np.random.default_rng(seed).choice(total, MAX_CANDIDATES, replace=False)
    return np.sort(chosen).astype(np.int64)


def farthest_points(points: NDArray[np.float64], count: int, seed: int = 0) -> NDArray[np.int64]:
    """`count` different indices of points (P, 3), each the farthest from those before; the first is drawn by seed.

    Raises ValueError unless 1 <= count <= P.

    Source: Eldar et al. 1997; as in PointNet++ (Qi et al. 2017, section 3.2).
    """
    if not 1 <= count <= len(points):
        raise ValueError(f"count must lie in [1, {len(points)}], got {count}")
    axes = np.ascontiguousarray(points.T)
    chosen = np.empty(count, dtype=np.int64)
    chosen[0] = np.random.default_rng(seed).integers(len(points))
    squares = np.full(len(points), np.inf)
    for position in range(1, count):
        last = chosen[position - 1]
        offsets = axes - axes[:, last, None]
        np.minimum(squares, np.einsum("ip,ip->p", offsets, offsets), out=squares)
        squares[last] = -1.0  # never twice, even where points coincide
        chosen[position] = np.argmax(squares)
    return chosen
