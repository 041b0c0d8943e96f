"""Random views of shapes: points keep their labels and their normals, whatever becomes of the shape."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.inputs.clouds import Cloud
from engine.training.shape_views import shape_view


def sphere(count: int = 300) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Points of the unit sphere, which are their own normals, with labels that tell them apart as far as bytes can."""
    points = np.random.default_rng(0).standard_normal((count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), (np.arange(count) % 251).astype(np.uint8)


def map_of(points: NDArray[np.float32], view: Cloud) -> NDArray[np.float64]:
    """The matrix A for which the view is points @ A.T and a shift, by least squares; it must fit."""
    known = np.concatenate((points, np.ones((len(points), 1))), axis=1).astype(np.float64)
    found, *_ = np.linalg.lstsq(known, view.points.astype(np.float64), rcond=None)
    np.testing.assert_allclose(known @ found, view.points, atol=1e-6)
    matrix: NDArray[np.float64] = found[:3].T
    return matrix


@pytest.mark.parametrize("rotation", ["full", "z", "none"])
def test_views_of_a_sphere_are_ellipsoids_with_their_normals(rotation: str) -> None:
    # Of the image of the unit sphere under A, the normal at A x is A^-T x, to length 1. The singular values of A, up to
    # the scale that brings the farthest point to 1, are the stretches.
    points, labels = sphere()
    mirrored = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        view = shape_view(points, points, labels, rng, rotation=rotation, stretch=(0.8, 1.25))
        matrix = map_of(points, view)
        expected = points @ np.linalg.inv(matrix)
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        np.testing.assert_allclose(view.normals, expected, atol=2e-6)
        np.testing.assert_allclose(np.linalg.norm(view.normals, axis=1), 1.0, atol=1e-6)
        np.testing.assert_array_equal(view.labels, labels)
        assert np.linalg.norm(view.points, axis=1).max() == pytest.approx(1.0, abs=1e-6)
        np.testing.assert_allclose(view.points.mean(axis=0), 0.0, atol=1e-6)
        stretches = np.linalg.svd(matrix, compute_uv=False)
        assert 1.0 < stretches[0] / stretches[2] < 1.25 / 0.8
        mirrored += np.linalg.det(matrix) < 0
        axis = matrix[:, 2] / np.linalg.norm(matrix[:, 2])
        assert (axis[2] > 0.999) == (rotation != "full")  # a cap of that size has a chance of 1 in 2,000
        assert np.allclose(matrix, np.diag(np.diag(matrix)), atol=1e-6) == (rotation == "none")
    assert 8 <= mirrored <= 32  # Binomial(40, 1/2): outside with a chance of 1 in 5,000


def test_normals_of_planes_stay_perpendicular_to_them() -> None:
    # Two oblique planes beside each other: their points span their tangents wherever they go. Without the inverse
    # transpose this fails.
    planes = np.random.default_rng(1).uniform(-1, 1, (100, 2)) @ np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.5]])
    normals = np.tile(np.array([-1.0, -0.5, 1.0]) / 1.5, (100, 1))
    planes[:50] += 0.5 * normals[:50]
    for seed in range(20):
        view = shape_view(
            planes.astype(np.float32), normals.astype(np.float32), np.zeros(100, np.uint8), np.random.default_rng(seed),
            rotation="full", stretch=(0.5, 2.0),
        )  # fmt: skip
        np.testing.assert_array_equal(view.normals, np.tile(view.normals[0], (100, 1)))
        for plane in np.split(view.points @ view.normals[0], 2):
            np.testing.assert_allclose(plane, plane.mean(), atol=2e-6)


def test_full_rotations_favour_no_direction() -> None:
    # Where the x axis goes: the mean of 400 uniform directions has length 0.08 at most but for 1 run in 2,000 (each
    # coordinate has variance 1/3), and their second moments are I/3, each known within 0.015.
    points, labels = sphere(50)
    axes = []
    for seed in range(400):
        view = shape_view(points, points, labels, np.random.default_rng(seed), rotation="full", stretch=(1.0, 1.0))
        axes.append(map_of(points, view)[:, 0])
    directions = np.array(axes) / np.linalg.norm(axes, axis=1, keepdims=True)
    assert np.linalg.norm(directions.mean(axis=0)) < 0.13
    np.testing.assert_allclose(directions.T @ directions / 400, np.eye(3) / 3, atol=0.075)


def test_jitter_moves_points_by_its_size() -> None:
    points, labels = sphere(2000)
    view = shape_view(
        points, points, labels, np.random.default_rng(0), rotation="none", stretch=(1.0, 1.0), jitter=0.01
    )
    moved = view.points.astype(np.float64) * view.scale + view.center
    moved[:, 1] *= np.sign((moved * points)[:, 1].sum())  # undo the mirror
    assert (moved - points).std() == pytest.approx(0.01, rel=0.05)  # 6,000 numbers: known within 1 %
