"""Noise that is added to the values of an input: to all channels of an image, to the positions of points."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.core.grid import GRID, LARGEST
from engine.core.rng import Source
from engine.perturbations.base import Misplaced, Perturb

VALUES = 3  # channels of a pixel, or coordinates of a point; what follows are normals


def additive(fill: Callable[[Tensor, Source], Tensor], common: float = 0.0) -> Perturb:
    """clean + sigma * unit noise, where `fill(out, source)` overwrites `out` with independent unit noise.

    common: the standard deviation of one more Gaussian number, drawn first and added to all values alike.
    """

    def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
        moved = clean[..., :VALUES]
        shift = 0.0
        if common:
            shift = common * float(source.normal(torch.empty(1, dtype=torch.float64, device=clean.device)))
        noise = fill(torch.empty(moved.shape, dtype=clean.dtype, device=clean.device), source)
        if clean.device.type == "cpu" and not clean.requires_grad:  # no threads of PyTorch; see `engine.core.grid`
            array = noise.numpy()
            np.multiply(array, sigma, out=array)
            if common:
                np.add(array, shift, out=array)
            np.add(array, moved.numpy(), out=array)
            noisy = noise
        else:
            noisy = noise.mul_(sigma).add_(shift).add_(moved)
        return noisy if clean.shape[-1] == VALUES else torch.cat([noisy, clean[..., VALUES:]], dim=-1)

    return perturb


def crossing(error: float, step: float, density: float) -> float:
    """Bounds the probability that a value off by `error` in the mean lies in another cell, of width `step`, than meant.

    It can only where an edge between cells lies within e of the value y that is meant: e bounds the error at y, and is
    a function of the noise that was drawn. Edges are a step apart, so this has probability at most 2 E[e] / step, but
    for how much of the noise can gather at edges: 1 + 2 step density, density being the largest of y, and the 2 for the
    two maxima that density times e may have. METHOD has half of this, for errors that do not depend on where in its
    cell y lies. Nothing guarantees that of a generator, so both sides of y are counted.
    """
    return 2.0 * error / step * (1.0 + 2.0 * step * density)


def misplaced_by(drawn: float, size: float, density: float, common: float = 0.0) -> Misplaced:
    """Bounds how often additive noise puts a value into another cell of the grid than ideal noise would.

    In units of 2^-53: a unit draw is off by `drawn` in the mean at most. size: twice the mean of its absolute value,
    for it is rounded when it is scaled, and again when it is added. density: the largest of unit noise. So the value
    that is rounded, y = x + sigma z, is off by at most 2^-53 (sigma (drawn + size) + |x|) in the mean, |x| <= 15; see
    `crossing`. For d values the union bound multiplies by d; d 2^-48 more covers generators that accept, or end their
    tails, otherwise than in exact arithmetic. common: the deviation of a Gaussian number that is added to all values:
    it is off by as much as theirs, and rounded as often; given it, they have their density. Source: METHOD, section 11.
    """

    def misplaced(sigma: float, components: int) -> float:
        error = 2.0**-53 * ((sigma + common) * (drawn + size) + LARGEST)
        return VALUES * components * (crossing(error, GRID, density / sigma) + 2.0**-48)

    return misplaced
