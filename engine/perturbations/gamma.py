"""Gamma: any power of a picture, certified by a random one whose logarithm is Gaussian."""

import math

from engine.changes import changes
from engine.perturbations._gammas import powers_misplaced
from engine.perturbations._together import NORMAL, changed_by, gaussian_span, normals
from engine.perturbations.base import Amounts, Family

CHANGE = changes["gamma"]


def misplaced(sigma: float, components: int) -> float:
    """As in `_gammas`: e^(sigma z) is off by as much as sigma z, and by two half digits for the exponential.

    The mean of the exponents is e^(sigma^2 / 2).
    """
    return powers_misplaced(NORMAL * sigma + 2.0, math.exp(min(sigma**2 / 2.0, 700.0)), components)


FAMILY = Family(
    name="gamma",
    title="Gamma, by a log-normal power",
    unit="logarithm of the power that all intensities in [0, 1] are raised to",
    assumes="one power for the whole picture, x^g for all intensities in [0, 1], where ln g is Gaussian of standard "
    "deviation sigma",
    source="Cohen et al. 2019, Theorem 1, on logarithms of powers, which add",
    inputs=("image",),
    perturb=changed_by(CHANGE, lambda sigma, source, device: (sigma * normals(1, source, device)).exp()),
    region=gaussian_span(CHANGE.parameters[0]),
    measure=Amounts(change=CHANGE),
    misplaced=misplaced,
    shared=True,
    values=(0.0, 1.0),
)
