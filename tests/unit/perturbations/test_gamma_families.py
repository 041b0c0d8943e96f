"""Powers of pictures: reference values, composition, what is refused, and how exactly they are computed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest, rayleigh

from engine.changes import changes
from engine.core import InvalidInput
from engine.perturbations import families
from tests.material.chosen import Chosen

NAMES = ("gamma", "gamma-rayleigh")
every = pytest.mark.parametrize("name", NAMES)
PICTURE = torch.rand((6, 8, 3), generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_ends_of_both_regions() -> None:
    # METHOD, section 12: at p = .75 Rayleigh's region is (0.644, 1.414).
    assert families["gamma-rayleigh"].region(sigma=1.0, tau=0.75).bounds["gamma"] == pytest.approx(
        (0.644, math.sqrt(2.0)), abs=5e-4
    )
    # R: exp(.25 * qnorm(.75))
    assert families["gamma"].region(sigma=0.25, tau=0.75).bounds["gamma"] == pytest.approx((1 / 1.183673, 1.183673))


@every
def test_a_floor_is_what_two_steps_need(name: str) -> None:
    # What keeps tau2 against one change keeps 1/2 against another on top of it: for powers of one worst set the ends
    # multiply.
    entry = families[name]
    whole, first, second = (
        entry.region(sigma=0.3, tau=tau, floor=floor).bounds["gamma"]
        for tau, floor in ((0.9, 0.5), (0.9, 0.7), (0.7, 0.5))
    )
    assert np.multiply(first, second) == pytest.approx(whole)


@every
def test_noise_on_a_changed_picture_has_the_law_of_multiplied_powers(name: str) -> None:
    change, drawn = changes["gamma"].apply, 0.6
    power = math.exp(0.3 * drawn) if name == "gamma" else math.sqrt(-math.log(0.4) / math.log(2.0))
    made = families[name].perturb(change(PICTURE, torch.tensor([1.3], dtype=torch.float64)), 0.3, Chosen(drawn))
    torch.testing.assert_close(made, PICTURE ** (1.3 * power), rtol=0, atol=1e-14)
    assert made.min() >= 0.0
    assert made.max() <= 1.0


@every
def test_black_and_white_stay_and_the_median_picture_is_the_picture(name: str) -> None:
    ends = torch.tensor([[[0.0, 1.0, 0.5]]], dtype=torch.float64)
    middle = 0.0 if name == "gamma" else 0.5
    torch.testing.assert_close(families[name].perturb(ends, 0.3, Chosen(middle)), ends)
    assert families[name].perturb(ends, 0.3, Chosen(0.9))[0, 0, :2].tolist() == [0.0, 1.0]


@every
def test_values_that_have_no_power_are_refused(name: str) -> None:
    for value in (-1e-9, 1.001):
        with pytest.raises(InvalidInput, match=rf"outside \[0, 1\] cannot be certified in family {name}"):
            families[name].check_values(np.array([[[0.5, value, 0.5]]]))


def test_rayleigh_exponents_have_their_law() -> None:
    half, generator = torch.full((1, 1, 3), 0.5, dtype=torch.float64), np.random.default_rng(5)
    drawn = [families["gamma-rayleigh"].perturb(half, 9.0, Chosen(share)) for share in generator.random(4000)]
    exponents = np.log2(1 / np.array([float(each[0, 0, 0]) for each in drawn]))
    assert kstest(exponents, rayleigh(scale=1 / math.sqrt(2 * math.log(2))).cdf).pvalue > 1e-4


@every
def test_errors_of_the_computation_are_within_what_is_charged(name: str) -> None:
    clean, change = torch.linspace(0, 1, 3000, dtype=torch.float64).view(-1, 1, 1), torch.tensor([0.7]).double()
    errors = []
    for share in (0.1, 0.4, 0.8, 0.99):
        made = families[name].perturb(changes["gamma"].apply(clean, change), 0.25, Chosen(share)).numpy()
        wide = np.longdouble(share)
        power = (
            np.exp(np.longdouble(0.25) * wide)
            if name == "gamma"
            else np.sqrt(-np.log1p(-wide) / np.log(np.longdouble(2)))
        )
        errors.append(
            np.abs(made - clean.numpy().astype(np.longdouble) ** (np.longdouble(float(change)) * power)).mean()
        )
    assert float(np.mean(errors)) < families[name].misplaced(0.25, 1) / 3 / 2.0**16
