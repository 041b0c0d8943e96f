"""Haze that hides what lies far away: more of it towards the top of a picture."""

import torch
from torch import Tensor

from engine.changes.base import Change, Parameter

_AIRLIGHT = 0.8
"""The grey that endless haze has."""


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """x t + 0.8 (1 - t), where the transmission t is exp(-amount) in the top row and grows to 1 in the bottom row.

    The exponent falls linearly from row to row, as if the ground rose to the horizon at the top. Amounts add up, and
    pictures stay in [0, 1]. Source: Koschmieder 1924, with a depth of the scene that is made up.
    """
    depth = torch.linspace(1.0, 0.0, len(clean), dtype=clean.dtype, device=clean.device)
    kept = torch.exp(-values[0].to(clean.dtype) * depth).reshape(-1, 1, 1)
    return clean * kept + _AIRLIGHT * (1.0 - kept)


CHANGE = Change(
    name="fog",
    title="Fog",
    inputs=("image",),
    parameters=(Parameter(name="fog", title="Fog", neutral=0.0, low=0.0, high=3.0),),
    apply=apply,
)
