"""Any contrast with any brightness, certified by a random contrast and a random brightness."""

import math

import torch

from engine.changes import changes
from engine.core.rng import Source
from engine.perturbations._contrast_region import ContrastRegion
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Region
from engine.perturbations._together import NORMAL, changed_by, misplaced_together, normals
from engine.perturbations.base import Amounts, Family, Second

CHANGE = changes["contrast-brightness"]
LARGEST = 4.0
"""Of the values of a picture, which may have been changed before."""


def family_of(strength: float) -> Family:
    """The family whose random brightness has that standard deviation, in intensities. Proved in `_contrast_law`."""

    def amounts(sigma: float, source: Source, device: torch.device) -> torch.Tensor:
        k, b = normals(2, source, device)
        return torch.stack([(sigma * k).exp(), strength * b])

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        check_limits(sigma=sigma, tau=tau, floor=floor)
        return ContrastRegion(parameters=CHANGE.parameters, sigma=sigma, strength=strength, tau=tau, floor=floor)

    def misplaced(sigma: float, components: int) -> float:
        """Bounds how often a picture lies in other cells of the grid than under the ideal change, in half digits.

        y = e^k (x + b), |x| <= 4. With k off by 24 sigma in the square root of its mean square, and by sigma for its
        scaling, y is off by 25 sigma e^(sigma^2) (4 + s) in the mean (Cauchy and Schwarz); with b off by NORMAL s, by
        that times e^(sigma^2 / 2); by 4 |y| for the exponential, the sum and the product, and by as much for those of
        a change before.
        """
        grown = math.exp(min(sigma**2, 700.0))
        error = grown * ((LARGEST + strength) * (25.0 * sigma + 8.0) + NORMAL * strength)
        return misplaced_together(3.0 * components, error, grown * (LARGEST + strength))

    return Family(
        name="contrast-brightness",
        title="Contrast and brightness",
        unit="logarithm of the factor that all intensities are multiplied by, with no brightness",
        assumes="one contrast and one brightness for the whole picture: e^k (x + b), where k is Gaussian of standard "
        f"deviation sigma and b of {strength:g}, never clamped",
        source="Neyman-Pearson bound on contrast and brightness together, computed by quadrature and rounded down",
        inputs=("image",),
        perturb=changed_by(CHANGE, amounts),
        region=region,
        measure=Amounts(change=CHANGE),
        misplaced=misplaced,
        shared=True,
        values=(-LARGEST, LARGEST),
        second=Second(
            title="Standard deviation of the brightness", unit="intensities in [0, 1]", default=0.2, low=0.01, high=1.0,
            at=family_of,
        ),
    )  # fmt: skip


FAMILY = family_of(0.2)
