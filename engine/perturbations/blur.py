"""Any blur of a picture, certified by a random one of exponential variance."""

import math

from engine.changes import changes
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Region, Span
from engine.perturbations._together import changed_by, exponentials, misplaced_together
from engine.perturbations.base import Amounts, Family

CHANGE = changes["blur"]
MOST = 10.0
"""Blurs by more than so many sigma are not certified, whatever tau."""


def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
    """0 <= r <= sigma ln((1 - floor) / (1 - tau)), in square pixels; -sigma ln(2 - 2 tau) for floor 1/2.

    Variances of blurs in a row add, so that after a blur by r the exponential law of mean sigma begins at r. There its
    density is e^(r / sigma) times what it was. The worst class of probability tau has all below r, 1 - e^(-r / sigma),
    which is lost, and of the rest, where the ratio is constant, tau - 1 + e^(-r / sigma), which grows by that factor:
    it keeps 1 - e^(r / sigma) (1 - tau), which is at least the floor within this region. Raises NotCertifiable unless
    0.5 <= floor <= tau < 1 and sigma > 0. Source: Neyman and Pearson's lemma; METHOD, section 12.
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    far = sigma * min(MOST, math.log1p(-floor) - math.log1p(-tau))
    return Span(parameter=CHANGE.parameters[0], low=0.0, high=far)


def misplaced(sigma: float, components: int) -> float:
    """Bounds how often a blurred picture lies in other cells of the grid than under an ideal blur, in half digits.

    - -log(1 - U), U a multiple of 2^-53, is off by the integral of dU / (1 - U), 37, in the mean, and by less than 3
      by rounding. A value moves by at most 2 a unit of r, for each axis moves it towards its neighbours: 80 sigma.
    - The sums along an axis are of positive numbers, each of which is off by at most one digit for every addition: of
      2 x + 1 products of Poisson weights, x <= 11 + 6.4 sqrt(r), which are off by 3 sqrt(r) + 1 in the mean themselves,
      of n <= 12 + 9 sqrt(r) weights that they are divided by, and of 2 n + 1 values; what is left out of each law, and
      single roundings, are less than 4 more. That is less than 64 + 43 sqrt(r) an axis, in the mean over r
      64 + 39 sqrt(sigma).
    - A picture that was blurred before, by at most MOST = 10 sigma, has such errors already, 64 + 136 sqrt(sigma) an
      axis. A blur does not make them larger.
    """
    error = 80.0 * sigma + 2.0 * (128.0 + 175.0 * math.sqrt(sigma))
    return misplaced_together(3.0 * components, error, 1.0)


FAMILY = Family(
    name="blur",
    title="Blur",
    unit="variance of the blur's kernel along each axis, in square pixels of the working picture",
    assumes="one blur of the whole picture, by a kernel whose variance, in square pixels, is exponentially distributed "
    "with mean sigma",
    source="Neyman-Pearson bound on the exponential law of variances, which add",
    inputs=("image",),
    perturb=changed_by(CHANGE, lambda sigma, source, device: sigma * exponentials(1, source, device)),
    region=region,
    measure=Amounts(change=CHANGE),
    misplaced=misplaced,
    shared=True,
    values=(-1e-6, 1.000001),
)
"""The values leave room for the last bits of a picture that was blurred before; they change no bound by a digit."""
