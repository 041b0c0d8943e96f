"""Blurs: their spectrum, that they compose and keep [0, 1], what is proved, and how exactly they are computed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.fft import dctn, idctn
from scipy.stats import poisson
from torch import Tensor

from engine.changes import changes
from engine.changes.blur import taps, wide
from engine.perturbations import families
from tests.material.chosen import Chosen

PICTURE = torch.rand((20, 33, 3), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
VARIANCES = (0.0, 1e-9, 0.3, 1.0, 4.0, 33.0, 900.0)


def blurred(picture: Tensor, variance: float) -> Tensor:
    return changes["blur"].apply(picture, torch.tensor([variance], dtype=torch.float64))


@pytest.mark.parametrize("variance", VARIANCES)
def test_its_spectrum_is_that_of_the_walk(variance: float) -> None:
    # SciPy's DCT-II, which shares nothing with the sums of Poisson weights.
    (down, across), clean = PICTURE.shape[:2], PICTURE.numpy()
    rates = [1.0 - np.cos(np.pi * np.arange(side) / side) for side in (down, across)]
    factors = np.exp(-variance * (rates[0][:, None] + rates[1]))[..., None]
    expected = idctn(dctn(clean, axes=(0, 1), norm="ortho") * factors, axes=(0, 1), norm="ortho")
    np.testing.assert_allclose(blurred(PICTURE, variance).numpy(), expected, atol=5e-15)


def test_blurs_compose_and_keep_the_range() -> None:
    torch.testing.assert_close(blurred(blurred(PICTURE, 0.7), 1.9), blurred(PICTURE, 2.6), rtol=0, atol=1e-14)
    edges = (PICTURE > 0.5).double()
    for variance in VARIANCES:
        made = blurred(edges, variance)
        assert made.min() >= 0.0  # only positive numbers are added
        assert made.max() <= 1.0 + 1e-13
        torch.testing.assert_close(made.mean(), edges.mean())
    families["blur"].check_values(blurred(torch.ones(20, 33, 3, dtype=torch.float64), 3.0).numpy())


@pytest.mark.parametrize("variance", [0.2, 1.0, 40.0])
def test_far_from_borders_the_variance_is_exact(variance: float) -> None:
    law = taps(torch.tensor(variance, dtype=torch.float64)).numpy()
    assert law[0] + 2 * law[1:].sum() == pytest.approx(1.0, abs=1e-15)
    assert 2 * (law * np.arange(len(law)) ** 2).sum() == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("mean", [1e-6, 0.01, 0.5, 2.0, 10.0, 100.0, 5000.0])
def test_what_the_law_leaves_out_is_less_than_half_a_digit(mean: float) -> None:
    assert poisson.logsf(math.floor(mean) + wide(mean), mean) < math.log(2.0**-53)
    assert poisson.logcdf(math.floor(mean) - wide(mean) - 1, mean) < math.log(2.0**-53)
    # A difference of two counts of mean r / 2 each: log E e^(t N) = r (cosh t - 1), at the best t.
    r, far = mean, wide(mean)
    bound = math.sqrt(far**2 + r**2) - r - far * math.asinh(far / r)
    assert bound < math.log(2.0**-53)


def test_noise_on_a_blurred_picture_has_the_law_of_added_variances() -> None:
    made = families["blur"].perturb(blurred(PICTURE, 0.8), 0.5, Chosen(0.6))
    torch.testing.assert_close(made, blurred(PICTURE, 0.8 - 0.5 * math.log(0.4)), rtol=0, atol=1e-14)


def test_what_is_proved() -> None:
    blur = families["blur"]
    assert blur.radius(sigma=2.0, tau=0.75) == pytest.approx(2 * math.log(2))  # -m ln(2 - 2 tau)
    first, second = blur.radius(sigma=2.0, tau=0.9, floor=0.7), blur.radius(sigma=2.0, tau=0.7)
    assert first + second == pytest.approx(blur.radius(sigma=2.0, tau=0.9))
    assert blur.radius(sigma=2.0, tau=1 - 1e-12) == 20.0  # not more than ten sigma
    region = blur.region(sigma=2.0, tau=0.75)
    assert region.contains({"blur": 1.38})
    assert not region.contains({"blur": -0.01})


def test_a_gradient_passes_to_the_variance() -> None:
    at, step = torch.tensor([1.3], dtype=torch.float64, requires_grad=True), 1e-5
    changes["blur"].apply(PICTURE, at).square().sum().backward()
    assert at.grad is not None
    rises = [float(blurred(PICTURE, 1.3 + side).square().sum()) for side in (step, -step)]
    assert float(at.grad) == pytest.approx((rises[0] - rises[1]) / (2 * step), rel=1e-6)


def test_errors_of_the_computation_are_within_what_is_charged() -> None:
    # The same walk in 64-bit mantissas: the kernel's powers by its Fourier sum, row by row.
    once = blurred(PICTURE, 0.4)
    made = families["blur"].perturb(once, 0.25, Chosen(0.7)).numpy()
    variance = np.longdouble(0.4) - np.longdouble(0.25) * np.log1p(-np.longdouble(0.7))
    pi, exact = np.longdouble("3.14159265358979323846264338327950288"), PICTURE.numpy().astype(np.longdouble)
    for axis, side in enumerate(PICTURE.shape[:2]):
        wave = np.cos(pi * np.arange(side)[:, None] * (np.arange(side) + np.longdouble(0.5)) / side)
        factors = np.exp(-variance * (1 - np.cos(pi * np.arange(side) / side))) / np.where(np.arange(side), 1, 2)
        walk = 2 * wave.T @ (factors[:, None] * wave) / side
        exact = np.moveaxis(np.tensordot(walk, exact, axes=(1, axis)), 0, axis)
    assert np.abs(made - exact).max() < families["blur"].misplaced(0.25, 1) / 3 / 2.0**16
