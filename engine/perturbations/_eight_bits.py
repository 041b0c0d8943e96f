"""Which real pictures the family `brightness` covers: brighter or darker, clipped to [0, 1] and rounded to 8 bits."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from engine.perturbations._limits import check_limits

LEVELS = 255


def eight_bits(pixels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Clipped to [0, 1] and rounded to multiples of 1/255, float64.

    >>> (eight_bits(np.array([-0.1, 0.5, 1.2])) * 255).tolist()
    [0.0, 128.0, 255.0]
    """
    return np.rint(np.asarray(pixels, dtype=np.float64).clip(0.0, 1.0) * LEVELS) / LEVELS


def size_beside_brightness(change: NDArray[np.floating], *, sigma: float, strength: float) -> float:
    """How far any change v of all d values is, in deviations of the noise: covered up to ppf(tau) - ppf(floor).

    x + b 1 + sigma z has the covariance C = sigma^2 I + s^2 1 1^T, s the `strength`, and v moves its mean: the l2 rule
    holds for |C^(-1/2) v|. By Sherman and Morrison, its square is
    [|v|^2 - s^2 (sum v)^2 / (sigma^2 + d s^2)] / sigma^2; it is that of the best split of v into brightness and a rest.
    Computed as the rest beside the mean, |v - mean|^2, plus d mean^2 sigma^2 / (sigma^2 + d s^2): without cancellation.

    >>> round(size_beside_brightness(np.full((4, 4, 3), 0.1), sigma=1e3, strength=0.1), 6)  # almost |v| / sigma
    0.000693
    """
    values = np.asarray(change, dtype=np.float64).ravel()
    mean, count = float(values.mean()), values.size
    rest = float(np.square(values - mean).sum())
    return math.sqrt(rest / sigma**2 + count * mean**2 / (sigma**2 + count * strength**2))


def covered_levels(
    pixels: NDArray[np.floating], *, sigma: float, strength: float, tau: float, floor: float = 0.5
) -> tuple[int, int]:
    """By how many grey levels a picture can grow darker and brighter so that every step up to there is covered.

    pixels: (H, W, 3) in [0, 1]. After j levels the picture is clip8(x + j / 255), which differs from x by more than
    brightness: what was clipped, and what was rounded, if x is no 8-bit picture. (0, 0) if not even rounding x is
    covered. Raises NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma > 0. Source: METHOD, section 12.

    >>> grey = np.full((8, 8, 3), 100 / 255)  # 100 levels above black, and 155 below white
    >>> covered_levels(grey, sigma=0.1, strength=0.2, tau=0.9)  # .2 ppf(.9) = .256, 65 levels: nothing is clipped
    (65, 65)
    """
    check_limits(sigma=sigma, tau=tau, floor=floor)
    limit = float(norm.ppf(tau) - norm.ppf(floor))
    values = np.asarray(pixels, dtype=np.float64)

    def covered(level: int) -> bool:
        change = eight_bits(values + level / LEVELS) - values
        return size_beside_brightness(change, sigma=sigma, strength=strength) <= limit

    def steps(side: int) -> int:
        return next((step - 1 for step in range(1, LEVELS + 1) if not covered(side * step)), LEVELS)

    return (steps(-1), steps(1)) if covered(0) else (0, 0)
