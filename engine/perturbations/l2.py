"""Any change of small l2 size, certified by Gaussian noise."""

from scipy.stats import norm

from engine.perturbations._additive import additive, misplaced_by
from engine.perturbations._limits import check_limits
from engine.perturbations.base import Distance, Family, ball


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
    perturb=additive(lambda out, source: source.normal(out)),
    region=ball("l2", radius),
    measure=Distance(norm="l2"),
    misplaced=misplaced_by(drawn=17.0, size=1.6, density=0.4),
)
"""A unit draw of NumPy's ziggurat is a multiple of at most 2^-50 outside its tail, so off by less than 8 * 2^-53, and
in the tail by less than 3e-4 * 2^-53 in the mean; one by Box and Muller's method, as on CUDA, from uniform numbers of
53 bits by 16.5 * 2^-53 in the mean: 2 pi for the angle times the mean radius, the rest for the radius."""
