"""Lipschitz margins in the plane: no disc reaches another class, no constant is too small, and none is smaller."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

import engine
from engine.teaching import margins
from engine.teaching.plane import QUADRATURE_ERROR, THREE_REGIONS, half_plane

AXIS = np.linspace(-0.4, 1.4, 121)
GRID = np.stack(np.meshgrid(AXIS, AXIS), axis=-1).reshape(-1, 2)
SIGMAS = (0.06, 0.1, 0.2)


@pytest.fixture(scope="module")
def chances() -> dict[float, np.ndarray]:
    """The class probabilities at every place of the grid, by sigma."""
    return {sigma: THREE_REGIONS.probabilities(GRID, sigma) for sigma in SIGMAS}


def lost_within(chances: np.ndarray, place: int, label: int, radius: float) -> bool:
    """Whether the class has no majority somewhere on the grid, nearer to the place than `radius`."""
    near = np.linalg.norm(GRID - GRID[place], axis=1) < radius
    return bool((chances[near, label] <= 0.5 - QUADRATURE_ERROR).any())


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("steepness", [0.1, 1.0, 4.0])
def test_no_disc_holds_a_point_of_another_class(
    chances: dict[float, np.ndarray], sigma: float, steepness: float
) -> None:
    inside = np.flatnonzero((np.abs(GRID - 0.5) <= 0.5).all(axis=1))[::5]
    seen = 0
    for place in inside:
        label = int(chances[sigma][place].argmax())
        p = float(chances[sigma][place, label]) - QUADRATURE_ERROR
        radius = margins.margin_radius(p, sigma, steepness)
        assert not lost_within(chances[sigma], place, label, radius)
        assert radius <= max(0.0, sigma * norm.ppf(p)) + 1e-12  # the smoothing disc holds it
        seen += radius > AXIS[1] - AXIS[0]
    assert seen > 100  # discs with points of the grid in them


def test_the_disc_of_the_slope_at_the_point_does(chances: dict[float, np.ndarray]) -> None:
    """What is taught to be no proof must be seen to fail."""
    place = int(np.linalg.norm(GRID - (0.86, 0.1), axis=1).argmin())
    label = int(chances[0.1][place].argmax())
    p = float(chances[0.1][place, label])
    slope = margins.slope_at(THREE_REGIONS, tuple(GRID[place]), label, sigma=0.1, steepness=1.0)
    assert lost_within(chances[0.1], place, label, margins.tangent_radius(p, slope, 1.0))
    assert not lost_within(chances[0.1], place, label, 0.1 * norm.ppf(p))


@pytest.mark.parametrize("steepness", [0.5, 1.0, 3.0])
def test_no_two_points_differ_by_more_than_the_slope_allows(chances: dict[float, np.ndarray], steepness: float) -> None:
    few = np.arange(0, len(GRID), 23)
    distances = np.linalg.norm(GRID[few, None] - GRID[None, few], axis=-1)
    for sigma in SIGMAS:
        scores = margins.score(np.clip(chances[sigma][few], 1e-12, 1 - 1e-12), steepness)
        change = np.abs(scores[:, None] - scores[None]).max(axis=-1)
        assert (change <= margins.global_slope(sigma, steepness) * distances + 1e-4).all()


@pytest.mark.parametrize("steepness", [0.5, 1.0, 3.0])
def test_a_half_plane_attains_the_global_slope(steepness: float) -> None:
    model, sigma, unit = half_plane(0.6, 0.1), 0.15, np.array([-math.sin(0.6), math.cos(0.6)])
    border = np.array([0.3, math.tan(0.6) * 0.3 + 0.1])
    true = margins.slope_at(model, tuple(border), 1, sigma=sigma, steepness=steepness)
    assert true == pytest.approx(margins.global_slope(sigma, steepness), rel=1e-4)
    # The margin of a point close to the border reaches nearly all the way; with L a tenth smaller it would cross it.
    p = float(model.probabilities((border + 0.02 * sigma * unit)[None], sigma)[0, 1])
    radius = margins.margin_radius(p, sigma, steepness)
    assert 0.99 * 0.02 * sigma < radius < 0.02 * sigma < radius / 0.9


def test_slope_at_a_point_of_a_half_plane_is_a_normal_density() -> None:
    # p = cdf(d / sigma), so s = cdf(k d / sigma): its slope is k / sigma * pdf(k d / sigma).
    found = margins.slope_at(half_plane(0.0, 0.5), (0.2, 0.62), 1, sigma=0.1, steepness=2.0)
    assert found == pytest.approx(2.0 / 0.1 * norm.pdf(2.0 * 0.12 / 0.1), rel=1e-4)


def test_radii_by_hand() -> None:
    # cdf(2 * .6745) = .9113; .4113 * .5 * sqrt(2 pi) / 2 = .2577; smoothing: .5 * .6745 = .3372
    assert margins.margin_radius(0.75, 0.5, 2.0) == pytest.approx(0.2577, abs=1e-4)
    assert margins.margin_radius(0.75, 0.5, 1e-4) == pytest.approx(0.3372, abs=1e-4)
    assert margins.margin_radius(0.5, 0.5, 1.0) == margins.margin_radius(0.2, 0.5, 1.0) == 0.0
    assert margins.tangent_radius(0.4, 1.0, 1.0) == 0.0
    radii = [margins.margin_radius(0.9, 0.25, k) for k in (0.1, 0.5, 1.0, 2.0, 8.0)]
    assert radii == sorted(radii, reverse=True)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_sigma_and_steepness_must_be_positive(wrong: float) -> None:
    for call in (
        lambda: margins.score(0.7, wrong),
        lambda: margins.global_slope(wrong, 1.0),
        lambda: margins.margin_radius(0.7, 0.25, wrong),
        lambda: margins.slope_at(THREE_REGIONS, (0.5, 0.5), 0, sigma=0.1, steepness=wrong),
    ):
        with pytest.raises(engine.core.InvalidSetting, match="above 0"):
            call()
