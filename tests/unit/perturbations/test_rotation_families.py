"""What the rotation families do to points, and the radius about one axis."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.transform import Rotation

from engine.perturbations import families
from engine.perturbations._turning import rotation_of
from tests.material.drawing import drawn

NAMES = ("rotation-axis", "so3", "so3-uniform")
FRAME = torch.eye(3)


def matrices(name: str, sigma: float, count: int = 3000) -> np.ndarray:
    """The rotations that turn the unit vectors into the rows drawn, float64 (count, 3, 3)."""
    generator = torch.Generator().manual_seed(3)
    rows = torch.stack([drawn(families[name], FRAME, sigma, generator) for _ in range(count)])
    return rows.transpose(1, 2).numpy().astype(np.float64)


def angles(rotations: np.ndarray) -> np.ndarray:
    return Rotation.from_matrix(rotations).magnitude()


@pytest.mark.parametrize("vector", [(0.3, -1.1, 0.7), (0.0, 0.0, math.pi / 2), (0, 0, 0), (1e-9, 0, 0), (5.0, 4, -3)])
def test_rotation_of_a_vector_is_the_exponential(vector: tuple[float, float, float]) -> None:
    # Against SciPy's rotation vectors, and against the matrix exponential.
    made = rotation_of(torch.tensor(vector, dtype=torch.float64))
    np.testing.assert_allclose(made.numpy(), Rotation.from_rotvec(vector).as_matrix(), atol=1e-14)
    x, y, z = vector
    cross = torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=torch.float64)
    torch.testing.assert_close(made, torch.linalg.matrix_exp(cross))


@pytest.mark.parametrize("name", NAMES)
def test_points_and_normals_turn_rigidly_together(name: str) -> None:
    points = torch.rand((60, 3), generator=torch.Generator().manual_seed(0)) - 0.5
    both = torch.cat([points, torch.nn.functional.normalize(points, dim=1)], dim=1)
    out = drawn(families[name], both, 0.7, torch.Generator().manual_seed(1))
    alone = drawn(families[name], points, 0.7, torch.Generator().manual_seed(1))
    torch.testing.assert_close(out[:, :3], alone)
    torch.testing.assert_close(out[:, 3:], torch.nn.functional.normalize(alone, dim=1))
    torch.testing.assert_close(alone @ alone.T, points @ points.T)  # distances and angles
    np.testing.assert_allclose(np.linalg.det(matrices(name, 0.7, 50)), 1.0, atol=1e-5)


@pytest.mark.parametrize(("name", "axis"), [("rotation-axis-x", 0), ("rotation-axis-y", 1), ("rotation-axis", 2)])
def test_about_the_axis_it_stays_and_the_angle_is_gaussian(name: str, axis: int) -> None:
    made = matrices(name, 0.5)
    kept = np.tile(np.eye(3)[axis], (len(made), 1))
    np.testing.assert_allclose(made[:, axis], kept, atol=1e-7)
    np.testing.assert_allclose(made[:, :, axis], kept, atol=1e-7)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turned = np.arctan2(made[:, second, first], made[:, first, first])  # positive: about z, x towards y
    assert stats.kstest(turned, stats.norm(scale=0.5).cdf).pvalue > 0.01


def test_small_rotation_vectors_are_gaussian() -> None:
    vectors = Rotation.from_matrix(matrices("so3", 0.3)).as_rotvec()  # nothing wraps around at 0.3
    for column in vectors.T:
        assert stats.kstest(column, stats.norm(scale=0.3).cdf).pvalue > 0.01
    np.testing.assert_allclose(np.corrcoef(vectors.T), np.eye(3), atol=5 / math.sqrt(len(vectors)))


@pytest.mark.parametrize("sigma", [0.01, 5.0])
def test_uniform_rotations_are_haar(sigma: float) -> None:
    made = matrices("so3-uniform", sigma)
    # The angle's density is (1 - cos w) / pi, the axis uniform: its coordinates are uniform on [-1, 1] (Archimedes).
    assert stats.kstest(angles(made), lambda w: (w - np.sin(w)) / np.pi).pvalue > 0.01
    turned = made[:, :, 0]
    for column in turned.T:
        assert stats.kstest(column, stats.uniform(-1, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("sigma", "tau", "expected"),
    [(0.25, 0.75, 0.16862243754902043), (1.0, 0.9, 1.2815515655446004), (2.0, 0.99, math.pi)],  # R: qnorm; capped
)
def test_radius_about_the_axis(sigma: float, tau: float, expected: float) -> None:
    assert families["rotation-axis"].radius(sigma=sigma, tau=tau) == pytest.approx(expected, rel=1e-12)


def test_rotations_about_one_axis_add_and_the_radius_is_tight() -> None:
    # Turned by a, then by b, is turned by a + b. The worst classifier asks whether the angle lies below a bound: turned
    # by the radius in two steps, its probability has fallen from tau to 1/2.
    one, other = (Rotation.from_rotvec([0, 0, angle]) for angle in (0.2, 0.5))
    np.testing.assert_allclose((one * other).as_rotvec(), [0, 0, 0.7], atol=1e-14)
    sigma, tau = 0.4, 0.9
    radius = families["rotation-axis"].radius(sigma=sigma, tau=tau)
    steps = [rotation_of(torch.tensor([0, 0, share * radius], dtype=torch.float64)) for share in (0.3, 0.7)]
    start = torch.tensor([[1.0, 0.0, 0.0]])
    moved = (start.double() @ steps[0].T @ steps[1].T).float()
    generator = torch.Generator().manual_seed(5)
    bound = sigma * stats.norm.ppf(tau)
    hits = []
    for clean in (start, moved):
        turned = torch.stack(
            [drawn(families["rotation-axis"], clean, sigma, generator)[0] for _ in range(3000)]
        ).numpy()
        hits.append(np.mean(np.arctan2(turned[:, 1], turned[:, 0]) < bound))
    assert hits[0] == pytest.approx(tau, abs=5 * math.sqrt(0.09 / 3000))
    assert hits[1] == pytest.approx(0.5, abs=5 * math.sqrt(0.25 / 3000))


def test_rotations_about_different_axes_do_not_add() -> None:
    # A quarter turn about z, then one about x: a third of a turn about (1, 1, 1)/sqrt(3) or a like axis, and another
    # one in the other order. Vectors that added would give sqrt(2) quarter turns, both ways.
    about_z, about_x = (rotation_of(torch.tensor(v, dtype=torch.float64) * math.pi / 2) for v in ([0, 0, 1], [1, 0, 0]))
    one, other = (about_x @ about_z).numpy(), (about_z @ about_x).numpy()
    np.testing.assert_allclose(angles(np.stack([one, other])), 2 * math.pi / 3, atol=1e-12)
    assert angles((one @ other.T)[None])[0] > 1.0
    added = rotation_of(torch.tensor([1.0, 0, 1.0], dtype=torch.float64) * math.pi / 2)
    assert angles(added.numpy()[None])[0] == pytest.approx(math.sqrt(2) * math.pi / 2)
