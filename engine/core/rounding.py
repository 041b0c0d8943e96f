"""Numbers for people that are never overstated: a radius or an angle is rounded down, nowhere up."""

import math
from decimal import ROUND_DOWN, Decimal


def floored(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, rounded down; "0" if it is not positive.

    >>> floored(0.16862), floored(2 / 3, digits=2)
    ('0.168', '0.66')
    """
    if value <= 0.0:
        return "0"
    exact = Decimal(value)
    return f"{exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=ROUND_DOWN).normalize():f}"


def degrees_down(angle: float) -> str:
    """An angle in radians as degrees with three significant digits, rounded down, without a unit.

    >>> degrees_down(0.1704)  # 9.763 degrees
    '9.76'
    """
    return floored(math.degrees(angle))
