"""A shape is twisted about its z axis and turned about it."""

import math

from torch import Tensor

from engine.changes._twisting import twisted
from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """Every point turned about the z axis by a z + t radians, and its normal along."""
    return twisted(clean, values[0], values[1])


CHANGE = Change(
    name="twist-turn",
    title="Twist and turn about the z axis",
    inputs=("cloud",),
    parameters=(
        Parameter(name="twist", title="Twist", neutral=0.0, low=-1.5, high=1.5, unit=" radians a unit"),
        Parameter(name="turn", title="Turn", neutral=0.0, low=-math.pi, high=math.pi, unit=" radians"),
    ),
    apply=apply,
)
