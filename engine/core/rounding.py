"""Numbers for people that are never overstated: a radius or an angle is rounded down, a lower end up."""

import math
from decimal import ROUND_DOWN, ROUND_UP, Decimal


def floored(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, rounded down; "0" if it is not positive.

    >>> floored(0.16862), floored(2 / 3, digits=2)
    ('0.168', '0.66')
    """
    return _digits(value, digits, ROUND_DOWN) if value > 0.0 else "0"


def raised(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, rounded up; "0" if it is not positive.

    >>> raised(0.64412)
    '0.645'
    """
    return _digits(value, digits, ROUND_UP) if value > 0.0 else "0"


def degrees_down(angle: float) -> str:
    """An angle in radians as degrees with three significant digits, rounded down, without a unit.

    >>> degrees_down(0.1704)  # 9.763 degrees
    '9.76'
    """
    return floored(math.degrees(angle))


def _digits(value: float, digits: int, rounding: str) -> str:
    exact = Decimal(value)
    return f"{exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=rounding).normalize():f}"
