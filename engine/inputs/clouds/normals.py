"""Normals of points: taken from a file where they can be made unit, else estimated from neighbours."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

NEIGHBOURS = 16
_FLAT = 1e-9


def unit_normals(normals: Points) -> Points | None:
    """Normals (P, 3) at length 1, or None where one of them is not finite or has no length."""
    if not np.isfinite(normals).all():
        return None
    largest = np.abs(normals).max(axis=1, keepdims=True)
    if not (largest > 0.0).all():
        return None
    scaled = normals / largest  # so that neither tiny nor huge vectors leave the range of squares
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def estimated_normals(points: Points, at: Points | None = None) -> Points:
    """Normals, float64 (A, 3) of length 1, at the positions `at` (A, 3), or at all points, from `points` (P, 3).

    The direction in which the 16 nearest points spread least (the last principal axis), turned away from the centroid
    of `points`. Where that is undecided, as in a plane through the centroid, the largest component is made positive.
    SciPy's tree is used and not open3d, which would cost 300 MB of memory for this.

    Source: Hoppe et al. 1992, section 3.2; the orientation is simpler than theirs and right for star-shaped objects.
    """
    from scipy.spatial import cKDTree

    where = points if at is None else at
    _, nearest = cKDTree(points).query(where, k=min(NEIGHBOURS, len(points)))
    patches = points[nearest.reshape(len(where), -1)]  # of a single point the tree returns no axis for neighbours
    patches = patches - patches.mean(axis=1, keepdims=True)
    reach = np.abs(patches).max(axis=(1, 2), keepdims=True)
    patches = patches / np.where(reach > 0.0, reach, 1.0)
    _, axes = np.linalg.eigh(np.einsum("pki,pkj->pij", patches, patches))
    return _outward(axes[:, :, 0], where - points.mean(axis=0))


def _outward(directions: Points, offsets: Points) -> Points:
    """Directions turned to point along `offsets`."""
    along = np.einsum("pi,pi->p", directions, offsets)
    undecided = np.abs(along) <= _FLAT * np.linalg.norm(offsets, axis=1)
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)[:, 0]
    signs = np.where(np.where(undecided, largest, along) < 0.0, -1.0, 1.0)
    return directions * signs[:, None]
