"""Any change of small l1 size, certified by Laplace noise."""

import math

import torch
from torch import Tensor

from engine.perturbations._additive import VALUES
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Distance, Family


def perturb(clean: Tensor, sigma: float, out: Tensor, generator: torch.Generator) -> None:
    """clean + sigma * Laplace(1), of density exp(-|x|)/2 and deviation sqrt(2), in `out`; normals stay.

    The difference of two exponential variables, each from the generator's own uniform numbers: PyTorch's
    `exponential_` may take its numbers from a stream so short that thousands of draws would overlap in it. In float64,
    since the logarithm of a float32 uniform number ends at 16.6, where the law goes on; only the sum is rounded.
    """
    moved = clean[..., :VALUES]
    noise, other = (torch.empty(moved.shape, dtype=torch.float64, device=clean.device) for _ in range(2))
    noise.uniform_(generator=generator).neg_().log1p_()
    noise.sub_(other.uniform_(generator=generator).neg_().log1p_())
    out[..., :VALUES].copy_(noise.mul_(sigma).add_(moved))
    if clean.shape[-1] > VALUES:
        out[..., VALUES:].copy_(clean[..., VALUES:])


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
    perturb=perturb,
    radius=radius,
    measure=Distance(norm="l1"),
    deviation=math.sqrt(2.0),
)
