"""Sampling of meshes is uniform by area, farthest points are far apart, and normals point where they should."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, kstest

from engine.core import InvalidInput, InvalidSetting
from engine.inputs.clouds import Mesh, estimated_normals, farthest_points, sample_mesh
from engine.inputs.clouds.sampling import MAX_CANDIDATES, candidates
from tests.material.cloud_files import CUBE, CUBE_TRIANGLES, sphere

TWO = Mesh(
    vertices=np.array([[0, 0, 0], [3, 0, 0], [0, 2, 0], [10, 0, 1], [11, 0, 1], [10, 2, 1]], dtype=np.float32),
    faces=np.array([[0, 1, 2], [3, 4, 5], [3, 3, 5]], dtype=np.int32),
    face_labels=np.array([7, 8, 9], dtype=np.uint8),
)
"""Triangles of areas 3 and 1, and one without area."""


def test_faces_get_points_by_their_area() -> None:
    """The larger triangle's count is Binomial(8000, 3/4): within its 1e-9 tails, and the flat face gets none."""
    cloud = sample_mesh(TWO, 8000, seed=5)
    assert cloud.labels is not None
    counts = np.bincount(cloud.labels, minlength=10)
    assert binom.ppf(1e-9, 8000, 0.75) <= counts[7] <= binom.isf(1e-9, 8000, 0.75)
    assert counts[7] + counts[8] == 8000


def test_points_are_uniform_within_a_triangle() -> None:
    """For a uniform point of a triangle, 1 - (1 - x)^2 of its share x along one side is uniform in [0, 1]."""
    cloud = sample_mesh(TWO, 8000, seed=6)
    places = (cloud.points.astype(np.float64) * cloud.scale + cloud.center)[cloud.labels == 7]
    for share in (places[:, 0] / 3.0, places[:, 1] / 2.0, 1.0 - places[:, 0] / 3.0 - places[:, 1] / 2.0):
        assert kstest(1.0 - (1.0 - share.clip(0.0, 1.0)) ** 2, "uniform").pvalue > 1e-4


def test_sampling_is_repeatable_and_checked() -> None:
    first, again, other = (sample_mesh(TWO, 64, seed) for seed in (1, 1, 2))
    assert first.sha256 == again.sha256 != other.sha256
    assert np.allclose(np.asarray(first.normals), [0.0, 0.0, 1.0])
    with pytest.raises(InvalidSetting, match="points"):
        sample_mesh(TWO, 8)
    with pytest.raises(InvalidInput, match="no area"):
        sample_mesh(Mesh(vertices=TWO.vertices, faces=TWO.faces[2:]), 64)


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_tiny_and_huge_meshes_have_area(unit: float) -> None:
    scaled = Mesh(vertices=(CUBE * unit).astype(np.float32), faces=np.array(CUBE_TRIANGLES, dtype=np.int32))
    plain = Mesh(vertices=CUBE, faces=scaled.faces)
    assert np.allclose(sample_mesh(scaled, 64).points, sample_mesh(plain, 64).points, atol=1e-5)


def test_each_farthest_point_is_the_farthest() -> None:
    """Against the definition, computed from all distances at once."""
    points = np.random.default_rng(3).normal(size=(200, 3))
    chosen = farthest_points(points, 40, seed=1)
    assert len(set(chosen.tolist())) == 40
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    for position in range(1, 40):
        nearest = between[chosen[:position]].min(axis=0)
        assert nearest[chosen[position]] == pytest.approx(nearest.max())
    assert (chosen == farthest_points(points, 40, seed=1)).all()
    assert chosen[0] != farthest_points(points, 40, seed=2)[0]


def test_farthest_points_are_never_chosen_twice() -> None:
    same = np.zeros((30, 3))
    assert sorted(farthest_points(same, 30).tolist()) == list(range(30))
    for count in (0, 31):
        with pytest.raises(ValueError, match="count"):
            farthest_points(same, count)


def test_candidates_are_sorted_and_different() -> None:
    assert (candidates(50, 0) == np.arange(50)).all()
    chosen = candidates(3 * MAX_CANDIDATES, 4)
    assert len(chosen) == MAX_CANDIDATES
    assert (np.diff(chosen) > 0).all()
    assert chosen[-1] < 3 * MAX_CANDIDATES
    # each third holds its share: Hypergeometric with standard deviation below that of a binomial, 149
    assert abs(np.searchsorted(chosen, MAX_CANDIDATES) - MAX_CANDIDATES / 3) < 6 * 149


def test_normals_of_a_sphere_are_its_radii() -> None:
    """Within 3 degrees at every one of 1000 points, all outward; also where only some points are asked for."""
    points = sphere(1000).astype(np.float64)
    cosine = np.cos(np.radians(3.0))
    moved = points * 4.0 + [5.0, 6.0, 7.0]
    assert np.einsum("pi,pi->p", estimated_normals(moved), points).min() > cosine
    assert np.einsum("pi,pi->p", estimated_normals(moved, moved[::50]), points[::50]).min() > cosine


def test_normals_are_unit_where_points_coincide() -> None:
    points = np.repeat(sphere(3), 20, axis=0).astype(np.float64)
    assert np.allclose(np.linalg.norm(estimated_normals(points), axis=1), 1.0)
