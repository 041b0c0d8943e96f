"""Twists and turns of a shape about its z axis together, certified by a random twist and a random turn."""

import torch
from scipy.stats import norm

from engine.changes import changes
from engine.core.rng import Source
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Ellipse, Region
from engine.perturbations._together import changed_by, normals
from engine.perturbations._twists import twists_misplaced
from engine.perturbations.base import REACH, Amounts, Family, Second

CHANGE = changes["twist-turn"]


def family_of(strength: float) -> Family:
    """The family whose random turn has that standard deviation, in radians.

    A point at height z turns by a z + t. Heights stay, so (a, t) of changes in a row add, and the noise N(0, sigma^2)
    times N(0, strength^2) is moved by (a', t'): the l2 rule on the plane, in units of the deviations, gives
    (a' / sigma)^2 + (t' / strength)^2 <= (ppf(tau) - ppf(floor))^2.
    """

    def amounts(sigma: float, source: Source, device: torch.device) -> torch.Tensor:
        return normals(2, source, device) * torch.tensor([sigma, strength], dtype=torch.float64, device=device)

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        check_limits(sigma=sigma, tau=tau, floor=floor)
        far = float(norm.ppf(tau) - norm.ppf(floor))
        return Ellipse(parameters=CHANGE.parameters, axes=(sigma * far, strength * far))

    return Family(
        name="twist-turn",
        title="Twist and turn about the z axis",
        unit="rate of the twist about the z axis, in radians a unit of length, without any turn",
        assumes="one twist and one turn of the whole shape about the z axis: a point at height z turns by a z + t, "
        f"with Gaussian a of standard deviation sigma and t of {strength:g} radians; normals move along, and nothing "
        "is centred again",
        source="Cohen et al. 2019, Theorem 1, on twists and turns about one axis, which add",
        inputs=("cloud",),
        perturb=changed_by(CHANGE, amounts),
        region=region,
        measure=Amounts(change=CHANGE),
        misplaced=lambda sigma, components: twists_misplaced(sigma, strength, components),
        shared=True,
        farthest=REACH,
        second=Second(
            title="Standard deviation of the turn", unit="radians", default=0.25, low=0.01, high=1.0, at=family_of
        ),
    )


FAMILY = family_of(0.25)
