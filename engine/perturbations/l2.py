"""Any change of small l2 size, certified by Gaussian noise."""

from __future__ import annotations

import torch
from scipy.stats import norm
from torch import Tensor

from engine.errors import NotCertifiable
from engine.perturbations.base import Family


def fill(out: Tensor, generator: torch.Generator) -> None:
    """One draw of N(0, 1) for every entry of `out`."""
    out.normal_(generator=generator)


def radius(*, sigma: float, tau: float) -> float:
    """sigma * ppf(tau), in l2 units of intensities in [0, 1] over all pixels and channels together.

    tau = 1/2 gives 0: true, and of no use. Raises NotCertifiable for tau outside [0.5, 1) or sigma <= 0.
    Source: Cohen et al. 2019, Theorem 1 in the form of Fischer et al. 2021, section 4.
    """
    if not 0.5 <= tau < 1.0 or not sigma > 0.0:
        raise NotCertifiable(f"a radius needs tau in [0.5, 1) and sigma > 0, got tau {tau} and sigma {sigma}")
    return float(sigma * norm.ppf(tau))


FAMILY = Family(
    name="l2",
    title="l2: any change of small Euclidean size",
    unit="l2 distance over all pixels and channels, intensities in [0, 1]",
    assumes="independent Gaussian noise of standard deviation sigma on every channel of every pixel, never clamped",
    source="Cohen et al. 2019, Theorem 1; Fischer et al. 2021, section 4",
    fill=fill,
    radius=radius,
)
