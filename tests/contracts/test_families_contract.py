"""What every registered perturbation family must do: seeded noise of unit scale, a proved radius or none."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine import Family, NotCertifiable, families, family

EVERY = list(families().values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])


def filled(entry: Family, seed: int, shape: tuple[int, ...] = (64, 48, 3)) -> torch.Tensor:
    out = torch.full(shape, math.nan)
    entry.fill(out, torch.Generator().manual_seed(seed))
    return out


@every
def test_it_says_what_it_is(entry: Family) -> None:
    for text in (entry.name, entry.title, entry.unit, entry.assumes, entry.source):
        assert text.strip()
    assert family(entry.name) is entry


@every
def test_noise_is_decided_by_the_generator(entry: Family) -> None:
    assert torch.equal(filled(entry, 1), filled(entry, 1))
    assert not torch.equal(filled(entry, 1), filled(entry, 2))


@every
def test_every_entry_is_overwritten(entry: Family) -> None:
    assert torch.isfinite(filled(entry, 3)).all()


@every
def test_a_generator_moves_on(entry: Family) -> None:
    generator, first, second = torch.Generator().manual_seed(0), torch.empty(100), torch.empty(100)
    entry.fill(first, generator)
    entry.fill(second, generator)
    assert not torch.equal(first, second)


@every
def test_the_global_generator_is_left_alone(entry: Family) -> None:
    before = torch.get_rng_state()
    filled(entry, 4)
    assert torch.equal(before, torch.get_rng_state())


@every
def test_unit_scale_and_zero_mean(entry: Family) -> None:
    noise = filled(entry, 5, (200_000,)).numpy().astype(np.float64)
    assert abs(noise.mean()) < 5 / math.sqrt(noise.size)
    assert abs(noise.std() - 1) < 5 * math.sqrt(2 / noise.size)  # standard error of a deviation, up to kurtosis


@every
def test_the_radius_grows_with_tau_and_sigma(entry: Family) -> None:
    taus = np.linspace(0.51, 0.999, 40)
    by_tau = [entry.radius(sigma=0.25, tau=float(tau)) for tau in taus]
    by_sigma = [entry.radius(sigma=float(sigma), tau=0.75) for sigma in np.geomspace(0.01, 10, 40)]
    for values in (by_tau, by_sigma):
        assert all(isinstance(value, float) and math.isfinite(value) and value > 0 for value in values)
        assert (np.diff(values) > 0).all()


@every
@pytest.mark.parametrize(("sigma", "tau"), [(0.25, 0.49), (0.25, 1.0), (0.0, 0.75), (-0.1, 0.75), (0.25, math.nan)])
def test_what_cannot_be_proved_has_no_radius(entry: Family, sigma: float, tau: float) -> None:
    with pytest.raises(NotCertifiable):
        entry.radius(sigma=sigma, tau=tau)
