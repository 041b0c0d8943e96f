"""The l1 families: radii by hand, laws against SciPy's, and what the worst classifier does at the radius."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from engine.perturbations import families
from tests.material.drawing import drawn

LAPLACE, UNIFORM = families["l1-laplace"], families["l1-uniform"]


def unit_noise(name: str, size: int = 200_000) -> np.ndarray:
    return drawn(families[name], torch.zeros(size, 3), 1.0, torch.Generator().manual_seed(1)).numpy()[:, 0]


@pytest.mark.parametrize(
    ("sigma", "tau", "floor", "expected"),
    [
        (0.25, 0.75, 0.5, 0.25 * math.log(2)),  # -log(2 * 0.25) = log 2
        (1.0, 0.99, 0.5, 3.912023005428146),  # log 50
        (1.0, 0.9, 0.75, math.log(2.5)),  # log(0.25 / 0.1)
        (2.0, 0.5, 0.5, 0.0),
    ],
)
def test_laplace_radius(sigma: float, tau: float, floor: float, expected: float) -> None:
    assert LAPLACE.radius(sigma=sigma, tau=tau, floor=floor) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("sigma", "tau", "floor", "expected"),
    [(0.25, 0.75, 0.5, 0.125), (1.0, 0.99, 0.5, 0.98), (1.0, 0.9, 0.75, 0.3), (2.0, 0.5, 0.5, 0.0)],
)
def test_uniform_radius(sigma: float, tau: float, floor: float, expected: float) -> None:
    assert UNIFORM.radius(sigma=sigma, tau=tau, floor=floor) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_noise_has_its_law() -> None:
    # Kolmogorov and Smirnov's test, on seeded draws.
    assert stats.kstest(unit_noise("l1-laplace"), "laplace").pvalue > 0.01
    assert stats.kstest(unit_noise("l1-uniform"), stats.uniform(-1, 2).cdf).pvalue > 0.01
    assert abs(unit_noise("l1-uniform")).max() <= 1.0


def test_laplace_noise_does_not_end_where_float32_does() -> None:
    # In float32 the logarithm of a uniform number ends at log(2^24) = 16.6; in float64 at log(2^53) = 36.7.
    class Ends:
        def uniform(self, out: torch.Tensor) -> torch.Tensor:
            return out.copy_(torch.tensor([0.0, 0.5, 1.0 - 2.0**-53], dtype=torch.float64))

    found = LAPLACE.perturb(torch.zeros(3, dtype=torch.float64), 1.0, Ends())
    expected = [-53 * math.log(2), 2.0**-53, 53 * math.log(2)]
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("entry", [LAPLACE, UNIFORM], ids=lambda entry: entry.name)
@pytest.mark.parametrize("floor", [0.5, 0.7])
def test_the_radius_is_tight_on_the_line(entry, floor: float) -> None:
    # A half-line of probability tau, moved against its end by the radius, has probability floor: exactly where the
    # proof stops. Laws of SciPy.
    law = stats.laplace(scale=0.3) if entry is LAPLACE else stats.uniform(-0.3, 0.6)
    moved = law.cdf(law.ppf(0.9) - entry.radius(sigma=0.3, tau=0.9, floor=floor))
    assert moved == pytest.approx(floor, abs=1e-12)


def test_draws_of_neighbouring_seeds_do_not_overlap() -> None:
    # PyTorch's exponential_ on a CPU may take its numbers from one short stream: shifted copies of it would repeat.
    draws = [drawn(LAPLACE, torch.zeros(2000, 3), 1.0, torch.Generator().manual_seed(seed)) for seed in range(20)]
    values = torch.cat([draw.ravel() for draw in draws]).numpy()
    pairs = np.stack([values[:-1], values[1:]], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
