"""Every rotation in space, certified by a rotation drawn uniformly."""

import math

import torch
from torch import Tensor

from engine.core.rng import Source
from engine.perturbations._limits import check_limits
from engine.perturbations._turning import matrix_of, misplaced, turned
from engine.perturbations.base import REACH, Angle, Family, turns


def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
    """Turn positions and normals by one rotation from Haar measure; sigma is not used."""
    _ = sigma
    normal = source.normal(torch.empty(4, dtype=torch.float64, device=clean.device))
    quaternion = normal / torch.linalg.vector_norm(normal)
    return turned(clean, matrix_of(quaternion[0], quaternion[1:]))


def radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """pi, the largest rotation angle, whatever sigma and tau: all probabilities are the same for every turned shape.

    Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0, as every family does. Source: METHOD, section 5
    (Haar measure is invariant).
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return math.pi


FAMILY = Family(
    name="so3-uniform",
    title="Every rotation in space, by uniformly random ones",
    unit="rotation angle in radians about any axis; pi is every rotation",
    assumes="one uniformly random rotation of the whole shape, so that sigma means nothing; normals turn too",
    source="invariance of Haar measure: a class of probability above 1/2 is that of every turned shape",
    inputs=("cloud",),
    perturb=perturb,
    region=turns(None, radius),
    shared=True,
    measure=Angle(),
    misplaced=misplaced,
    farthest=REACH,
    scaled=False,
)
