"""Gamma: any power of a picture, certified by a random one of Rayleigh's law."""

import math

from engine.changes import changes
from engine.perturbations._gammas import powers_misplaced
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Region, Span
from engine.perturbations._together import changed_by, exponentials
from engine.perturbations.base import Amounts, Family

CHANGE = changes["gamma"]


def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
    """sqrt(ln tau / ln floor) <= g <= sqrt(ln(1 - tau) / ln(1 - floor)), whatever sigma.

    The exponent G has P(G > t) = e^(-t^2 / (2 s^2)). After x^g it is g G, of the same law with g s in place of s; their
    ratio of densities, g^-2 e^(t^2 (1 - g^-2) / (2 s^2)), is monotone in t. For g > 1 the worst class is {G < t} with
    1 - tau = P(G > t), and keeps 1 - (1 - tau)^(1/g^2); for g < 1 it is {G > t} with tau = P(G > t), and keeps
    tau^(1/g^2). Both are at least the floor within these ends, and the scale s cancels. Raises NotCertifiable unless
    0.5 <= floor <= tau < 1 and sigma > 0. Source: Muravev and Petiushko 2022, for floor 1/2; METHOD, section 12.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    low, high = math.log(tau) / math.log(floor), math.log1p(-tau) / math.log1p(-floor)
    return Span(parameter=CHANGE.parameters[0], low=math.sqrt(low), high=math.sqrt(high))


def misplaced(sigma: float, components: int) -> float:
    """As in `_gammas`, for G = sqrt(V / ln 2), V = -log(1 - U).

    U is a multiple of 2^-53, so V is off by 2^-53 / (1 - U); relative to V that is, in half digits, the integral of
    dV / V between 2^-53 and 53 ln 2 in the mean, 41, of which a square root leaves a half; the rest rounds four times.
    The mean of G, whose median is 1, is sqrt(pi / ln 16) < 1.07.
    """
    _ = sigma
    return powers_misplaced(41.0 / 2.0 + 4.0, 1.07, components)


FAMILY = Family(
    name="gamma-rayleigh",
    title="Gamma, by a Rayleigh power",
    unit="logarithm of the power that all intensities in [0, 1] are raised to",
    assumes="one power for the whole picture, x^G for all intensities in [0, 1], where G has Rayleigh's law with "
    "median 1; what is proved is the same for every scale of the law, so that sigma means nothing",
    source="Muravev and Petiushko 2022, smoothing over multiplicative parameters",
    inputs=("image",),
    perturb=changed_by(CHANGE, lambda _, source, device: (exponentials(1, source, device) / math.log(2.0)).sqrt()),
    region=region,
    measure=Amounts(change=CHANGE),
    misplaced=misplaced,
    shared=True,
    values=(0.0, 1.0),
    scaled=False,
)
