"""What a family of perturbations is: a random change of the input, and the radius its certificate has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.grid import LARGEST, nearest_into, shifted_into
from engine.core.rng import Source
from engine.inputs.subject import KINDS, Kind

REACH = 2.0
"""How far from the centre a point may lie, in units of a working shape's radius, for a rotation to be certified."""


class Perturb(Protocol):
    """Makes one perturbed copy of an input."""

    def __call__(self, clean: Tensor, sigma: float, source: Source) -> Tensor:
        """`clean` under one draw, in memory of its own, of the same shape (*N, C), type and device.

        C is 3, or 6 with normals: additive noise leaves normals as they are, rotations turn them too. Certificates draw
        in float64, attacks in float32. Gradients pass to `clean`.
        """


class RadiusRule(Protocol):
    """The radius within which a class of probability above tau keeps a probability above `floor`."""

    def __call__(self, *, sigma: float, tau: float, floor: float = 0.5) -> float:
        """At least 1/2 means that it stays the smoothed class. Raise NotCertifiable where nothing can be proved."""


class Misplaced(Protocol):
    """How far a class' probability under the noise as it is drawn may be from that under ideal noise."""

    def __call__(self, sigma: float, components: int) -> float:
        """An upper bound of the probability that any value of a draw lies in another cell of the base model's grid than
        ideal noise would have put it. Source: METHOD, section 11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """The radius is the size of a change, over all values together. norm: by its name in `engine.attacks.norms`."""

    norm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """The radius is the angle of a rotation in radians; pi is every rotation. axis: the only one, None for any."""

    axis: Literal["x", "y", "z"] | None = None

    @property
    def free(self) -> tuple[float, float, float]:
        """1 for each of the axes x, y, z that a rotation vector may have a part along, else 0."""
        x, y, z = (float(self.axis in (None, name)) for name in "xyz")
        return x, y, z


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A registry entry: what noise does to an input, never clamped, and what follows from it.

    `inputs` says what it can perturb: images (H, W, 3), clouds (P, 3) or (P, 6) with unit normals in channels 3 to 5.
    `measure` is what the radius measures, `unit` says it to people; `assumes` is a sentence for them that says what
    sigma is.

    misplaced: what float64 noise on a grid may be off by, which certificates are charged for. deviation: of additive
    noise, the standard deviation of a coordinate for sigma 1. scaled: whether sigma means anything. published: (sigma,
    tau) -> the radius that a paper gives without a proof that holds, shown beside the proved one and labelled so.
    Source: METHOD section 4.

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
    radius: RadiusRule
    measure: Distance | Angle
    misplaced: Misplaced
    deviation: float = 1.0
    scaled: bool = True
    published: Callable[[float, float], float] | None = None

    @property
    def turns(self) -> bool:
        """Whether it turns the whole input, so that its radius is an angle."""
        return isinstance(self.measure, Angle)

    @property
    def norm(self) -> str:
        """The radius' norm. Raises InvalidSetting where it is an angle."""
        if isinstance(self.measure, Angle):
            raise InvalidSetting(f"the radius of family {self.name} is an angle: no attack within a norm is in it")
        return self.measure.norm

    @property
    def angle(self) -> Angle:
        """What rotations the radius is about. Raises InvalidSetting where it is a distance."""
        if isinstance(self.measure, Distance):
            raise InvalidSetting(f"family {self.name} is not about rotations: there is nothing to turn")
        return self.measure

    def check_input(self, kind: Kind) -> None:
        """Raise InvalidSetting if the family is not for this kind of input."""
        if kind not in self.inputs:
            own = " and ".join(KINDS[one] for one in self.inputs)
            raise InvalidSetting(f"family {self.name} perturbs {own}, not {KINDS[kind]}")

    def check_values(self, values: NDArray[np.floating]) -> None:
        """Raise InvalidInput for an input, (*N, C), with values beyond those that `misplaced` is proved for."""
        if self.turns:
            largest, limit, what = float(np.linalg.norm(values[..., :3], axis=-1).max()), REACH, "points farther out"
        else:
            largest, limit, what = float(np.abs(values).max()), LARGEST, "values"
        if not largest <= limit:
            raise InvalidInput(f"an input with {what} than {limit:g} cannot be certified, this one has {largest:g}")

    def draw(self, clean: Tensor, sigma: float, source: Source, out: Tensor) -> None:
        """What the base model sees under one draw: float64 `clean`, perturbed and rounded to the grid, in float32
        `out`.

        Values that share random numbers are rounded with a shift of their own; see `engine.core.grid`.
        """
        noisy = self.perturb(clean, sigma, source)
        if self.turns:
            shifted_into(out, noisy, source.uniform(noisy.new_empty(1)))
        else:
            nearest_into(out, noisy)
