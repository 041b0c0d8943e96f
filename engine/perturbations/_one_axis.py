"""Rotation about one known axis of the points, certified by a random angle."""

import math
from typing import Literal

import torch
from scipy.stats import norm
from torch import Tensor

from engine.core.rng import Source
from engine.perturbations._limits import check_limits
from engine.perturbations._turning import misplaced, rotation_of, turned
from engine.perturbations.base import REACH, Angle, Family, Perturb, turns


def rotation_about(axis: Literal["x", "y", "z"], name: str) -> Family:
    """The family of rotations about that axis through the centroid."""
    return Family(
        name=name,
        title=f"Rotation about the {axis} axis",
        unit=f"rotation angle about the {axis} axis in radians; pi is every rotation about it",
        assumes=f"one rotation of the whole shape about the {axis} axis, by a Gaussian angle of standard deviation "
        "sigma radians; normals turn too",
        source="Cohen et al. 2019, Theorem 1, on angles about one axis, which add",
        inputs=("cloud",),
        perturb=_turn_about("xyz".index(axis)),
        region=turns(axis, _radius),
        shared=True,
        measure=Angle(axis=axis),
        misplaced=misplaced,
        farthest=REACH,
    )


def _turn_about(place: int) -> Perturb:
    def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
        """Turn positions and normals by one angle from N(0, sigma^2), counter-clockwise seen from the axis' end."""
        angle = sigma * source.normal(torch.empty(1, dtype=torch.float64, device=clean.device))
        return turned(clean, rotation_of(torch.nn.functional.pad(angle, (place, 2 - place))))

    return perturb


def _radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """sigma * (ppf(tau) - ppf(floor)) in radians, at most pi, which means every rotation about the axis.

    Angles about one axis add, so this is the l2 rule on the line of angles; that the answer repeats after 2 pi only
    adds assumptions about the model. Every rotation about the axis is one by at most pi in one of the two senses.
    Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0. Source: Cohen et al. 2019, Theorem 1.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return min(math.pi, float(sigma * (norm.ppf(tau) - norm.ppf(floor))))
