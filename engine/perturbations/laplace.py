"""Any change of small l1 size, certified by Laplace noise."""

import math

import torch
from torch import Tensor

from engine.core.rng import Source
from engine.perturbations._additive import additive, misplaced_by
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Distance, Family, ball


def fill(out: Tensor, source: Source) -> Tensor:
    """One draw of the Laplace law, of density exp(-|z|)/2 and deviation sqrt(2), for every entry of `out`.

    By the inverse of the law's distribution function: s uniform on (-1, 1), at odd multiples of half a digit, so that
    neither end is reached, and z = -sign(s) log(1 - |s|).
    """
    half = 0.5 * torch.finfo(out.dtype).eps
    side = source.uniform(out).mul_(2.0).sub_(1.0 - half).clamp_(half - 1.0, 1.0 - half)
    sign = side.sign()
    return side.abs_().neg_().log1p_().mul_(sign).neg_()


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
    region=ball("l1", radius),
    measure=Distance(norm="l1"),
    misplaced=misplaced_by(drawn=72.0, size=2.0, density=0.5),
    deviation=math.sqrt(2.0),
)
"""s is off by less than 2^-52, so z by 2^-52 / (1 - |s|), in the mean at most 2^-52 log(2^52): 72 * 2^-53."""
