"""Where radii are asked for."""

import math

from engine.core.errors import NotCertifiable


def check_limits(*, sigma: float, tau: float, floor: float) -> None:
    """Raise NotCertifiable unless 0.5 <= floor <= tau < 1 and sigma is a positive number."""
    if not 0.5 <= floor <= tau < 1.0 or not 0.0 < sigma < math.inf:
        limits = "a radius needs sigma > 0 and 0.5 <= floor <= tau < 1"
        raise NotCertifiable(f"{limits}, got tau {tau}, floor {floor} and sigma {sigma}")
