"""What the worst classifier keeps when everything is turned, by simulation. No test in here.

The simulation knows nothing of the quadrature: it draws rotations, takes the density from its formula (METHOD, section
5) as a sum of Gaussians, and finds the worst set of base mass tau by its empirical threshold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

DRAWS = 100_000


def ratio(w: NDArray[np.float64], away: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """log of q(away) / q(w), for rotation angles in (0, pi]."""

    def log_q(angle: NDArray[np.float64]) -> NDArray[np.float64]:
        r = angle + 2 * np.pi * np.arange(-8, 9)[:, None]
        return np.log((r**2 * np.exp(-(r**2) / (2 * sigma**2))).sum(axis=0) / (1 - np.cos(angle)))

    return log_q(away) - log_q(w)


def attacked_mass(sigma: float, tau: float, theta: float, seed: int = 0) -> float:
    """What an adversary's turn by theta leaves of the set of base mass tau with the lowest ratio of densities."""
    rng = np.random.default_rng(seed)
    turn = Rotation.from_rotvec([0, 0, theta])
    base, fresh = (Rotation.from_rotvec(rng.normal(0, sigma, (DRAWS, 3))) for _ in range(2))
    own = ratio(base.magnitude(), (base * turn.inv()).magnitude(), sigma)
    threshold = np.quantile(own, tau)
    moved = fresh * turn
    return float(np.mean(ratio(moved.magnitude(), fresh.magnitude(), sigma) <= threshold))
