"""Any change of small l1 size, certified by uniform noise."""

import math

from torch import Tensor

from engine.core.rng import Source
from engine.perturbations._additive import additive, misplaced_by
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Distance, Family, ball


def fill(out: Tensor, source: Source) -> Tensor:
    """One draw of the uniform law on [-1, 1) for every entry of `out`."""
    return source.uniform(out).mul_(2.0).sub_(1.0)


def radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """2 sigma (tau - floor), in l1 units.

    The cubes of side 2 sigma around two inputs r apart in l1 share at least 1 - r / (2 sigma) of their volume, so no
    probability falls by more than r / (2 sigma). Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0.
    Source: Yang et al. 2020.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return 2.0 * sigma * (tau - floor)


FAMILY = Family(
    name="l1-uniform",
    title="l1, uniform noise: any change of small absolute size, summed",
    unit="l1 distance over all pixels and channels, intensities in [0, 1]; or over all coordinates of a cloud",
    assumes="independent noise, uniform on [-sigma, sigma] (its standard deviation is sigma / sqrt(3)), on every "
    "channel of every pixel, or on every coordinate of every point, never clamped",
    source="Yang et al. 2020, randomized smoothing of all shapes and sizes; the floor by the same bound",
    inputs=("image", "cloud"),
    perturb=additive(fill),
    region=ball("l1", radius),
    measure=Distance(norm="l1"),
    misplaced=misplaced_by(drawn=2.0, size=2.0, density=0.5),  # multiples of 2^-52, the lower ends of their cells
    deviation=math.sqrt(1.0 / 3.0),
)
