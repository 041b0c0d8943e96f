"""Any rotation in space by a small angle, certified by a random rotation vector."""

import torch
from torch import Tensor

from engine.core.rng import Source
from engine.perturbations._limits import check_limits
from engine.perturbations._rotation_law import proved_angle, published_angle
from engine.perturbations._turning import misplaced, rotation_of, turned
from engine.perturbations.base import REACH, Angle, Family, turns


def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
    """Turn positions and normals by exp([v]x), one v from N(0, sigma^2 I_3)."""
    vector = sigma * source.normal(torch.empty(3, dtype=torch.float64, device=clean.device))
    return turned(clean, rotation_of(vector))


def radius(*, sigma: float, tau: float, floor: float = 0.5) -> float:
    """The largest proved rotation angle in radians, rounded down; pi means every rotation.

    It does not always grow with sigma: beyond about 1.5 the vectors wrap around, and the law becomes steep near the
    identity. Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma is one that `_rotation_law` computes.
    Source: METHOD, section 5 (Neyman and Pearson on SO(3)).
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    return proved_angle(sigma, tau, floor)


FAMILY = Family(
    name="so3",
    title="Any rotation in space",
    unit="rotation angle in radians about any axis; pi is every rotation",
    assumes="one rotation of the whole shape by a vector of three independent Gaussian numbers of standard deviation "
    "sigma radians: its direction is the axis, its length the angle; normals turn too",
    source="Neyman-Pearson bound on the rotation group, computed by quadrature and rounded down",
    inputs=("cloud",),
    perturb=perturb,
    region=turns(None, radius),
    shared=True,
    measure=Angle(),
    misplaced=misplaced,
    farthest=REACH,
    published=published_angle,
)
