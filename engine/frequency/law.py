"""A law of random changes: changes in a row, each with parameters that are uniform on ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.changes import Change, RandomChange, changes, random_changes
from engine.core.errors import InvalidSetting, unknown_name
from engine.core.grid import nearest_into
from engine.core.rng import Source
from engine.inputs.subject import Kind

_MOST_STEPS = 8
_EXAMPLE = "brightness=-0.4:0.4,gamma=0.5:2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a law. name: in `engine.changes`. ranges: (low, high) of each parameter in order, ends included.

    Raises UnknownName; InvalidSetting for ranges that are not those of the change, or leave what its parameters allow.
    """

    name: str
    ranges: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        known = self.change.parameters
        if len(self.ranges) != len(known):
            shape = f"{self.name}={'/'.join(['LOW:HIGH'] * len(known))}"
            told = ", ".join(one.name for one in known)
            raise InvalidSetting(f"a law has {shape}, for {told} in this order; got {len(self.ranges)} ranges")
        for one, (low, high) in zip(known, self.ranges, strict=True):
            if not one.low <= low <= high <= one.high:
                raise InvalidSetting(
                    f"a range of {one.name} lies in [{one.low:g}, {one.high:g}], the smaller number first, got "
                    f"{low:g}:{high:g}"
                )

    @property
    def change(self) -> Change | RandomChange:
        """The registry entry."""
        if self.name not in changes and self.name not in random_changes:
            raise unknown_name("change", self.name, [*changes, *random_changes])
        return changes[self.name] if self.name in changes else random_changes[self.name]

    def apply(self, clean: Tensor, source: Source) -> Tensor:
        """`clean` under one draw of the parameters, and of the field if there is one; see `Change.apply`."""
        low, high = torch.tensor(self.ranges, dtype=torch.float64, device=clean.device).unbind(dim=1)
        values = low + (high - low) * source.uniform(torch.empty_like(low, memory_format=torch.contiguous_format))
        change = self.change
        return change.apply(clean, values) if isinstance(change, Change) else change.apply(clean, values, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLaw:
    """Random changes, one after the other, each with parameters drawn uniformly and independently from their ranges.

    Pictures are clipped to [0, 1] after every step, as cameras and programs do; no radius is claimed that this could
    spoil. eight_bit: the picture that comes out is rounded to 256 levels, too. The law is that of the pictures and
    shapes as they are computed here, rounded to the base models' grid (`engine.core.grid`) like the unchanged input.
    Raises UnknownName and InvalidSetting, as `Step` does.

    >>> law = ChangeLaw.parse("brightness=-0.4:0.4, gamma=0.5:2")
    >>> law.steps[1].ranges, str(law)
    (((0.5, 2.0),), 'brightness=-0.4:0.4,gamma=0.5:2')
    """

    steps: tuple[Step, ...]
    eight_bit: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= _MOST_STEPS:
            raise InvalidSetting(f"a law has 1 to {_MOST_STEPS} changes, such as {_EXAMPLE}; got {len(self.steps)}")
        if not self.inputs:
            told = "; ".join(f"{step.name}: {' and '.join(step.change.inputs)}" for step in self.steps)
            raise InvalidSetting(f"the changes of a law must be for one kind of input ({told})")
        if self.eight_bit and "image" not in self.inputs:
            raise InvalidSetting("only pictures are rounded to 8 bits: leave it out for shapes")

    @property
    def inputs(self) -> tuple[Kind, ...]:
        """The kinds of input that all of its changes are for."""
        first, *rest = (step.change.inputs for step in self.steps)
        return tuple(kind for kind in first if all(kind in other for other in rest))

    def check_input(self, kind: Kind) -> None:
        """Raise InvalidSetting if one of its changes is not for this kind of input."""
        for step in self.steps:
            step.change.check_input(kind)

    def changed(self, clean: Tensor, source: Source) -> Tensor:
        """`clean`, float64 (H, W, 3) in [0, 1] or (P, 3 or 6), under one draw, in memory of its own."""
        picture = clean.dim() == 3
        for step in self.steps:
            clean = step.apply(clean, source)
            if picture:
                clean.clamp_(0.0, 1.0)
        return clean.mul_(255.0).round_().div_(255.0) if picture and self.eight_bit else clean

    def draw(self, clean: Tensor, _: float, source: Source, out: Tensor) -> None:
        """What the base model sees under one draw: `changed`, rounded to the grid, in float32 `out`; no sigma."""
        nearest_into(out, self.changed(clean, source))

    def __str__(self) -> str:
        return ",".join(
            f"{step.name}={'/'.join(f'{_short(low)}:{_short(high)}' for low, high in step.ranges)}"
            for step in self.steps
        )

    @classmethod
    def parse(cls, text: str, *, eight_bit: bool = False) -> ChangeLaw:
        """The law of "NAME=LOW:HIGH,..."; a change with several parameters has its ranges in order, with / between
        them; NAME=VALUE is a parameter that stands still. Raises as the class, for other texts InvalidSetting.
        """
        return cls(steps=tuple(_step(word.strip()) for word in text.split(",") if word.strip()), eight_bit=eight_bit)


def _step(word: str) -> Step:
    name, equals, ranges = word.partition("=")
    if not equals:
        raise InvalidSetting(f"a law is written NAME=LOW:HIGH,..., such as {_EXAMPLE}; got {word!r:.60}")
    return Step(name=name.strip(), ranges=tuple(_range(each, word) for each in ranges.split("/")))


def _range(text: str, word: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        ends = float(low), float(high or low)
    except ValueError:
        ends = math.nan, math.nan
    if not all(map(math.isfinite, ends)):
        raise InvalidSetting(f"a range is LOW:HIGH with two numbers, as in {_EXAMPLE}; got {word!r:.60}")
    return ends


def _short(value: float) -> str:
    return repr(value).removesuffix(".0")
