"""What a change of an input is: something that happens to pictures or shapes, by a few numbers, or by random fields."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from engine.core.errors import InvalidSetting
from engine.core.rng import Source
from engine.inputs.subject import KINDS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of a change. neutral: at which nothing changes. low, high: the range that people meet, for sliders and
    searches, not a limit of what is proved. unit: for people, after the number; empty if it has none. multiplies: if
    values of two such changes in a row multiply; else they add, if they compose at all."""

    name: str
    title: str
    neutral: float
    low: float
    high: float
    unit: str = ""
    multiplies: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.neutral <= self.high or not self.low < self.high:
            raise InvalidSetting(f"the neutral value of {self.name} must lie in [{self.low:g}, {self.high:g}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a change is called, which inputs it is for, and its numbers."""

    name: str
    title: str
    inputs: tuple[Kind, ...]
    parameters: tuple[Parameter, ...]

    @property
    def neutral(self) -> tuple[float, ...]:
        """The values at which nothing changes."""
        return tuple(one.neutral for one in self.parameters)

    def check_input(self, kind: Kind) -> None:
        """Raise InvalidSetting if the change is not for this kind of input."""
        if kind not in self.inputs:
            own = " and ".join(KINDS[one] for one in self.inputs)
            raise InvalidSetting(f"{self.name} changes {own}, not {KINDS[kind]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Described):
    """A registry entry: what happens to an input, decided by its parameters alone.

    apply: (clean, values) -> the changed input. clean: (*N, C), images (H, W, 3) in [0, 1], clouds (P, 3) or (P, 6)
    with unit normals; values: (K,), one for each parameter in order, float64. The result has the shape, type and
    device of `clean`, memory of its own, is never clamped, and lets gradients pass to both. At the neutral values it is
    `clean`.

    >>> import torch
    >>> from engine.changes import changes
    >>> grey = torch.full((1, 1, 3), 0.5)
    >>> round(float(changes["brightness"].apply(grey, torch.tensor([0.25])).max()), 6)
    0.75
    """

    apply: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomChange(Described):
    """A registry entry: a change that its parameters do not decide, since every value of the input gets a random number
    of its own.

    apply: (clean, values, source) -> the changed input, as `Change.apply`, with all random numbers from `source`.
    Gradients pass to `clean`.

    >>> import torch
    >>> from engine.changes import random_changes
    >>> from engine.core.rng import Stage, Streams
    >>> grey = torch.full((1, 2, 3), 0.5, dtype=torch.float64)
    >>> source = Streams(seed=0).source(Stage.OTHER, 0, grey.device)
    >>> len(random_changes["noise"].apply(grey, torch.tensor([0.1]), source).unique())
    6
    """

    apply: Callable[[Tensor, Tensor, Source], Tensor]
