"""Twists, turns and shears: what they do to points and normals, that they add, and what they prove."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad
from scipy.stats import norm
from torch import Tensor

from engine.changes import changes
from engine.core import InvalidInput
from engine.perturbations import families
from engine.perturbations._regions import Ellipse
from tests.material.chosen import Chosen

NAMES = ("twist", "shear", "twist-turn")
every = pytest.mark.parametrize("name", NAMES)


def shape(count: int = 40, seed: int = 0) -> Tensor:
    """Points in the unit ball with unit normals, float64 (count, 6)."""
    rng = np.random.default_rng(seed)
    both = rng.normal(size=(count, 6))
    both[:, :3] *= rng.random((count, 1)) / np.linalg.norm(both[:, :3], axis=1, keepdims=True)
    both[:, 3:] /= np.linalg.norm(both[:, 3:], axis=1, keepdims=True)
    return torch.from_numpy(both)


def values_of(name: str, seed: int = 1) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=len(changes[name].parameters)))


@every
def test_normals_go_by_the_inverse_transpose_of_the_jacobian(name: str) -> None:
    clean, values = shape(), values_of(name)
    made = changes[name].apply(clean, values)
    for point, out in zip(clean, made, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda at: changes[name].apply(at[None], values)[0], point[:3])
        expected = torch.linalg.solve(jacobian.T, point[3:])
        torch.testing.assert_close(out[3:], expected / expected.norm())
    torch.testing.assert_close(changes[name].apply(clean[:, :3], values), made[:, :3])
    torch.testing.assert_close(changes[name].apply(clean, torch.zeros_like(values)), clean)


@every
def test_noise_on_a_changed_shape_has_the_law_of_added_amounts(name: str) -> None:
    clean, change, unit = shape(), values_of(name), values_of(name, 2)
    entry, strength = families[name], torch.tensor([0.3, 0.25], dtype=torch.float64)[: len(change)]
    drawn = entry.perturb(changes[name].apply(clean, change), 0.3, Chosen(*unit.tolist()))
    torch.testing.assert_close(drawn, changes[name].apply(clean, change + strength * unit), rtol=0, atol=1e-13)


def test_a_twist_turns_by_height_and_a_shear_leans() -> None:
    clean = torch.tensor([[1.0, 0.0, 0.5], [0.0, 1.0, -0.5], [1.0, 0.0, 0.0]], dtype=torch.float64)
    half = torch.tensor([np.pi])  # times a height of a half: a quarter turn, from x to y
    torch.testing.assert_close(
        changes["twist"].apply(clean, half.double()),
        torch.tensor([[0.0, 1.0, 0.5], [1.0, 0.0, -0.5], [1.0, 0.0, 0.0]], dtype=torch.float64),
    )
    leaned = changes["shear"].apply(clean, torch.tensor([0.4]))
    torch.testing.assert_close(leaned[:, 0] - clean[:, 0], torch.tensor([0.2, -0.2, 0.0], dtype=torch.float64))


def test_the_ellipse_is_that_of_both_noises_and_tight() -> None:
    entry = families["twist-turn"].with_strength(0.5)
    region = entry.region(sigma=0.2, tau=0.9)
    assert isinstance(region, Ellipse)
    assert region.axes == pytest.approx((0.2 * 1.2815515655446004, 0.5 * 1.2815515655446004))  # R: qnorm(.9)
    # Worst set for the change (.6, .8) of the way along the axes: a half plane across that direction, in deviations.
    twist, turn = 0.6 * region.axes[0] / 0.2, 0.8 * region.axes[1] / 0.5

    def mass(share: float) -> float:
        def density(b: float, a: float) -> float:
            return norm.pdf(a - share * twist) * norm.pdf(b - share * turn)

        limit = norm.ppf(0.9)  # of .6 a + .8 b
        return dblquad(density, -9, 9, -9, lambda a: (limit - 0.6 * a) / 0.8, epsabs=1e-7)[0]

    assert mass(0.0) == pytest.approx(0.9, abs=1e-5)
    assert mass(1.0) == pytest.approx(0.5, abs=1e-5)
    assert mass(0.98) > 0.505
    assert region.contains({"twist": 0.6 * region.axes[0], "turn": 0.79 * region.axes[1]})
    assert not region.contains({"twist": 0.61 * region.axes[0], "turn": 0.8 * region.axes[1]})


@pytest.mark.parametrize(("name", "farthest"), [("twist", 2.0), ("twist-turn", 2.0), ("shear", 4.0)])
def test_points_too_far_out_are_refused(name: str, farthest: float) -> None:
    with pytest.raises(InvalidInput, match=f"farther out than {farthest:g} cannot be certified in family {name}"):
        families[name].check_values(np.array([[0.0, 0.0, 1.0001 * farthest]]))
    families[name].check_values(np.array([[0.0, 0.0, farthest]]))


@every
def test_errors_of_the_computation_are_within_what_is_charged(name: str) -> None:
    # The same draws with 64-bit mantissas, where this machine has them: the largest error is far below the bound.
    clean, entry = shape(300), families[name]
    values = 0.25 * values_of(name)
    a, t = (float(values[0]), float(values[-1]) if name == "twist-turn" else 0.0)
    made = changes[name].apply(clean, values).numpy()[:, :3]
    x, y, z = clean[:, :3].numpy().astype(np.longdouble).T
    if name == "shear":
        exact = np.stack([x + np.longdouble(a) * z, y, z], axis=1)
    else:
        angle = np.longdouble(a) * z + np.longdouble(t)
        exact = np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z], axis=1)
    charged = entry.misplaced(0.25, 1) / 6 / 2.0**16
    assert np.abs(made - exact).mean() < charged
