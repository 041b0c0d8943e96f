"""Smoothing in the plane, against closed forms: for a half-plane everything about the certificate is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

import engine
from engine.teaching import plane as planar
from engine.teaching.plane import THREE_REGIONS, half_plane

POINTS = np.random.default_rng(0).random((60, 2))


@pytest.mark.parametrize("sigma", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("angle", [0.0, 0.6, -1.2])
def test_half_plane_has_a_normal_cdf_of_the_distance(sigma: float, angle: float) -> None:
    found = half_plane(angle, 0.3).probabilities(POINTS, sigma)[:, 1]
    distance = (POINTS[:, 1] - math.tan(angle) * POINTS[:, 0] - 0.3) * math.cos(angle)
    assert np.abs(found - norm.cdf(distance / sigma)).max() < planar.QUADRATURE_ERROR


def test_the_certified_disc_touches_the_border_of_a_half_plane() -> None:
    sigma, point = 0.12, (0.4, 0.7)
    model = half_plane(0.5, 0.1)
    p = float(model.probabilities(np.array([point]), sigma)[0, 1])
    radius = engine.perturbations["l2"].radius(sigma=sigma, tau=p)
    assert radius == pytest.approx((0.7 - math.tan(0.5) * 0.4 - 0.1) * math.cos(0.5), abs=1e-5)
    inside, outside = planar.worst_attacks(
        model, point, 1, sigma=sigma, lengths=np.array([0.999, 1.01]) * radius, directions=720
    )
    assert inside.probability > 0.5 > outside.probability


def test_the_bound_is_attained_by_a_half_plane() -> None:
    model, lengths = half_plane(0.0, 0.2), np.linspace(0.0, 0.4, 9)
    p = float(model.probabilities(np.array([[0.5, 0.4]]), 0.1)[0, 1])
    worst = planar.worst_attacks(model, (0.5, 0.4), 1, sigma=0.1, lengths=lengths, directions=4)
    bound = planar.guaranteed_probability(p, lengths, 0.1)
    assert np.allclose([attack.probability for attack in worst], bound, atol=1e-6)
    assert worst[-1].point == pytest.approx((0.5, 0.0))


@pytest.mark.parametrize("sigma", [0.03, 0.1, 0.25])
def test_no_attack_goes_below_the_bound(sigma: float) -> None:
    lengths = np.linspace(0.0, 3.0 * sigma, 7)
    for x, y in POINTS[:12]:
        chances = THREE_REGIONS.probabilities(np.array([[x, y]]), sigma)[0]
        label = int(chances.argmax())
        bound = planar.guaranteed_probability(float(chances[label]), lengths, sigma)
        worst = planar.worst_attacks(THREE_REGIONS, (x, y), label, sigma=sigma, lengths=lengths)
        assert all(a.probability >= b - 1e-5 for a, b in zip(worst, bound, strict=True))


@pytest.mark.parametrize("sigma", [0.01, 0.05, 0.5])
def test_quadrature_error_against_a_twelve_times_finer_rule(sigma: float, monkeypatch: pytest.MonkeyPatch) -> None:
    coarse = THREE_REGIONS.probabilities(POINTS, sigma)
    monkeypatch.setattr(planar, "_NODES", 2880)
    monkeypatch.setattr(planar, "_REACH", 8.0)
    assert np.abs(coarse - THREE_REGIONS.probabilities(POINTS, sigma)).max() < planar.QUADRATURE_ERROR


def test_probabilities_agree_with_draws() -> None:
    noise = np.random.default_rng(1).standard_normal((200_000, 2))
    for point in [(0.42, 0.27), (0.68, 0.76), (0.3, 0.6)]:
        drawn = np.asarray(point) + 0.06 * noise
        shares = np.bincount(THREE_REGIONS.predict(drawn[:, 0], drawn[:, 1]), minlength=3) / len(drawn)
        exact = THREE_REGIONS.probabilities(np.array([point]), 0.06)[0]
        assert np.abs(shares - exact).max() < 5 * 0.5 / math.sqrt(len(drawn))  # five standard errors


@pytest.mark.parametrize("sigma", [0.02, 0.25])
def test_the_map_holds_the_probabilities_of_its_cell_centres(sigma: float) -> None:
    chart = THREE_REGIONS.probability_map(sigma, 16)
    assert np.allclose(chart.sum(axis=-1), 1.0)
    centres = (np.arange(16) + 0.5) / 16
    x, y = np.meshgrid(centres, centres[::-1])
    exact = THREE_REGIONS.probabilities(np.stack([x.ravel(), y.ravel()], axis=-1), sigma)
    assert np.abs(chart.reshape(-1, 3) - exact).max() < planar.QUADRATURE_ERROR


def test_little_noise_leaves_the_base_model_and_much_noise_swallows_the_sliver() -> None:
    sliver = np.array([[0.42, 0.27 + 0.055 * math.sin(7.0 * 0.42 + 0.4)]])
    assert THREE_REGIONS.predict(sliver[:, 0], sliver[:, 1])[0] == 2
    assert THREE_REGIONS.probabilities(sliver, 0.001)[0].argmax() == 2
    assert THREE_REGIONS.probabilities(sliver, 0.05)[0].argmax() == 0


def test_nearest_change_on_a_known_map() -> None:
    labels = np.zeros((10, 10), dtype=np.int64)
    labels[:, 7:] = 1
    distance, place = planar.nearest_change(labels, (0.45, 0.45)) or (0.0, (0.0, 0.0))
    assert distance == pytest.approx(0.30)
    assert place == pytest.approx((0.75, 0.45))
    assert planar.nearest_change(np.zeros((4, 4), dtype=np.int64), (0.5, 0.5)) is None


@pytest.mark.parametrize("sigma", [0.0, -1.0, math.nan])
def test_sigma_must_be_positive(sigma: float) -> None:
    for call in (
        lambda: THREE_REGIONS.probabilities(POINTS, sigma),
        lambda: THREE_REGIONS.probability_map(sigma, 8),
        lambda: planar.guaranteed_probability(0.9, POINTS[:, 0], sigma),
    ):
        with pytest.raises(engine.core.InvalidSetting, match="sigma"):
            call()
