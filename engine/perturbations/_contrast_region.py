"""The contrasts and brightnesses that the family `contrast-brightness` covers together."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from engine.changes import Parameter
from engine.core.rounding import floored, raised
from engine.perturbations._contrast_law import kept, two_steps
from engine.perturbations._regions import Region

_INWARDS = 1e-9
_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRegion(Region):
    """Changes e^k' (x + b'), told by the contrast e^k' and the brightness b', for noise of deviations sigma and
    strength: where a class of probability above tau keeps at least `floor`.

    `reach` is that of the contrast alone, in its logarithm. It lies below sigma (ppf(tau) - ppf(floor)): a change of
    contrast shows in the spread of the random brightness too.
    """

    parameters: tuple[Parameter, ...]
    sigma: float
    strength: float
    tau: float
    floor: float

    @property
    def reach(self) -> float:
        low, high = _ends(self)
        return min(-low, high)

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        contrast, brightness = (one.name for one in self.parameters)
        low, high = _ends(self)
        far = _bright(self, 0.0)
        return {contrast: (math.exp(low), math.exp(high)), brightness: (-far, far)}

    @property
    def sentence(self) -> str:
        contrast, brightness = (one.title.lower() for one in self.parameters)
        low, high, far = _box(self)
        return (
            f"{contrast} between {raised(math.exp(low), 4)} and {floored(math.exp(high), 4)} with any {brightness} "
            f"from \N{MINUS SIGN}{floored(far)} to {floored(far)}"
        )

    def holds(self, amounts: Mapping[str, float]) -> bool:
        contrast, brightness = (amounts.get(one.name, one.neutral) for one in self.parameters)
        return contrast > 0.0 and self.margin(math.log(contrast), brightness) >= 0.0

    def margin(self, log_contrast: float, brightness: float) -> float:
        """By how much a class' probability stays above the floor, rounded down; exactly tau - floor without change."""
        if log_contrast == brightness == 0.0:
            return self.tau - self.floor
        a, beta = log_contrast / self.sigma, brightness / self.strength
        return kept(a, beta, -log_contrast, self.tau) - self.floor

    def covers(self, ranges: Mapping[str, tuple[float, float]]) -> bool:
        """Whether every change in these ranges is covered. What its corners show is proved for all that is between.

        A larger |b'| is never better for the class. Say beta > 0. Given u, the worst set of other answers is the
        outside of an interval of v (c > 1) or the inside (c < 1), centred at beta / (1 - c^2): below 0, or beyond beta.
        As beta grows, the law N(beta, c^2) of v moves away from the one centre and towards the other, so that the set
        becomes likelier. So only the largest |b'| counts.

        The margin is not monotone in k': while k' > 0 is small, what is left grows. But v -> r v + (1 - r^2)^(1/2) w
        with fresh normal w keeps N(0, 1), and makes N(r beta, 1 - r^2 + r^2 c^2) of N(beta, c^2); the like makes any
        smaller shift of u. An adversary who sees less can do no more. So if (k', b' / r) is covered, (j, b') is for all
        j between k'' and k', of one sign, where r^2 = (1 - e^(-2 k'')) / (1 - e^(-2 k')). Next to k' = 0 the bound
        in two steps is used, which is monotone. Ranges are halved until one or the other proves each part.
        """
        contrast, brightness = self.parameters
        if not Region.covers(self, ranges):
            return False
        low, high = (math.log(end) for end in ranges.get(contrast.name, (1.0, 1.0)))
        far = max(abs(end) for end in ranges.get(brightness.name, (0.0, 0.0)))
        if low > 0.0 or high < 0.0:
            near, further = sorted((low, high), key=abs)
            return near == further or self._between(near, further, far, _DEPTH)
        return self.margin(0.0, far) >= 0.0 and all(
            end == 0.0 or self._between(0.0, end, far, _DEPTH) for end in (low, high)
        )

    def outline(self, count: int) -> NDArray[np.float64]:
        """(contrast, largest brightness beside it) along the edge, float64 (count, 2), from the lowest contrast up; the
        other half of the region is its mirror image, with the brightness below 0."""
        low, high = _ends(self)
        places = np.linspace(low, high, count)
        return np.array([(math.exp(k), _bright(self, float(k))) for k in places])

    def _between(self, near: float, far: float, brightness: float, depth: int) -> bool:
        """Whether (k', b') is covered for all k' from `near` to `far`, of one sign, |near| < |far|."""
        a, beta = far / self.sigma, brightness / self.strength
        if near == 0.0:
            wider = beta * math.exp(max(0.0, -far))  # beta / c, for which two_steps takes it, is at most beta if c > 1
            if two_steps(a, wider, -far, self.tau, self.floor) >= _INWARDS:
                return True
        else:
            ratio = math.sqrt(math.expm1(-2.0 * near) / math.expm1(-2.0 * far))
            if kept(a, beta / ratio, -far, self.tau) >= self.floor:
                return True
        middle = (near + far) / 2.0
        return (
            depth > 0
            and self._between(middle, far, brightness, depth - 1)
            and self._between(near, middle, brightness, depth - 1)
        )


def _edge(margin: Callable[[float], float], far: float) -> float:
    """The place between 0 and `far` up to which the margin is not negative, rounded towards 0."""
    if margin(far) >= 0.0:
        return far
    start = 1e-6 * far
    if margin(start) < 0.0:
        return 0.0
    place = float(brentq(margin, start, far, xtol=abs(far) * 1e-10)) * (1.0 - _INWARDS)
    while margin(place) < 0.0:
        place *= 1.0 - 1e-6
    return place


@lru_cache(maxsize=512)
def _ends(region: ContrastRegion) -> tuple[float, float]:
    """The lowest and the highest k' without brightness. Neither is beyond that of contrast noise alone."""
    far = region.sigma * float(ndtri(region.tau) - ndtri(region.floor))
    if far <= 0.0:
        return 0.0, 0.0
    low, high = (_edge(lambda k: region.margin(k, 0.0), end) for end in (-far, far))
    return low * (1.0 - _INWARDS), high * (1.0 - _INWARDS)  # so that exp and log do not lead across the edge


@lru_cache(maxsize=4096)
def _bright(region: ContrastRegion, log_contrast: float) -> float:
    """The largest b' beside this k'."""
    far = region.strength * float(ndtri(region.tau) - ndtri(region.floor))
    if log_contrast == 0.0:
        return max(0.0, far) * (1.0 - 1e-9)
    return _edge(lambda b: region.margin(log_contrast, b), 2.0 * far) if far > 0.0 else 0.0


@lru_cache(maxsize=256)
def _box(region: ContrastRegion) -> tuple[float, float, float]:
    """Ends of k' and the largest |b'| of a box that is covered: from 70 % of the ends without brightness down."""
    low, high = _ends(region)
    for share in (0.7, 0.65, 0.6, 0.5, 0.4, 0.2):
        far = min(_bright(region, share * low), _bright(region, share * high), _bright(region, 0.0)) * (1.0 - 1e-3)
        contrast, brightness = (one.name for one in region.parameters)
        box = {contrast: (math.exp(share * low), math.exp(share * high)), brightness: (-far, far)}
        if far > 0.0 and region.covers(box):
            return share * low, share * high, far
    return 0.0, 0.0, 0.0
