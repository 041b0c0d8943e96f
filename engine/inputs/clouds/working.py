"""Arrays -> the working cloud: centred, scaled, checked. The only place where a `Cloud` is made."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidInput, InvalidSetting
from engine.inputs.clouds.normals import unit_normals
from engine.inputs.clouds.types import Cloud
from engine.inputs.images import array_sha256

Array = TypeVar("Array", bound=NDArray[np.generic])

MIN_POINTS = 16
MAX_POINTS = 2_000_000
POINTS = BOUNDS["points"]
"""How many points a working cloud may be asked to have."""
MAX_COORDINATE = 1e12
_FLOATS = (np.float32, np.float64)
_SAME = 1e-12  # of the largest coordinate: what float64 can tell apart
_LINE = _FLAT = 1e-6  # width or depth over length below which float32 points are a line or a plane


def cloud_from_arrays(
    points: ArrayLike,
    normals: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    estimated: bool = False,
    source_sha256: str = "",
    source_size: tuple[int, int] | None = None,
) -> Cloud:
    """A working cloud of all the points given, in their order.

    points: (P, 3) in any unit, 16 <= P <= 2,000,000. normals: (P, 3), finite, none of length 0, or None for a cloud
    without normals; they are scaled to length 1. estimated: whether they were computed from the points.
    labels: whole numbers (P,) in [0, 255], or None. Centre and scale are computed in float64. Raises InvalidInput.
    Source: METHOD section 6.

    >>> cloud = cloud_from_arrays([(x, y, z) for x in (0, 1, 2, 3) for y in (0, 3) for z in (0, 3)])
    >>> cloud.center, round(cloud.scale**2, 9)  # corners lie 1.5 from the middle along each axis: 3 * 1.5^2
    ((1.5, 1.5, 1.5), 6.75)
    """
    array = np.asarray(points, dtype=np.float64)
    check_points(array)
    center = array.mean(axis=0)
    centred = array - center
    scale = float(np.sqrt(np.einsum("ij,ij->i", centred, centred).max()))
    if scale <= _SAME * float(np.abs(array).max()) or scale < 1e-30:
        raise InvalidInput("all points lie at the same place; choose a file that holds a shape")
    working = _frozen((centred / scale).astype(np.float32))
    spread = np.linalg.eigvalsh(working.astype(np.float64).T @ working)
    if spread[1] <= _LINE**2 * spread[2]:
        raise InvalidInput("all points lie on one line; choose a file that holds a surface or a solid")
    if spread[0] <= _FLAT**2 * spread[2]:
        raise InvalidInput("all points lie in one plane; choose a file that holds a shape with some depth")
    directions = None if normals is None else _normals(normals, len(array))
    classes = None if labels is None else _labels(labels, len(array))
    digest = array_sha256(working if directions is None else np.concatenate((working, directions), axis=1))
    return Cloud(
        points=working,
        normals=directions,
        estimated=estimated and directions is not None,
        labels=classes,
        sha256=digest,
        source_sha256=source_sha256 or digest,
        source_size=source_size or (len(working), 0),
        center=(float(center[0]), float(center[1]), float(center[2])),
        scale=scale,
    )


def moved_cloud(cloud: Cloud, points: NDArray[np.floating]) -> Cloud:
    """The same cloud with other positions, float32 or float64 (P, 3), exactly as they are: not centred or scaled anew.

    What is segmented is the working cloud, so that is where an attack or a rotation of it lives. It is its own source:
    no file holds it. Normals stay. Raises InvalidInput.
    """
    fitting = points.shape == cloud.points.shape and points.dtype in _FLOATS
    if not fitting or not np.isfinite(points).all():
        raise InvalidInput(f"moved positions must be finite floats {cloud.points.shape}, got {points.shape}")
    positions = _frozen(points.copy())
    digest = array_sha256(positions if cloud.normals is None else np.concatenate((positions, cloud.normals), axis=1))
    return replace(cloud, points=positions, sha256=digest, source_sha256=digest, source_size=(len(positions), 0))


def working_cloud(values: NDArray[np.floating]) -> Cloud:
    """A working cloud from its values, float32 or, of a turned one, float64 (P, 3) or (P, 6), taken exactly as they
    are.

    Raises InvalidInput.
    """
    if values.dtype not in _FLOATS or values.ndim != 2 or values.shape[1] not in (3, 6):
        raise InvalidInput(f"a working cloud is float32 or float64 (P, 3) or (P, 6), got {values.dtype} {values.shape}")
    if not MIN_POINTS <= len(values) <= POINTS.high or not np.isfinite(values).all():
        raise InvalidInput(f"a working cloud has {MIN_POINTS} to {POINTS.high:,g} points, all finite")
    whole = np.ascontiguousarray(values)
    digest = array_sha256(whole)
    return Cloud(
        points=_frozen(whole[:, :3].copy()),
        normals=_frozen(whole[:, 3:].copy()) if whole.shape[1] == 6 else None,
        estimated=False,
        labels=None,
        sha256=digest,
        source_sha256=digest,
        source_size=(len(whole), 0),
        center=(0.0, 0.0, 0.0),
        scale=1.0,
    )


def turned_cloud(cloud: Cloud, rotation: NDArray[np.float64]) -> Cloud:
    """The same cloud with positions and normals turned about the centroid by a rotation, float64 (3, 3).

    Both are kept in float64: rounded to float32 they would be those of no rotation of this cloud. No turn changes
    nothing.

    >>> cloud = cloud_from_arrays(np.random.default_rng(0).normal(size=(64, 3)))
    >>> turned = turned_cloud(cloud, np.diag([-1.0, -1.0, 1.0]))  # half a turn about z
    >>> np.array_equal(turned.points, cloud.points * [-1, -1, 1])
    True
    """
    if np.array_equal(rotation, np.eye(3)):
        return cloud
    return changed_cloud(
        cloud, (cloud.values.astype(np.float64).reshape(-1, 3) @ rotation.T).reshape(cloud.values.shape)
    )


def changed_cloud(cloud: Cloud, values: NDArray[np.float64]) -> Cloud:
    """The same cloud with other positions and normals, float64 (P, 3) or (P, 6), in float64, exactly as they are.

    Raises InvalidInput.
    """
    if values.shape != cloud.values.shape:
        raise InvalidInput(f"a changed cloud must have values of shape {cloud.values.shape}, got {values.shape}")
    moved = moved_cloud(cloud, values[:, :3])
    if cloud.normals is None:
        return moved
    normals = _frozen(values[:, 3:].copy())
    digest = array_sha256(np.concatenate((moved.points, normals), axis=1))
    return replace(moved, normals=normals, sha256=digest, source_sha256=digest)


def check_points(points: NDArray[np.float64]) -> None:
    """Refuse what is not a finite float64 (P, 3) of a usable size. Raises InvalidInput."""
    if points.ndim != 2 or points.shape[1] != 3:
        raise InvalidInput(f"points must be (P, 3), got {points.shape}")
    check_coordinates(points)
    if len(points) < MIN_POINTS:
        raise InvalidInput(
            f"at least {MIN_POINTS} points are needed and the cloud has {len(points)}; choose a larger one"
        )
    if len(points) > MAX_POINTS:
        raise InvalidInput(f"the cloud has {len(points):,} points; at most {MAX_POINTS:,} can be read, so thin it out")


def check_coordinates(points: NDArray[np.float64]) -> None:
    """Refuse NaN, infinities and numbers beyond any unit of length. Raises InvalidInput."""
    if not np.isfinite(points).all():
        raise InvalidInput("the file has NaN or infinite coordinates; remove these points and save it anew")
    if points.size and float(np.abs(points).max()) > MAX_COORDINATE:
        raise InvalidInput(
            f"the file has coordinates as large as {float(np.abs(points).max()):.1e}; at most {MAX_COORDINATE:.0e} can "
            "be read, so choose a larger unit or repair the file"
        )


def check_request(points: int, seed: int) -> None:
    """Refuse a number of working points or a seed out of bounds. Raises InvalidSetting."""
    for name, value, bound in (("points", points, POINTS), ("seed", seed, BOUNDS["seed"])):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not bound.contains(value):
            raise InvalidSetting(f"{name} must be a whole number in {bound}, got {value!r:.40}")


def _normals(normals: ArrayLike, count: int) -> NDArray[np.float32]:
    array = np.asarray(normals, dtype=np.float64)
    if array.shape != (count, 3):
        raise InvalidInput(f"{count} points need normals of shape ({count}, 3), got {array.shape}")
    directions = unit_normals(array)
    if directions is None:
        raise InvalidInput("some normals are not finite or have no length; repair them or leave the normals out")
    return _frozen(directions.astype(np.float32))


def _labels(labels: ArrayLike, count: int) -> NDArray[np.uint8]:
    array = np.asarray(labels)
    if array.shape != (count,):
        raise InvalidInput(f"{count} points need labels of shape ({count},), got {array.shape}")
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() > 255:
        raise InvalidInput("labels must be whole numbers in [0, 255]")
    return _frozen(array.astype(np.uint8))


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
