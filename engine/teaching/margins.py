"""What a bound on the slope of a score promises, beside what smoothing promises of the same scores.

The scores are those of a smoothed model: p is the probability of its class under N(0, sigma^2 I), and the class stands
while p > 1/2. Any rising scale may be put on p without changing an answer; here it is s = cdf(k ppf(p)), whose
steepness k is 1 for the probability itself. ppf(p) is 1/sigma-Lipschitz in l2 (Salman et al. 2019, Lemma 2), and the
cdf's slope is at most 1/sqrt(2 pi), so s is L-Lipschitz with L = k / (sigma sqrt(2 pi)). A half-plane attains that at
its border, so no smaller constant holds everywhere. A score above 1/2 that falls by at most L for each unit stays there
for (s - 1/2) / L.

In k the radius (s - 1/2) / L falls, and its limit for k -> 0 is sigma ppf(p): the smoothing radius is the Lipschitz
margin on the scale on which the worst slope is the same everywhere.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from engine.core.errors import InvalidSetting
from engine.teaching.plane import PlanarModel

Floats = NDArray[np.float64]

_STEP = 1e-4  # in sigma, of a central difference
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)  # the largest slope of the normal cdf


def score(p: float | Floats, steepness: float) -> Floats:
    """cdf(k ppf(p)) of probabilities, float64 of any shape. Raises InvalidSetting for a steepness that is not above 0.

    >>> score(np.array([0.5, 0.75, 0.95]), 1.0).round(9).tolist()  # the probability itself
    [0.5, 0.75, 0.95]
    >>> float(score(0.75, 3.0).round(4))  # cdf(3 * 0.6745): the same answer, far surer
    0.9785
    """
    _check(steepness)
    return np.asarray(special.ndtr(steepness * special.ndtri(p)))


def global_slope(sigma: float, steepness: float) -> float:
    """L: no score changes by more than L times the l2 length of a step, wherever it starts, whatever the base model.

    Raises InvalidSetting for sigma or a steepness that is not above 0.

    >>> round(global_slope(0.25, 1.0), 4)  # 1 / (0.25 * sqrt(2 pi)) = 4 * 0.3989
    1.5958
    """
    _check(sigma, steepness)
    return steepness * _PEAK / sigma


def margin_radius(p: float, sigma: float, steepness: float) -> float:
    """(s - 1/2) / L: within this l2 distance the class keeps its majority; 0 for p <= 1/2.

    Never more than half of sigma sqrt(2 pi) / k, however sure the model is, and never more than sigma ppf(p).

    >>> round(margin_radius(0.75, 0.25, 1.0), 4)  # 0.25 * sqrt(2 pi) * 0.25; smoothing proves 0.1686
    0.1567
    >>> round(margin_radius(1.0, 0.25, 1.0), 4), round(margin_radius(0.75, 0.25, 0.001), 4)
    (0.3133, 0.1686)
    """
    return max(0.0, (float(score(p, steepness)) - 0.5) / global_slope(sigma, steepness))


def slope_at(model: PlanarModel, point: tuple[float, float], label: int, *, sigma: float, steepness: float) -> float:
    """The slope of the score of `label` at one point, by central differences: the truth there, and nowhere else.

    Raises InvalidSetting for sigma or a steepness that is not above 0.

    >>> from engine.teaching.plane import half_plane
    >>> level = half_plane(0.0, 0.5)
    >>> round(slope_at(level, (0.3, 0.5), 1, sigma=0.25, steepness=1.0), 4)  # at its border: L itself
    1.5958
    """
    _check(sigma, steepness)
    step = _STEP * sigma
    around = np.asarray(point) + step * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    right, left, above, below = score(model.probabilities(around, sigma)[:, label], steepness)
    return math.hypot(right - left, above - below) / (2.0 * step)


def tangent_radius(p: float, slope: float, steepness: float) -> float:
    """How far the score would last if it went on falling as it does at the point. It need not: this proves nothing.

    Infinite where the slope is 0, 0 for p <= 1/2.

    >>> tangent_radius(0.75, 0.5, 1.0), tangent_radius(0.75, 0.0, 1.0)
    (0.5, inf)
    """
    margin = float(score(p, steepness)) - 0.5
    return 0.0 if margin <= 0.0 else math.inf if slope <= 0.0 else margin / slope


def _check(*values: float) -> None:
    if not all(0.0 < value < math.inf for value in values):
        raise InvalidSetting(f"sigma and the steepness must be above 0, got {values!r:.60}")
