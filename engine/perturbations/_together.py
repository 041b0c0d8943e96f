"""Families that make one known change by random amounts, so that all values of an input share their random numbers."""

import math
from collections.abc import Callable

import torch
from scipy.stats import norm
from torch import Tensor

from engine.changes import Change, Parameter
from engine.core.grid import GRID
from engine.core.rng import Source
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Region, Span
from engine.perturbations.base import Perturb, RegionRule

UNIT = 2.0**-53
"""Half a digit of float64: what rounding a number may change, relative to it."""
NORMAL, NORMAL_TIMES = 18.0, 26.0
"""In half digits: how far s z is from what it should be, for a normal number z that was drawn and then scaled, in the
mean and for s = 1; and the mean of that times |z|. A draw is off by 17 at most in the mean, see `l2`, and in the square
root of the mean square by 24; scaling adds |z|."""
FARTHEST = 8.3
"""No quantile of the normal law at a float64 below 1 is larger: how far out, in deviations, regions can reach."""


def changed_by(change: Change, amounts: Callable[[float, Source, torch.device], Tensor]) -> Perturb:
    """The change by random amounts, `amounts(sigma, source, device)`: float64 (K,), one for each of its parameters."""

    def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
        return change.apply(clean, amounts(sigma, source, clean.device))

    return perturb


def normals(count: int, source: Source, device: torch.device) -> Tensor:
    """Independent N(0, 1), float64 (count,)."""
    return source.normal(torch.empty(count, dtype=torch.float64, device=device))


def exponentials(count: int, source: Source, device: torch.device) -> Tensor:
    """Independent numbers of the exponential law with mean 1, float64 (count,): -log(1 - U), U uniform on [0, 1)."""
    return -torch.log1p(-source.uniform(torch.empty(count, dtype=torch.float64, device=device)))


def gaussian_span(parameter: Parameter) -> RegionRule:
    """The region of an amount with Gaussian noise N(0, sigma^2): up to sigma (ppf(tau) - ppf(floor)) from neutral.

    Amounts of changes in a row add, so the amounts of the noisy input have the law N(amount, sigma^2): it is the l2
    rule on the line. Of a parameter that multiplies, the noise and this distance are in its logarithm. Source: Cohen et
    al. 2019, Theorem 1.
    """

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        check_limits(sigma=sigma, tau=tau, floor=floor)
        far = float(sigma * (norm.ppf(tau) - norm.ppf(floor)))
        neutral = parameter.neutral
        if parameter.multiplies:
            return Span(parameter=parameter, low=neutral * math.exp(-far), high=neutral * math.exp(far))
        return Span(parameter=parameter, low=neutral - far, high=neutral + far)

    return region


def misplaced_together(values: float, error: float, size: float) -> float:
    """Bounds how often rounding by one shift for all puts any of `values` values into another cell than ideal noise.

    error: how far a drawn value y is from the ideal one in the mean, at most, in half digits of 1, what rounded x'
    before included. size: of |y|, in the mean. g floor(y / g + u) misplaces a value that is off by e with probability
    e / g, wherever it lies (`engine.core.grid.shifted_into`). u is a multiple of 2^-53, and is added in float64, which
    adds 2^-52 (1 + |y| / g); d 2^-48 covers generators as in `misplaced_by`. Source: METHOD, section 11 (d).
    """
    return values * (UNIT * error / GRID + 2.0 * UNIT * (1.0 + size / GRID) + 2.0**-48)
