"""Brightness with pixel noise beside it: its law, its ellipse, and which clipped 8-bit pictures it covers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad
from scipy.stats import kstest, norm

from engine.perturbations import covered_levels, eight_bits, families, size_beside_brightness
from tests.material.drawing import drawn

ENTRY = families["brightness"]


def test_the_noise_has_both_parts() -> None:
    clean = torch.full((16, 16, 3), 0.5, dtype=torch.float64)
    generator = torch.Generator().manual_seed(1)
    made = torch.stack([drawn(ENTRY.with_strength(0.3), clean, 0.1, generator) for _ in range(1500)]).numpy() - 0.5
    count = clean.numel()
    common = made.reshape(len(made), -1).mean(axis=1)
    assert kstest(common, norm(scale=math.sqrt(0.3**2 + 0.1**2 / count)).cdf).pvalue > 1e-4
    rest = (made - common[:, None, None, None]).ravel()[:: count // 5]  # far apart: some of each draw
    assert kstest(rest, norm(scale=0.1 * math.sqrt(1 - 1 / count)).cdf).pvalue > 1e-4
    in_torch = ENTRY.perturb(clean.clone().requires_grad_(), 0.1, _Ones()).detach()
    torch.testing.assert_close(ENTRY.perturb(clean, 0.1, _Ones()), in_torch)  # one way of adding and the other
    torch.testing.assert_close(in_torch, clean + 0.2 + 0.1)


class _Ones:
    def normal(self, out: torch.Tensor) -> torch.Tensor:
        return out.fill_(1.0)

    uniform = normal


def test_the_ellipse_is_tight() -> None:
    # A change (b', d): the worst set is a half space across the direction that the change has in deviations.
    region = ENTRY.with_strength(0.3).region(sigma=0.1, tau=0.9)
    shares = (0.28, 0.96)  # of the axes: .0784 + .9216 = 1
    at = {"brightness": shares[0] * region.bounds["brightness"][1], "l2": shares[1] * region.bounds["l2"][1]}
    assert region.contains({**at, "l2": at["l2"] * 0.9999})
    assert not region.contains({**at, "l2": at["l2"] * 1.0001})

    def mass(share: float) -> float:  # b and the noise along d, both in deviations, below ppf(.9) across the direction
        def density(z: float, b: float) -> float:
            return norm.pdf(b - share * at["brightness"] / 0.3) * norm.pdf(z - share * at["l2"] / 0.1)

        def limit(b: float) -> float:
            return (norm.ppf(0.9) - shares[0] * b) / shares[1]

        return dblquad(density, -9, 9, -9, limit, epsabs=1e-7)[0]

    assert mass(0.0) == pytest.approx(0.9, abs=1e-5)
    assert mass(1.0) == pytest.approx(0.5, abs=1e-5)
    assert mass(0.98) > 0.505


def test_the_size_of_any_change_is_the_best_split() -> None:
    rng = np.random.default_rng(0)
    change, sigma, strength = rng.normal(0.02, 0.03, (5, 6, 3)), 0.11, 0.2
    size = size_beside_brightness(change, sigma=sigma, strength=strength)
    covariance = sigma**2 * np.eye(change.size) + strength**2 * np.ones((change.size, change.size))
    assert size == pytest.approx(math.sqrt(change.ravel() @ np.linalg.solve(covariance, change.ravel())))
    splits = [math.hypot(b / strength, np.linalg.norm(change - b) / sigma) for b in np.linspace(-0.1, 0.1, 20_001)]
    assert size == pytest.approx(min(splits), rel=1e-6)
    # All of it brightness: b' / s, but for what so few values leave to the noise.
    assert size_beside_brightness(np.full((240, 320, 3), 0.1), sigma=0.1, strength=0.2) == pytest.approx(0.5, rel=1e-4)


def test_real_pictures_are_covered_as_far_as_they_do_not_clip() -> None:
    how = {"sigma": 0.25, "strength": 0.2, "tau": 0.75}
    grey = np.full((24, 32, 3), 128 / 255)
    reach = int(0.2 * norm.ppf(0.75) * 255)  # 34
    assert covered_levels(grey, **how) == (reach, reach)
    dark = grey.copy()
    dark[:2] = 0.0  # a twelfth of the values cannot grow darker
    down, up = covered_levels(dark, **how)
    assert up == reach
    assert 0 < down < reach
    for level, expected in ((down, True), (down + 1, False)):
        change = eight_bits(dark - level / 255) - dark
        assert bool(size_beside_brightness(change, sigma=0.25, strength=0.2) <= norm.ppf(0.75)) is expected
    # Pictures of 320x240 that are not on the 8-bit grid: rounding alone costs sqrt(d / 12) / 255 = .543 in l2.
    between = np.random.default_rng(1).random((240, 320, 3))
    assert np.linalg.norm(eight_bits(between) - between) == pytest.approx(0.543, abs=2e-3)
    assert covered_levels(between, **how) == (0, 0)
