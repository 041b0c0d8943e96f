"""The grid that every base model begins with: what it sees is rounded to multiples of 2^-16.

Noise that a computer adds to a value shows that value's last digits: a model that reads them could tell an input from
another one well inside a certified radius. After one rounding to a grid far coarser than those digits it cannot, but
with a small probability, which certificates are charged for (`Family.misplaced`). Source: METHOD, section 11; Jin et
al. 2022; Voracek and Hein 2023.
"""

import numpy as np
from torch import Tensor

STEPS = 2.0**16
GRID = 1.0 / STEPS
LARGEST = 15.0
"""Of the coordinates of an input, up to which the misplaced probability is bounded."""


def nearest(values: Tensor) -> Tensor:
    """Multiples of the grid, float32: the nearest to float64 values, ties to even multiples.

    >>> import torch
    >>> nearest(torch.tensor([0.3 * GRID, 1.7 * GRID], dtype=torch.float64)).mul(STEPS).tolist()
    [0.0, 2.0]
    """
    return values.mul(STEPS).round_().float().mul_(GRID)


def nearest_into(out: Tensor, values: Tensor) -> None:
    """`nearest`, written into float32 `out`; `values` are used up."""
    if values.device.type == "cpu":  # PyTorch would start threads, which take the processors from the network
        array = values.numpy()
        np.rint(np.multiply(array, STEPS, out=array), out=array)
        np.multiply(array, GRID, out=out.numpy(), casting="same_kind")
    else:
        out.copy_(values.mul_(STEPS).round_()).mul_(GRID)


def shifted_into(out: Tensor, values: Tensor, shift: Tensor) -> None:
    """Multiples of the grid, g floor(y / g + shift), written into float32 `out`; `values` y, float64, are used up.

    With one shift, float64 (1,), uniform on [0, 1) and the same for all values of a draw, a value that is off by e is
    misplaced with probability e / g, whatever it is: what families need whose values share one random number, for
    there a value may stand still on the edge between two cells.
    """
    if values.device.type == "cpu":
        array = values.numpy()
        np.floor(np.add(np.multiply(array, STEPS, out=array), float(shift), out=array), out=array)
        np.multiply(array, GRID, out=out.numpy(), casting="same_kind")
    else:
        out.copy_(values.mul_(STEPS).add_(shift).floor_()).mul_(GRID)
