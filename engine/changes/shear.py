"""A shape leans over, along its x axis."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """x + a z in place of x; unit normals, if any, stay normal to surfaces.

    The Jacobian is [[1, 0, a], [0, 1, 0], [0, 0, 1]], so its inverse transpose takes a n_x from n_z.
    """
    a = values[0].to(clean.dtype)
    x, y, z = clean[..., :3].unbind(dim=-1)
    moved = torch.stack([x + a * z, y, z], dim=-1)
    if clean.shape[-1] == 3:
        return moved
    across, along, up = clean[..., 3:].unbind(dim=-1)
    return torch.cat([moved, normalize(torch.stack([across, along, up - a * across], dim=-1), dim=-1)], dim=-1)


CHANGE = Change(
    name="shear",
    title="Shear along the x axis",
    inputs=("cloud",),
    parameters=(Parameter(name="shear", title="Shear", neutral=0.0, low=-1.0, high=1.0),),
    apply=apply,
)
