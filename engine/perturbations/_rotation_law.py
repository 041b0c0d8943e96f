"""The law of exp([v]x), v ~ N(0, sigma^2 I_3), and how far a rotation can move the probability of a class under it.

The law depends on the rotation's angle w only: against Haar measure its density is q(w), which falls in w. For an
adversary's rotation h of angle t, rho = q(angle(g h^-1)) / q(w) is the ratio of the attacked to the base density at g.
With unit quaternions cos(angle(g h^-1) / 2) = |cos(w/2) cos(t/2) + sin(w/2) sin(t/2) u|, u uniform on [-1, 1], so
{rho <= c} is an interval of u for every w, and F(c) = P(rho <= c) one integral over w. The attacked law is the base law
with both densities exchanged: it gives {rho < 1/l} the mass 1 - F(l). By Neyman and Pearson, a class of probability
above tau keeps more than `floor` if 1 - tau <= l (1 - floor - F(l)) + 1 - F(1/l) for some l > 0: any l is sound, and
one near the best costs almost nothing. Source: METHOD, section 5.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from engine.core.errors import NotCertifiable

Floats = NDArray[np.float64]

SIGMAS = (0.001, 10.0)  # where the quadrature is tested, both included
_REACH = 9.0  # curves end at 9 sigma: a class that survives this has a probability within 1e-19 of 1
_TAIL = 14.0  # in double precision, the law has no mass beyond 14 sigma
_ANGLES, _NODES, _TABLE = 256, 4096, 60_000
_ROUGH, _BISECTIONS = 256, 26


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RotationCurve:
    """Which probability survives which rotation, rounded up by the error of the computation.

    angles: float64 (K,), radians, from 0 to at most pi. quantiles: float64 (K,), never falling: a class of probability
    above cdf(quantile) keeps more than the floor under every rotation up to that angle. Both are read-only.
    """

    angles: Floats
    quantiles: Floats

    def angle(self, tau: float) -> float:
        """The largest angle on the curve that a class of probability above tau is sure to survive."""
        wanted = norm.ppf(tau)
        above = int(np.searchsorted(self.quantiles, wanted))
        if above in (0, len(self.angles)):
            return float(self.angles[-1]) if above else 0.0
        (low, high), (left, right) = self.quantiles[above - 1 : above + 1], self.angles[above - 1 : above + 1]
        return float(left + (right - left) * (wanted - low) / (high - low))


def published_angle(sigma: float, tau: float) -> float:
    """The paper's figure in radians, sigma * ppf(tau): as published, not proved, since rotations do not add.

    Raises NotCertifiable unless sigma > 0 and 0.5 <= tau < 1. Source: Fischer et al. 2021; METHOD, section 5.

    >>> round(published_angle(0.25, 0.75), 4)  # 0.25 * 0.6745
    0.1686
    """
    if not 0.5 <= tau < 1.0 or not 0.0 < sigma < math.inf:
        raise NotCertifiable(f"a radius needs sigma > 0 and 0.5 <= tau < 1, got tau {tau} and sigma {sigma}")
    return float(sigma * norm.ppf(tau))


def proved_angle(sigma: float, tau: float, floor: float = 0.5) -> float:
    """The largest proved angle in radians, rounded down; pi, the largest that there is, means every rotation.

    Raises NotCertifiable unless 0.001 <= sigma <= 10 and 0.5 <= floor <= tau < 1.
    """
    if not floor <= tau < 1.0:
        raise NotCertifiable(f"a radius needs floor <= tau < 1, got tau {tau}, floor {floor} and sigma {sigma}")
    return curve_of(sigma, floor).angle(tau)


def certifies_all(sigma: float, tau: float, floor: float = 0.5) -> bool:
    """Does a class of probability above tau keep more than `floor` under every rotation? Raises as `proved_angle`.

    >>> certifies_all(1.0, 0.99), certifies_all(1.0, 0.9)  # see the table of METHOD, section 5
    (True, False)
    """
    return proved_angle(sigma, tau, floor) == math.pi


def rotation_curve(sigma: float, floor: float = 0.5) -> tuple[Floats, Floats]:
    """Angles in radians from 0, and the smallest tau that is proved to survive each; both float64 (K,).

    A tau above the last one survives every rotation, if the angles end at pi. Raises NotCertifiable unless
    0.001 <= sigma <= 10 and 0.5 <= floor < 1. Source: METHOD, section 5.

    >>> angles, taus = rotation_curve(1.0)
    >>> [round(float(np.interp(angle, angles, taus)), 2) for angle in (0.0, 0.337, 0.913, 1.89)]  # see the table there
    [0.5, 0.6, 0.75, 0.9]
    """
    curve = curve_of(sigma, floor)
    return curve.angles, norm.cdf(curve.quantiles)


@lru_cache(maxsize=256)
def curve_of(sigma: float, floor: float) -> RotationCurve:
    """The curve of one noise level, computed once. Raises NotCertifiable outside the ranges above.

    Two errors are added to it: of the quadrature, by comparing with half the nodes (halving the step leaves about a
    quarter of the error), and of the straight lines between angles, by what the neighbours' line misses at each.
    """
    if not 0.5 <= floor < 1.0 or not SIGMAS[0] <= sigma <= SIGMAS[1]:
        limits = f"a rotation's radius needs sigma in [{SIGMAS[0]:g}, {SIGMAS[1]:g}] and 0.5 <= floor < 1"
        raise NotCertifiable(f"{limits}, got floor {floor} and sigma {sigma}")
    angles = min(math.pi, _REACH * sigma) * np.linspace(0.0, 1.0, _ANGLES + 1) ** 1.5  # for large sigma, steep at 0
    law = _Law(sigma, _TABLE)
    chosen = law.thresholds(angles[1:], floor)
    fine = law.quantiles(angles[1:], floor, chosen, _NODES)
    coarse = _Law(sigma, _TABLE // 2).quantiles(angles[1:], floor, chosen, _NODES // 2)
    quantiles = np.concatenate([[norm.ppf(floor)], fine + np.abs(fine - coarse).max()])
    quantiles = np.maximum.accumulate(quantiles + _missed(angles, quantiles))
    for array in (angles, quantiles):
        array.setflags(write=False)
    return RotationCurve(angles=angles, quantiles=quantiles)


def _missed(angles: Floats, values: Floats) -> Floats:
    """How much a line between neighbours can lie too low, at each angle and beside it."""
    left, right = np.diff(angles)[:-1], np.diff(angles)[1:]
    line = (values[:-2] * right + values[2:] * left) / (left + right)
    above = np.pad(np.maximum(0.0, values[1:-1] - line), 1, mode="edge")
    return np.max(np.lib.stride_tricks.sliding_window_view(np.pad(above, 1, mode="edge"), 3), axis=1)


class _Law:
    """The law for one sigma, with its density inverted by a table: level -log q(w) -> sin(w/4)^2."""

    def __init__(self, sigma: float, nodes: int) -> None:
        self._sigma = sigma
        self._reach = min(math.pi, _TAIL * sigma)
        near = min(math.pi, 2 * _TAIL * sigma)
        # Dense at 0, where q may have a pole, and at pi, where it is level.
        dense = _graded(near, np.linspace(0.0, 1.0, nodes + 1)[1:])
        angles = np.concatenate([np.geomspace(1e-12 * near, dense[0], 1000)[:-1], dense])
        if near < math.pi:
            angles = np.concatenate([angles, np.linspace(near, math.pi, 1000)[1:]])
        level = self._level(angles)
        if (np.diff(level) < -1e-12 * np.maximum(1.0, np.abs(level[1:]))).any():
            raise NotCertifiable(f"the density of rotations does not fall with the angle for sigma {sigma}")
        self._levels = np.maximum.accumulate(level)
        self._quarters = np.sin(angles / 4) ** 2

    def thresholds(self, angles: Floats, floor: float) -> Floats:
        """log l with F(l) = 1 - floor, roughly: any would do."""
        integral = _Integral(self, angles, _ROUGH)
        low, high = -((angles / self._sigma) ** 2 / 2 + 9 * angles / self._sigma + 40), np.zeros_like(angles)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            under = integral.below(middle) < 1 - floor
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return high

    def quantiles(self, angles: Floats, floor: float, log_l: Floats, nodes: int) -> Floats:
        """ppf of the smallest probability that survives a rotation of each angle, but for the quadrature's error."""
        integral = _Integral(self, angles, nodes)
        rest = np.exp(log_l) * (1 - floor - integral.below(log_l)) + integral.above(-log_l)
        return -norm.ppf(np.clip(rest, 1e-300, 1 - floor))

    def nodes(self, count: int) -> tuple[Floats, Floats, Floats]:
        """Midpoints w of the angle, their masses (of sum 1) and levels, float64 (count,) each."""
        places = (np.arange(count) + 0.5) / count
        angles = _graded(self._reach, places)
        masses = np.exp(self._log_mass(angles)) * np.sin(math.pi * places)
        return angles, masses / masses.sum(), self._level(angles)

    def quarters(self, levels: Floats) -> Floats:
        """sin(w/4)^2 of the angle w at which -log q is this level."""
        return np.interp(levels, self._levels, self._quarters)

    def _level(self, angles: Floats) -> Floats:
        return 2 * np.log(np.sin(angles / 2)) - self._log_mass(angles)

    def _log_mass(self, angles: Floats) -> Floats:
        """log of the density of the angle itself, up to a constant: sum over k of M(|w + 2 pi k|), without overflow."""
        turns = 2 * math.pi * np.arange(1, math.ceil(_TAIL * self._sigma / (2 * math.pi)) + 2)
        total = angles**2
        for turn in (*turns, *-turns):
            total = total + (angles + turn) ** 2 * np.exp(-turn * (2 * angles + turn) / (2 * self._sigma**2))
        return np.log(total) - (angles / self._sigma) ** 2 / 2


class _Integral:
    """F(c) for many adversary's angles, float64 (T,), by one node count."""

    def __init__(self, law: _Law, angles: Floats, nodes: int) -> None:
        self._law = law
        node, self._masses, self._levels = law.nodes(nodes)
        self._apart = np.sin((node - angles[:, None]) / 4) ** 2
        self._product = np.sin(node / 2) * np.sin(angles[:, None] / 2)

    def below(self, log_c: Floats) -> Floats:
        """P(rho <= c), float64 (T,)."""
        first, last = self._interval(log_c)
        return (last - first) @ self._masses / 2

    def above(self, log_c: Floats) -> Floats:
        """P(rho > c), float64 (T,), without the loss of digits of 1 - F."""
        first, last = self._interval(log_c)
        return (first + (2.0 - last)) @ self._masses / 2

    def _interval(self, log_c: Floats) -> tuple[Floats, Floats]:
        """The ends in [0, 2] of the 1 - u with rho <= c, float64 (T, nodes): differences of cosines, without loss."""
        far = self._law.quarters(self._levels - log_c[:, None])
        first = np.clip(2 * (far - self._apart) / self._product, 0.0, 2.0)
        return first, np.clip(2 * (1 - self._apart - far) / self._product, 0.0, 2.0)


def _graded(reach: float, places: Floats) -> Floats:
    """[0, 1] -> [0, reach], with nodes crowded at both ends."""
    return reach * np.sin(math.pi * places / 2) ** 2
