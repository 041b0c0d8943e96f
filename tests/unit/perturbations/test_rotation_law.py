"""How far a rotation can be proved harmless: reference values, a simulation of the worst case, and the limits.

The simulation knows nothing of the quadrature: it draws rotations, takes the density from its formula (METHOD, section
5) as a sum of Gaussians, and finds the worst set of base mass tau by its empirical threshold.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from engine.core import NotCertifiable
from engine.perturbations import certifies_all, families, published_angle, rotation_curve
from engine.perturbations._rotation_law import _Law, curve_of, proved_angle
from tests.material.worst_rotation import DRAWS, attacked_mass

# Gauss-Legendre 500 x 200 nodes, METHOD section 5, in radians; pi: every rotation.
REFERENCE = [
    (0.125, 0.75, 0.0845, 1e-4), (0.125, 0.99, 0.2916, 1e-4),
    (0.25, 0.6, 0.0640, 1e-4), (0.25, 0.75, 0.1704, 1e-4), (0.25, 0.9, 0.3238, 1e-4), (0.25, 0.99, 0.5878, 1e-4),
    (0.5, 0.75, 0.3522, 1e-4), (0.5, 0.9, 0.6693, 1e-4), (0.5, 0.99, 1.216, 1e-3),
    (1.0, 0.6, 0.337, 1e-3), (1.0, 0.75, 0.913, 1e-3), (1.0, 0.9, 1.89, 6e-3), (1.0, 0.99, math.pi, 0),
    (1.5, 0.6, 2.03, 6e-3), (1.5, 0.75, math.pi, 0),
]  # fmt: skip


@pytest.mark.parametrize(("sigma", "tau", "expected", "within"), REFERENCE)
def test_reference_values(sigma: float, tau: float, expected: float, within: float) -> None:
    assert families["so3"].radius(sigma=sigma, tau=tau) == pytest.approx(expected, abs=within)
    assert certifies_all(sigma, tau) == (expected == math.pi)


@pytest.mark.parametrize(("sigma", "tau"), [(0.25, 0.75), (0.5, 0.9), (1.0, 0.6), (1.0, 0.9), (1.5, 0.6), (3.0, 0.7)])
def test_the_worst_classifier_falls_to_one_half_at_the_angle(sigma: float, tau: float) -> None:
    theta = proved_angle(sigma, tau)
    # Five standard errors: of a share of draws, and of the empirical threshold, whose mass the ratio there multiplies.
    error = 5 * math.sqrt(0.25 / DRAWS) * 2
    assert attacked_mass(sigma, tau, theta) == pytest.approx(0.5, abs=error)
    assert attacked_mass(sigma, tau, 0.8 * theta) > 0.5 + error


def test_the_floor_too_is_met_by_the_worst_classifier() -> None:
    theta = proved_angle(0.5, 0.9, 0.75)
    assert attacked_mass(0.5, 0.9, theta) == pytest.approx(0.75, abs=10 * math.sqrt(0.25 / DRAWS))


@pytest.mark.parametrize("theta", [0.5, 1.5, 2.5, math.pi])
def test_where_all_rotations_are_certified_none_takes_the_class_away(theta: float) -> None:
    assert certifies_all(1.5, 0.7)
    assert attacked_mass(1.5, 0.7, theta) > 0.5
    assert not certifies_all(1.5, 0.6)
    assert attacked_mass(1.5, 0.6, math.pi) < 0.5


@pytest.mark.parametrize("sigma", [0.001, 0.01, 0.1])
def test_narrow_laws_are_flat(sigma: float) -> None:
    # For small sigma the rotations near 1 are a flat space, where the answer is sigma ppf(tau) as in Cohen et al.; the
    # curvature adds a share of about sigma^2 / 6, and the rounding takes at most 1e-3 sigma.
    for tau in (0.6, 0.75, 0.9, 0.99, 1 - 1e-9):
        flat = sigma * norm.ppf(tau)
        assert flat * (1 - 1e-4) - 1e-3 * sigma <= proved_angle(sigma, tau) <= flat * (1 + sigma**2)


@pytest.mark.parametrize("sigma", [0.001, 0.02, 0.25, 0.5, 1.0, 1.5, 1.7, 2.5, 10.0])
def test_every_sigma_has_a_rising_curve_from_one_half(sigma: float) -> None:
    angles, taus = rotation_curve(sigma)
    assert (np.diff(angles) > 0).all()
    assert (np.diff(taus) >= 0).all()
    assert (angles[0], taus[0]) == (0.0, pytest.approx(0.5, abs=2e-4))
    assert angles[-1] == pytest.approx(min(math.pi, 9 * sigma))
    assert taus[-1] <= 1
    found = [proved_angle(sigma, tau) for tau in (0.5, *np.linspace(0.52, 0.999, 30), 1 - 1e-6, 1 - 1e-9)]
    assert found[0] == 0.0
    assert (np.diff(found) >= 0).all()
    assert 0 < found[1] <= found[-1] <= math.pi


@pytest.mark.parametrize("sigma", [0.05, 0.7, 1.5, 4.0])
def test_curve_and_radius_agree(sigma: float) -> None:
    angles, taus = rotation_curve(sigma)
    for index in (20, 100, 200):
        if 0.5 < taus[index] < taus[index + 1] < 1:
            between = proved_angle(sigma, float((taus[index] + taus[index + 1]) / 2))
            assert angles[index] < between < angles[index + 1]


@pytest.mark.parametrize(("sigma", "floor"), [(0.05, 0.5), (0.45, 0.8), (1.6, 0.5), (7.0, 0.8)])
def test_the_rounding_covers_the_error_of_the_quadrature(sigma: float, floor: float) -> None:
    # Against eight times the nodes, at the curve's angles and between them; 1e-3 in quantiles is 1e-3 sigma of angle.
    curve = curve_of(sigma, floor)
    chosen = np.linspace(1, len(curve.angles) - 2, 6).astype(int)
    angles = np.sort(np.concatenate([curve.angles[chosen], (curve.angles[chosen] + curve.angles[chosen + 1]) / 2]))
    law = _Law(sigma, 480_000)
    finer = law.quantiles(angles, floor, law.thresholds(angles, floor), 32_768)
    slack = np.interp(angles, curve.angles, curve.quantiles) - np.maximum.accumulate(finer)
    assert slack.min() > 0
    assert slack.max() < 1e-3


def test_later_angles_of_a_sigma_are_read_off_its_curve() -> None:
    curve_of(0.31, 0.5)
    computed = curve_of.cache_info().misses
    for tau in np.linspace(0.5, 0.999, 500):
        proved_angle(0.31, float(tau))
    assert curve_of.cache_info().misses == computed


def test_curves_cannot_be_changed() -> None:
    with pytest.raises(ValueError):
        rotation_curve(0.25)[0][0] = 1.0
    with pytest.raises(ValueError):
        curve_of(0.25, 0.5).quantiles[0] = 1.0


@pytest.mark.parametrize(("sigma", "floor"), [(0.0009, 0.5), (10.1, 0.5), (math.nan, 0.5), (1.0, 0.4), (1.0, 1.0)])
def test_curves_outside_the_tested_range_are_refused(sigma: float, floor: float) -> None:
    with pytest.raises(NotCertifiable, match=r"sigma in \[0\.001, 10\] and 0\.5 <= floor < 1"):
        rotation_curve(sigma, floor)


def test_the_published_figure_stays_below_the_proved_one_for_moderate_noise() -> None:
    assert published_angle(0.25, 0.75) == pytest.approx(0.16862243754902043, rel=1e-12)  # 0.25 * qnorm(0.75)
    assert published_angle(0.25, 0.75) < proved_angle(0.25, 0.75)
    # It is no lower bound: beyond sigma 2.5 it promises more than can be kept.
    assert published_angle(3.0, 0.6) > proved_angle(3.0, 0.6)
    assert attacked_mass(3.0, 0.6, published_angle(3.0, 0.6)) < 0.5
    for sigma, tau in ((0.0, 0.7), (1.0, 0.4), (1.0, 1.0), (math.inf, 0.7), (math.nan, 0.7)):
        with pytest.raises(NotCertifiable):
            published_angle(sigma, tau)
