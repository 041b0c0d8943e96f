"""Any change of small l1 size, certified by Laplace noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.perturbations._additive import additive
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Family


def fill(out: Tensor, generator: torch.Generator) -> None:
    """One draw of Laplace(1), of density exp(-|x|)/2 and deviation sqrt(2), for every entry of `out`.

    The difference of two exponential variables, each from the generator's own uniform numbers: PyTorch's
    `exponential_` may take its numbers from a stream so short that thousands of draws would overlap in it.
    """
    out.uniform_(generator=generator).neg_().log1p_()
    out.sub_(torch.empty_like(out).uniform_(generator=generator).neg_().log1p_())


def radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """sigma * log((1 - floor) / (1 - tau)), in l1 units; for floor 1/2 it is -sigma * log(2 (1 - tau)).

    A change of l1 size r multiplies the density of the noisy input by at most exp(r / sigma) anywhere, so also the
    probability of all other answers: from below 1 - tau to below exp(r / sigma) (1 - tau), which is 1 - floor at this
    r. Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0. Source: Teng et al. 2020.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return sigma * (math.log1p(-floor) - math.log1p(-tau))


FAMILY = Family(
    name="l1-laplace",
    title="l1, Laplace noise: any change of small absolute size, summed",
    unit="l1 distance over all pixels and channels, intensities in [0, 1]; or over all coordinates of a cloud",
    assumes="independent Laplace noise of scale sigma (its standard deviation is sqrt(2) sigma) on every channel of "
    "every pixel, or on every coordinate of every point, never clamped",
    source="Teng et al. 2020, l1 certified robustness; the floor by the bound on the ratio of densities",
    inputs=("image", "cloud"),
    perturb=additive(fill),
    radius=radius,
    norm="l1",
    deviation=math.sqrt(2.0),
)
