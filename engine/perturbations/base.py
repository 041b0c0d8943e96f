"""What a family of perturbations is: a random change of the input, and the radius its certificate has."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.changes import Change
from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.grid import LARGEST, nearest_into, shifted_into
from engine.core.rng import Source
from engine.inputs.subject import KINDS, Kind
from engine.perturbations._regions import Axis, Ball, Region, Turns

REACH = 2.0
"""How far from the centre a point may lie, in units of a working shape's radius, for a rotation to be certified."""


class Perturb(Protocol):
    """Makes one perturbed copy of an input."""

    def __call__(self, clean: Tensor, sigma: float, source: Source) -> Tensor:
        """`clean` under one draw, in memory of its own, of the same shape (*N, C), type and device.

        C is 3, or 6 with normals: additive noise leaves normals as they are, rotations turn them too. Certificates draw
        in float64, attacks in float32. Gradients pass to `clean`.
        """


class RegionRule(Protocol):
    """The changes under which a class of probability above tau keeps a probability above `floor`."""

    def __call__(self, *, sigma: float, tau: float, floor: float = 0.5) -> Region:
        """At least 1/2 means that it stays the smoothed class. Raise NotCertifiable where nothing can be proved."""


class Misplaced(Protocol):
    """How far a class' probability under the noise as it is drawn may be from that under ideal noise."""

    def __call__(self, sigma: float, components: int) -> float:
        """An upper bound of the probability that any value of a draw lies in another cell of the base model's grid than
        ideal noise would have put it. Source: METHOD, section 11."""


class RadiusRule(Protocol):
    """A radius or an angle, as `RegionRule`."""

    def __call__(self, *, sigma: float, tau: float, floor: float = 0.5) -> float: ...


def ball(norm: str, radius: RadiusRule) -> RegionRule:
    """The region of all changes up to a radius."""

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        return Ball(norm=norm, radius=radius(sigma=sigma, tau=tau, floor=floor))

    return region


def turns(axis: Axis | None, angle: RadiusRule) -> RegionRule:
    """The region of all rotations up to an angle."""

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        return Turns(axis=axis, angle=angle(sigma=sigma, tau=tau, floor=floor))

    return region


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """What counts is the size of a change, over all values together. norm: by its name in `engine.attacks.norms`."""

    norm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """What counts is the angle of a rotation in radians; pi is every rotation. axis: the only one, None for any."""

    axis: Axis | None = None

    @property
    def free(self) -> tuple[float, float, float]:
        """1 for each of the axes x, y, z that a rotation vector may have a part along, else 0."""
        x, y, z = (float(self.axis in (None, name)) for name in "xyz")
        return x, y, z


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What counts is by how much one known change happens. beside: the norm of any other change that the region has
    room for too, empty if there is none."""

    change: Change
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """A second noise of a family, beside that of `sigma`: `at(strength)` is the family with it.

    title, unit: for people. default: taken where none is given; low, high: what may be given.
    """

    title: str
    unit: str
    default: float
    low: float
    high: float
    at: Callable[[float], "Family"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A registry entry: what noise does to an input, never clamped, and what follows from it.

    `inputs` says what it can perturb: images (H, W, 3), clouds (P, 3) or (P, 6) with unit normals in channels 3 to 5.
    `measure` is what its regions are about, `unit` says to people what their `reach` is in; `assumes` is a sentence for
    them that says what sigma is.

    misplaced: what float64 noise on a grid may be off by, which certificates are charged for. shared: whether values
    of an input share random numbers. values: the lowest and the highest that an input may have. farthest: how far from
    the centre its points may lie, where that is limited. deviation: of additive noise, the standard deviation of a
    coordinate for sigma 1. scaled: whether sigma means anything. second: a noise of its own strength beside it.
    published: (sigma, tau) -> the radius that a paper gives without a proof that holds, shown beside the proved one and
    labelled so. Source: METHOD section 4.

    >>> from engine.perturbations import families
    >>> round(families["l1-uniform"].radius(sigma=0.5, tau=0.75), 9)  # 2 * 0.5 * (0.75 - 0.5)
    0.25
    """

    name: str
    title: str
    unit: str
    assumes: str
    source: str
    inputs: tuple[Kind, ...]
    perturb: Perturb
    region: RegionRule
    measure: Distance | Angle | Amounts
    misplaced: Misplaced
    shared: bool = False
    values: tuple[float, float] = (-LARGEST, LARGEST)
    farthest: float = math.inf
    deviation: float = 1.0
    scaled: bool = True
    second: Second | None = None
    published: Callable[[float, float], float] | None = None

    @property
    def turns(self) -> bool:
        """Whether it turns the whole input, so that its radius is an angle."""
        return isinstance(self.measure, Angle)

    @property
    def norm(self) -> str:
        """The norm of the changes that it covers. Raises InvalidSetting where they are no matter of size."""
        if not isinstance(self.measure, Distance):
            raise InvalidSetting(
                f"what family {self.name} covers is not told by a size: no attack within a norm is in it"
            )
        return self.measure.norm

    @property
    def angle(self) -> Angle:
        """What rotations it covers. Raises InvalidSetting where it covers something else."""
        if not isinstance(self.measure, Angle):
            raise InvalidSetting(f"family {self.name} is not about rotations: there is nothing to turn")
        return self.measure

    @property
    def change(self) -> Change:
        """The change whose amounts it covers. Raises InvalidSetting where it covers sizes or rotations."""
        if not isinstance(self.measure, Amounts):
            raise InvalidSetting(f"family {self.name} is not about one known change with amounts")
        return self.measure.change

    def radius(self, *, sigma: float, tau: float, floor: float = 0.5) -> float:
        """The `reach` of its region, in `unit`. Raises NotCertifiable."""
        return self.region(sigma=sigma, tau=tau, floor=floor).reach

    def with_strength(self, strength: float | None) -> "Family":
        """The family with a second noise of that strength, None: of its default. Raises InvalidSetting."""
        if strength is None:
            return self
        if self.second is None:
            raise InvalidSetting(f"family {self.name} has one noise, of strength sigma, and takes no second")
        if not self.second.low <= strength <= self.second.high:
            allowed = f"[{self.second.low:g}, {self.second.high:g}]"
            raise InvalidSetting(f"the second strength of {self.name} must lie in {allowed}, got {strength!r:.40}")
        return self.second.at(strength)

    def check_input(self, kind: Kind) -> None:
        """Raise InvalidSetting if the family is not for this kind of input."""
        if kind not in self.inputs:
            own = " and ".join(KINDS[one] for one in self.inputs)
            raise InvalidSetting(f"family {self.name} perturbs {own}, not {KINDS[kind]}")

    def check_values(self, values: NDArray[np.floating]) -> None:
        """Raise InvalidInput for an input, (*N, C), with values beyond those that `misplaced` is proved for."""
        if self.farthest < math.inf:
            largest = float(np.linalg.norm(values[..., :3], axis=-1).max())
            if not largest <= self.farthest:
                raise InvalidInput(
                    f"an input with points farther out than {self.farthest:g} cannot be certified in family "
                    f"{self.name}, this one has {largest:g}"
                )
        (low, high), found = self.values, (float(values.min()), float(values.max()))
        if not low <= found[0] <= found[1] <= high:
            raise InvalidInput(
                f"an input with values outside [{low:g}, {high:g}] cannot be certified in family {self.name}, this one "
                f"has {found[0]:g} to {found[1]:g}"
            )

    def draw(self, clean: Tensor, sigma: float, source: Source, out: Tensor) -> None:
        """What the base model sees under one draw: float64 `clean`, perturbed and rounded to the grid, in float32
        `out`.

        Values that share random numbers are rounded with a shift of their own; see `engine.core.grid`.
        """
        noisy = self.perturb(clean, sigma, source)
        if self.shared:
            shifted_into(out, noisy, source.uniform(noisy.new_empty(1)))
        else:
            nearest_into(out, noisy)
