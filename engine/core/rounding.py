"""Numbers for people that are never overstated: a radius or an angle is rounded down, nowhere up."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, Decimal


def floored(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, rounded down; "0" if it is not positive."""
    if value <= 0.0:
        return "0"
    exact = Decimal(value)
    return f"{exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=ROUND_DOWN).normalize():f}"


def degrees_down(angle: float) -> str:
    """An angle in radians as degrees with three significant digits, rounded down, without a unit."""
    return floored(math.degrees(angle))
