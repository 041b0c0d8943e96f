"""How exactly powers of a picture are computed."""

from engine.perturbations._together import misplaced_together

SLOPE = 0.37
"""|d x^g / d log g| = |g ln x| x^g is at most 1 / e for every x in [0, 1]."""


def powers_misplaced(exponent: float, mean: float, components: int) -> float:
    """Bounds how often a picture in [0, 1] lies in other cells of the grid than under the ideal power.

    exponent: how far the drawn one is off at most in the mean, relative to itself, in half digits. mean: of the
    exponents. A power is off by at most 4 half digits. So is one that was taken before, which a power g passes on at
    most g times, for d x^g / d log x = g x^g <= g.
    """
    return misplaced_together(3.0 * components, SLOPE * exponent + 4.0 + 4.0 * mean, 1.0)
