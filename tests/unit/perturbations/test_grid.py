"""Rounding to the base models' grid: what it hides, and how often computed noise may lie in another cell than ideal
noise: exact counting on generators of few bits, and the errors of the float64 ones against exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.transform import Rotation

from engine.core import InvalidInput
from engine.core.grid import GRID, nearest, shifted_into
from engine.core.rng import Stage, Streams
from engine.perturbations import families
from engine.perturbations._additive import crossing
from engine.perturbations._turning import rotation_of, turned

ADDITIVE = ("l2", "l1-laplace", "l1-uniform")
TURNING = ("so3", "so3-uniform", "rotation-axis")
CPU = torch.device("cpu")


def seen(name: str, clean: torch.Tensor, *, sigma: float = 0.25, seed: int = 0) -> torch.Tensor:
    out = torch.empty(clean.shape)
    families[name].draw(clean.double(), sigma, Streams(seed).source(Stage.ESTIMATION, 0, CPU), out)
    return out


@pytest.mark.parametrize("name", [*ADDITIVE, *TURNING])
def test_a_model_sees_multiples_of_the_grid_whatever_the_input(name: str) -> None:
    clean = torch.rand((200, 6), generator=torch.Generator().manual_seed(0)) * 0.5  # not on the grid
    steps = seen(name, clean).double() / GRID
    assert torch.equal(steps, steps.round())
    assert steps.unique().numel() > 100


def test_nearest_is_that_of_exact_arithmetic() -> None:
    values = [0.3, -0.3, 1.0, 15.0, 2.5 * GRID, 3.5 * GRID, 1e-9]
    exact = [float(round(Fraction(value) / Fraction(GRID)) * Fraction(GRID)) for value in values]  # ties to even
    assert nearest(torch.tensor(values, dtype=torch.float64)).tolist() == exact


def test_a_shift_makes_the_chance_of_a_cell_the_distance_to_its_edge() -> None:
    # y = 0.3 of a cell: the floor of y + u is 1 with probability 0.3, for one u and all values alike.
    shifts = torch.linspace(0, 1, 1001, dtype=torch.float64)[:-1]
    found = []
    for shift in shifts:
        out = torch.empty(5)
        shifted_into(out, torch.full((5,), 0.3 * GRID, dtype=torch.float64), shift[None])
        assert out.unique().numel() == 1
        found.append(float(out[0] / GRID))
    assert np.mean(found) == pytest.approx(0.3, abs=1e-3)


BITS, STEP, SIGMA = 10, Fraction(1, 16), Fraction(1, 4)
"""A generator of few bits and a coarse grid: small enough to count every case."""


def misplaced_share(
    ends: np.ndarray, drawn: np.ndarray, mass: np.ndarray, x: float, cdf: object
) -> tuple[float, float]:
    """P(the ideal value is in another cell than the drawn one), and the mean of the largest error.

    Draw k stands for the ideal draws between ends[k] and ends[k + 1], of probability mass[k].
    """
    step, sigma = float(STEP), float(SIGMA)
    total = error = 0.0
    for low, high, z, weight in zip(ends[:-1], ends[1:], drawn, mass, strict=True):
        cell = math.floor((x + sigma * z) / step + 0.5)
        edges = [(step * (cell + side) - x) / sigma for side in (-0.5, 0.5)]
        inside = max(0.0, cdf(min(high, edges[1])) - cdf(max(low, edges[0])))  # type: ignore[operator]
        total += weight - inside
        error += weight * sigma * max(z - low, high - z)
    return total, error


@pytest.mark.parametrize("x", [0.0, 0.01, 1 / 32, 0.3, 0.77])
def test_exact_counting_of_uniform_draws(x: float) -> None:
    ends = np.linspace(-1.0, 1.0, 2**BITS + 1)
    share, error = misplaced_share(ends, ends[:-1], np.full(2**BITS, 0.5**BITS), x, stats.uniform(-1, 2).cdf)
    bound = crossing(error, float(STEP), 0.5 / float(SIGMA))
    assert share <= bound
    assert share > 0.1 * bound or (x - 1 / 32) % (1 / 16) in (0, 1 / 32)  # not idle but where edges lie on the lattice


@pytest.mark.parametrize("law", [stats.norm, stats.laplace])
@pytest.mark.parametrize("x", [0.0, 0.01, 1 / 32, 0.3, 0.77])
def test_exact_counting_of_draws_by_inversion(law: object, x: float) -> None:
    ends = law.ppf(np.linspace(0.0, 1.0, 2**BITS + 1))  # type: ignore[attr-defined]
    drawn = law.ppf((np.arange(2**BITS) + 0.5) / 2**BITS)  # type: ignore[attr-defined]
    ends[[0, -1]] = drawn[[0, -1]]  # beyond, tails are counted apart
    mass = np.diff(law.cdf(ends))  # type: ignore[attr-defined]
    share, error = misplaced_share(ends, drawn, mass, x, law.cdf)  # type: ignore[attr-defined]
    bound = crossing(error, float(STEP), 0.5 / float(SIGMA))
    assert 0.0 < share <= bound


def test_the_worst_generator_reaches_the_bound() -> None:
    # Right but for values within e of an edge, which it moves to the other side: as often as 2 e / step, and half of
    # that would not cover it.
    step, off = float(STEP), 1e-3
    y = (np.arange(200_000) + 0.5) / 200_000  # an ideal value, uniform over 16 cells
    near = np.abs(y / step - np.floor(y / step + 0.5)) * step < off
    assert near.mean() == pytest.approx(2 * off / step, rel=1e-2)
    assert crossing(off, step, 0.0) / 2 < near.mean() <= crossing(off, step, 1.0)


def test_numpys_normal_draws_are_multiples_of_a_small_step() -> None:
    # What the bound rests on: outside the tail every draw is a multiple of the width of its layer's 52-bit number, so
    # the draws of |z| < 0.2 are multiples of at most 2^-50 of a common layer width.
    made = Streams(1).source(Stage.ESTIMATION, 0, CPU).normal(torch.empty(400_000, dtype=torch.float64)).numpy()
    assert len(np.unique(made)) == len(made)  # float32 would repeat itself: 24 bits
    assert np.abs(made).max() < 13.8
    assert stats.kstest(made, "norm").pvalue > 0.01


@pytest.mark.parametrize("sigma", [0.1, 1.0, 10.0])
def test_turns_are_off_by_less_than_is_charged(sigma: float) -> None:
    # The matrix and the turned vector in float64 against 80-bit arithmetic: within 64 half digits of the length.
    rng = np.random.default_rng(0)
    wide = np.longdouble
    for _ in range(200):
        vector = sigma * rng.normal(size=3)
        points = rng.normal(size=(4, 3))
        found = turned(torch.from_numpy(points), rotation_of(torch.from_numpy(vector))).numpy()
        v = vector.astype(wide)
        half = np.sqrt((v * v).sum()) / 2
        axis = v / (2 * half)
        c, s = np.cos(half), np.sin(half)
        q = s * axis
        cross = np.array([[0, -q[2], q[1]], [q[2], 0, -q[0]], [-q[1], q[0], 0]], dtype=wide)
        exact = np.eye(3, dtype=wide) + 2 * (c * cross + cross @ cross)
        off = np.abs(points.astype(wide) @ exact.T - found) / np.linalg.norm(points, axis=1)[:, None]
        assert float(off.max()) < 2.0**-53 * (64 + 16 * sigma)
        np.testing.assert_allclose(exact.astype(float), Rotation.from_rotvec(vector).as_matrix(), atol=1e-13)


@pytest.mark.parametrize("name", [*ADDITIVE, *TURNING])
def test_the_charge_is_small_and_grows_with_the_input(name: str) -> None:
    charge = families[name].misplaced
    assert 0.0 < charge(0.25, 1) < charge(0.25, 2048) == pytest.approx(2048 * charge(0.25, 1))
    assert charge(0.25, 320 * 240 if name in ADDITIVE else 2048) < 1.2e-4
    # METHOD, section 11: never less than its formula, with the numbers of the best-known generator.
    if name == "l2":
        d, x = 3 * 76_800, 15.0
        formula = d * 2.0**-37 * (0.25 * (16.5 + 1.6) + x) * (1 + GRID / 0.25) + d * 2.0**-48
        assert formula < charge(0.25, 76_800) < 3 * formula


@pytest.mark.parametrize(("name", "channels", "limit"), [("l2", 3, 15.0), ("l1-uniform", 6, 15.0), ("so3", 3, 2.0)])
def test_inputs_beyond_the_proof_are_refused(name: str, channels: int, limit: float) -> None:
    values = np.zeros((20, channels))
    values[3, 1] = limit
    families[name].check_values(values)
    for beyond in (limit * 1.001, math.nan):
        values[3, 1] = beyond
        with pytest.raises(InvalidInput, match="cannot be certified"):
            families[name].check_values(values)


def test_a_turn_is_rounded_with_one_shift_for_all_values() -> None:
    # About z a height stays as it is, here 0.3 of a cell: in three draws of ten it is seen in the next one, and then
    # at every point.
    clean = torch.tensor([[0.1, 0.2, 0.3 * GRID]]).expand(7, 3).contiguous()
    heights = [seen("rotation-axis", clean, seed=seed)[:, 2] / GRID for seed in range(400)]
    assert all(height.unique().numel() == 1 for height in heights)
    share = float(torch.stack(heights)[:, 0].mean())
    assert share == pytest.approx(0.3, abs=5 * math.sqrt(0.21 / 400))
