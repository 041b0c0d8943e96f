"""Places in a region of known changes, told by direction and by how much of the way to its edge."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.changes import Change
from engine.perturbations._regions import Region

Floats = NDArray[np.float64]
_HALVINGS = 50


class Polar:
    """Places around the neutral change, float64 (K,): directions and, in units of the region's extent there, lengths.

    Parameters that multiply are placed by their logarithms, those that only grow by their size.
    """

    def __init__(self, change: Change, region: Region) -> None:
        self._parameters, self._region = change.parameters, region
        self._scale = np.array([self._extent(place) for place in range(len(change.parameters))])

    def values(self, place: Floats) -> Floats:
        """The parameters' values at a place, in order."""
        length = float(np.linalg.norm(place))
        return self._at(place * self._edge(place / length)) if length > 0.0 else self._at(place)

    def amounts(self, place: Floats) -> dict[str, float]:
        """The same by name."""
        return dict(zip([one.name for one in self._parameters], self.values(place).tolist(), strict=True))

    @property
    def dimensions(self) -> int:
        """K, the number of parameters."""
        return len(self._parameters)

    def within(self, place: Floats, budget: float) -> Floats:
        """The nearest place that the parameters allow and the budget covers."""
        one_sided = np.array([one.low == one.neutral for one in self._parameters])
        place = np.where(one_sided, np.abs(place), place)
        length = float(np.linalg.norm(place))
        return place * min(1.0, budget / length) if length > 0.0 else place

    def slope(self, gradient: Floats, place: Floats) -> Floats:
        """A gradient in the values as one in places, up to a factor."""
        values = self.values(place)
        inner = [value if one.multiplies else 1.0 for one, value in zip(self._parameters, values, strict=True)]
        return gradient * inner * self._scale

    def _at(self, place: Floats) -> Floats:
        moved = place * self._scale
        pairs = zip(self._parameters, moved.tolist(), strict=True)
        return np.array([one.neutral * math.exp(step) if one.multiplies else one.neutral + step for one, step in pairs])

    def _extent(self, place: int) -> float:
        one = self._parameters[place]
        low, high = self._region.bounds[one.name]
        if one.multiplies:
            return max(math.log(high / one.neutral), -math.log(low / one.neutral))
        return max(high - one.neutral, one.neutral - low)

    def _edge(self, direction: Floats) -> float:
        """How far the region extends in a direction, rounded down."""
        inside, outside = 0.0, 1.0
        while self._holds(outside * direction) and outside < 1e3:
            inside, outside = outside, 2.0 * outside
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2.0
            inside, outside = (middle, outside) if self._holds(middle * direction) else (inside, middle)
        return inside

    def _holds(self, place: Floats) -> bool:
        return self._region.contains(dict(zip([one.name for one in self._parameters], self._at(place), strict=True)))
