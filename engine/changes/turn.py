"""A shape turns about the axis that points up."""

import torch
from torch import Tensor

from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """Positions and normals turned about the z axis, right-handed, by so many degrees."""
    angle = torch.deg2rad(values[0])
    cosine, sine = angle.cos().to(clean.dtype), angle.sin().to(clean.dtype)
    x, y, z = clean.reshape(*clean.shape[:-1], -1, 3).unbind(dim=-1)
    return torch.stack((cosine * x - sine * y, sine * x + cosine * y, z), dim=-1).reshape(clean.shape)


CHANGE = Change(
    name="turn",
    title="Turn",
    inputs=("cloud",),
    parameters=(Parameter(name="turn", title="Turn", neutral=0.0, low=-180.0, high=180.0, unit="°"),),
    apply=apply,
)
