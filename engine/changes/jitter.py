"""Every point of a shape is measured a little beside where it lies."""

import torch
from torch import Tensor

from engine.changes.base import Parameter, RandomChange
from engine.core.rng import Source


def apply(clean: Tensor, values: Tensor, source: Source) -> Tensor:
    """Positions x + s z, z independent N(0, 1); normals stay as they are."""
    field = torch.zeros_like(clean)
    field[..., :3] = source.normal(torch.empty_like(clean[..., :3], memory_format=torch.contiguous_format))
    return clean + values[0].to(clean.dtype) * field


RANDOM = RandomChange(
    name="jitter",
    title="Jitter",
    inputs=("cloud",),
    parameters=(Parameter(name="jitter", title="Standard deviation", neutral=0.0, low=0.0, high=0.1),),
    apply=apply,
)
