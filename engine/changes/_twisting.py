"""Points that turn about the z axis, the farther the higher they lie, and what happens to their normals."""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def twisted(clean: Tensor, rate: Tensor, turn: Tensor) -> Tensor:
    """Points (x, y, z) turned about the z axis by rate z + turn radians; unit normals, if any, stay normal to surfaces.

    clean: (*N, 3) or (*N, 6). Heights stay, so rates and turns of two such changes in a row add. With R the rotation at
    a point and (x', y') = R (x, y), the Jacobian is [[R, t], [0, 1]], t = rate (-y', x'). A normal n becomes the unit
    vector along the inverse transpose's image: R n in x and y, and n_z - t . R n = n_z - rate (x n_y - y n_x) in z,
    since R moves both vectors alike.
    """
    rate, turn = rate.to(clean.dtype), turn.to(clean.dtype)
    x, y, z = clean[..., :3].unbind(dim=-1)
    angle = rate * z + turn
    cosine, sine = angle.cos(), angle.sin()
    moved = [cosine * x - sine * y, sine * x + cosine * y, z]
    if clean.shape[-1] == 3:
        return torch.stack(moved, dim=-1)
    across, along, up = clean[..., 3:].unbind(dim=-1)
    normal = [cosine * across - sine * along, sine * across + cosine * along, up - rate * (x * along - y * across)]
    return torch.cat([torch.stack(moved, dim=-1), normalize(torch.stack(normal, dim=-1), dim=-1)], dim=-1)
