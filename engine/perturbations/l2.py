"""Any change of small l2 size, certified by Gaussian noise."""

import torch
from scipy.stats import norm
from torch import Tensor

from engine.perturbations._additive import additive
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Distance, Family


def fill(out: Tensor, generator: torch.Generator) -> None:
    """One draw of N(0, 1) for every entry of `out`."""
    out.normal_(generator=generator)


def radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """sigma * (ppf(tau) - ppf(floor)), in l2 units of intensities or coordinates, over all of them together.

    tau = floor gives 0: true, and of no use. Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0.
    Source: Cohen et al. 2019, Theorem 1 in the form of Fischer et al. 2021, section 4; the floor from its proof.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return float(sigma * (norm.ppf(tau) - norm.ppf(floor)))


FAMILY = Family(
    name="l2",
    title="l2: any change of small Euclidean size",
    unit="l2 distance over all pixels and channels, intensities in [0, 1]; or over all coordinates of a cloud",
    assumes="independent Gaussian noise of standard deviation sigma on every channel of every pixel, or on every "
    "coordinate of every point, never clamped",
    source="Cohen et al. 2019, Theorem 1; Fischer et al. 2021, section 4",
    inputs=("image", "cloud"),
    perturb=additive(fill),
    radius=radius,
    measure=Distance(norm="l2"),
)
