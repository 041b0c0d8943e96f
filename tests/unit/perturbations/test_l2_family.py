"""The l2 family: radius sigma * ppf(tau) against tabulated normal quantiles, and its refusals.

Quantiles: ppf(0.75) = 0.6744897501960817, ppf(0.9) = 1.2815515655446004, ppf(0.99) = 2.3263478740408408 (R: qnorm).
"""

from __future__ import annotations

import math

import pytest

from engine.core import NotCertifiable
from engine.perturbations import families


@pytest.mark.parametrize(
    ("sigma", "tau", "expected"),
    [
        (0.25, 0.75, 0.16862243754902043),
        (0.5, 0.9, 0.6407757827723002),
        (1.0, 0.99, 2.3263478740408408),
        (0.25, 0.5, 0.0),  # true, and of no use
    ],
)
def test_radius(sigma: float, tau: float, expected: float) -> None:
    assert families["l2"].radius(sigma=sigma, tau=tau) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("sigma", "tau"),
    [(0.25, 0.49), (0.25, 1.0), (0.25, math.nan), (0.0, 0.75), (-1.0, 0.75), (math.nan, 0.75), (0.25, -1.0)],
)
def test_what_has_no_radius_is_refused(sigma: float, tau: float) -> None:
    with pytest.raises(NotCertifiable, match=r"needs sigma > 0 and 0\.5 <= floor <= tau < 1"):
        families["l2"].radius(sigma=sigma, tau=tau)


def test_a_floor_takes_its_quantile_off() -> None:
    # ppf(.9) - ppf(.75) = 0.6070618153485187.
    assert families["l2"].radius(sigma=0.5, tau=0.9, floor=0.75) == pytest.approx(0.5 * 0.6070618153485187, rel=1e-12)
    assert families["l2"].radius(sigma=0.5, tau=0.9, floor=0.9) == 0.0
    for floor in (0.49, 0.91, 1.0, math.nan):
        with pytest.raises(NotCertifiable, match="floor"):
            families["l2"].radius(sigma=0.5, tau=0.9, floor=floor)
