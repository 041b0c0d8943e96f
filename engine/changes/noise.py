"""Every value of a picture gets Gaussian noise of its own, as from a sensor."""

import torch
from torch import Tensor

from engine.changes.base import Parameter, RandomChange
from engine.core.rng import Source


def apply(clean: Tensor, values: Tensor, source: Source) -> Tensor:
    """x + s z, z independent N(0, 1)."""
    return clean + values[0].to(clean.dtype) * source.normal(torch.empty_like(clean))


RANDOM = RandomChange(
    name="noise",
    title="Noise",
    inputs=("image",),
    parameters=(Parameter(name="noise", title="Standard deviation", neutral=0.0, low=0.0, high=0.25),),
    apply=apply,
)
