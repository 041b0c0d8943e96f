"""What the worst base model keeps of contrast and brightness noise, by a sum over the plane. No test in here.

The sum knows nothing of the engine's integral: it takes both densities from SciPy, sorts the cells of a grid by their
ratio, and gives the class those of lowest ratio up to the base probability tau.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

SIDE, REACH = 1600, 7.0


def attacked_mass(log_contrast: float, brightness: float, *, sigma: float, strength: float, tau: float) -> float:
    """Its probability after the change e^k' (x + b')."""
    u = (np.arange(SIDE) + 0.5) * (2 * REACH / SIDE) - REACH
    # k + k' and b' + e^-k' b, in deviations of k and b.
    pairs = [(u, norm(log_contrast / sigma, 1.0)), (u, norm(brightness / strength, np.exp(-log_contrast)))]
    base = norm.logpdf(pairs[0][0])[:, None] + norm.logpdf(pairs[1][0])
    ratio = pairs[0][1].logpdf(u)[:, None] + pairs[1][1].logpdf(u) - base
    order = np.argsort(ratio, axis=None)
    mass = np.exp(base).ravel()[order]
    mass /= mass.sum()
    inside = np.clip(tau - np.concatenate([[0.0], np.cumsum(mass)[:-1]]), 0.0, mass)
    return float((inside * np.exp(ratio.ravel()[order])).sum())
