"""Which changes of an input a certificate covers: one type for sizes, angles, intervals, ellipses and what is joint.

A change is told by its amounts: {"l2": 0.1}, {"angle": 0.2}, {"brightness": 0.05, "l2": 0.1}. What is not named is at
its neutral value.
"""

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.changes import Parameter
from engine.core.errors import InvalidSetting
from engine.core.rounding import degrees_down, floored, raised

Axis = Literal["x", "y", "z"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(ABC):
    """The changes that cannot flip a class whose probability exceeds tau. Every region holds the neutral change."""

    @property
    @abstractmethod
    def reach(self) -> float:
        """One number that grows with the region, in the family's unit: how far its first amount may go alone, from the
        neutral value to the nearer end. 0: no change at all is covered."""

    @property
    @abstractmethod
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and the highest that each amount may be while the others are neutral; both are in the region."""

    @property
    @abstractmethod
    def sentence(self) -> str:
        """The changes for people, rounded inwards, to stand after "any"."""

    @abstractmethod
    def holds(self, amounts: Mapping[str, float]) -> bool:
        """`contains` for amounts that are all finite and known."""

    def contains(self, change: Mapping[str, float]) -> bool:
        """Whether a change of these amounts is covered. Raises InvalidSetting for an amount that it does not have.

        >>> Ball(norm="l2", radius=0.2).contains({"l2": 0.1})
        True
        """
        for name, value in change.items():
            if name not in self.bounds:
                raise InvalidSetting(f"changes here are told by {', '.join(self.bounds)}, not by {name!r:.40}")
            if not math.isfinite(value):
                return False
        return self.holds(change)

    def covers(self, ranges: Mapping[str, tuple[float, float]]) -> bool:
        """Whether every change with amounts in these ranges is covered: all corners of the box are, and the neutral
        value of every amount that is not named. Enough for convex regions; others prove it or overrule this.

        >>> a, b = (Parameter(name=name, title=name, neutral=0.0, low=-1.0, high=1.0) for name in "ab")
        >>> Ellipse(parameters=(a, b), axes=(1.0, 1.0)).covers({"a": (-0.7, 0.7), "b": (0.0, 0.8)})  # .49 + .64 > 1
        False
        """
        names = list(ranges)
        return all(
            self.contains(dict(zip(names, corner, strict=True))) for corner in itertools.product(*ranges.values())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball(Region):
    """Changes of a size up to `radius`, over all values together. norm: by its name in `engine.attacks.norms`."""

    norm: str
    radius: float

    @property
    def reach(self) -> float:
        return self.radius

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        return {self.norm: (0.0, self.radius)}

    @property
    def sentence(self) -> str:
        return f"change of {self.norm} size up to {floored(self.radius)}"

    def holds(self, amounts: Mapping[str, float]) -> bool:
        return 0.0 <= amounts.get(self.norm, 0.0) <= self.radius


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns(Region):
    """Rotations by angles up to `angle`, in radians; pi is every rotation. axis: the only one, None for any."""

    axis: Axis | None
    angle: float

    @property
    def reach(self) -> float:
        return self.angle

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        return {"angle": (-self.angle if self.axis else 0.0, self.angle)}

    @property
    def sentence(self) -> str:
        about = f"the {self.axis} axis" if self.axis else "any axis"
        if self.angle < math.pi:
            return f"rotation about {about} by up to {degrees_down(self.angle)} degrees"
        return f"rotation about {about}" if self.axis else "rotation whatsoever"

    def holds(self, amounts: Mapping[str, float]) -> bool:
        return abs(amounts.get("angle", 0.0)) <= self.angle


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Region):
    """One amount between two ends. Of one that multiplies, `reach` is in its logarithm."""

    parameter: Parameter
    low: float
    high: float

    @property
    def reach(self) -> float:
        one = self.parameter
        place = math.log if one.multiplies else float
        up = place(self.high) - place(one.neutral)
        return up if one.low == one.neutral else min(up, place(one.neutral) - place(self.low))

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        return {self.parameter.name: (self.low, self.high)}

    @property
    def sentence(self) -> str:
        one, neutral = self.parameter, self.parameter.neutral
        if one.multiplies:
            return f"{one.title.lower()} between {raised(self.low)} and {floored(self.high)}{one.unit}"
        if self.low == one.low == neutral:
            return f"{one.title.lower()} up to {floored(self.high)}{one.unit}"
        return f"{one.title.lower()} from \N{MINUS SIGN}{floored(neutral - self.low)} to {floored(self.high)}{one.unit}"

    def holds(self, amounts: Mapping[str, float]) -> bool:
        return self.low <= amounts.get(self.parameter.name, self.parameter.neutral) <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(Region):
    """Amounts whose squares, in units of the axes, add up to at most 1; all are neutral at 0."""

    parameters: tuple[Parameter, ...]
    axes: tuple[float, ...]

    @property
    def reach(self) -> float:
        return self.axes[0]

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        pairs = zip(self.parameters, self.axes, strict=True)
        return {one.name: (0.0 if one.low == 0.0 else -axis, axis) for one, axis in pairs}

    @property
    def sentence(self) -> str:
        pairs = zip(self.parameters, self.axes, strict=True)
        parts = [f"({one.title.lower()} / {floored(axis)})²" for one, axis in pairs]
        return f"change with {' + '.join(parts)} ≤ 1"

    def holds(self, amounts: Mapping[str, float]) -> bool:
        values = [amounts.get(one.name, 0.0) for one in self.parameters]
        if min(self.axes) <= 0.0:
            return not any(values)
        return math.hypot(*(value / axis for value, axis in zip(values, self.axes, strict=True))) <= 1.0
