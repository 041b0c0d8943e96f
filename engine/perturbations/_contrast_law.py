"""How far a change e^k' (x + b') can move the probability of a class under the noise e^k (x + b).

Noise k ~ N(0, s_k^2), b ~ N(0, s_b^2). A changed picture becomes e^k (e^k' (x + b') + b) = e^(k+k') (x + b' + e^-k' b).
In u = k / s_k and v = b / s_b the law N(0, 1) x N(0, 1) becomes N(a, 1) x N(beta, c^2), a = k' / s_k, beta = b' / s_b,
c = e^-k'. Their ratio of densities, the attacked over the base one, has the logarithm

    l(u, v) = a u - a^2 / 2 - ln c - (v - beta)^2 / (2 c^2) + v^2 / 2.

By Neyman and Pearson a class of base probability above tau keeps at least 1 - L (1 - tau) - E max(0, ratio - L) for any
L > 0, the mean under the base law, and for the best L there is a class that keeps no more. Given u, l > ln L is a
quadratic inequality in v: the outside (c > 1) or the inside (c < 1) of an interval. The integral over u ends where the
interval vanishes, like a square root, and has the square root for its variable. Source: METHOD, section 12.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

_TAIL = 9.0  # a normal number lies further out with probability below 3e-19
_ROUGH, _NODES = 48, 256
_LEVELS, _ZOOMS, _WIDEST = 33, 4, 60.0
_SLACK = 1e-12  # for the tails, and for rounding
RULES = {count: np.polynomial.legendre.leggauss(count) for count in (_ROUGH, _NODES // 2, _NODES)}


def kept(a: float, beta: float, log_c: float, tau: float) -> float:
    """What a class of probability above tau keeps at least, rounded down by the error of the quadrature.

    That error is told by half the nodes: halving them multiplies it by far more than 2. A bad L only makes the answer
    lower, so it is searched with few nodes.
    """
    beta = abs(beta)
    if a == 0.0 and log_c == 0.0:
        return float(ndtr(ndtri(tau) - beta)) - _SLACK
    width, best = _WIDEST, 0.0
    for _ in range(_ZOOMS):
        levels = best + np.linspace(-width, width, _LEVELS)
        best = float(levels[np.argmax(_bound(levels, a, beta, log_c, tau, _ROUGH))])
        width = 2.0 * width / (_LEVELS - 1)
    fine, coarse = (float(_bound(np.array([best]), a, beta, log_c, tau, nodes)[0]) for nodes in (_NODES, _NODES // 2))
    return fine - abs(fine - coarse) - _SLACK


def _bound(levels: Floats, a: float, beta: float, log_c: float, tau: float, nodes: int) -> Floats:
    """1 - L (1 - tau) - E max(0, ratio - L) for each ln L in `levels`."""
    base, attacked = _above(levels, a, beta, log_c, nodes)
    return 1.0 - np.exp(levels) * (1.0 - tau - base) - attacked


def _above(levels: Floats, a: float, beta: float, log_c: float, nodes: int) -> tuple[Floats, Floats]:
    """P(l > level) under the base and under the attacked law, float64 (L,) each.

    l - level = m v^2 / 2 + h v + a u - rest, m = 1 - c^-2, h = beta c^-2: it has real ends where
    D = h^2 - 2 m (a u - rest) > 0.
    """
    m, h, c = -math.expm1(-2.0 * log_c), beta * math.exp(-2.0 * log_c), math.exp(log_c)
    rest = (a**2 / 2.0 + log_c + beta**2 / 2.0 * math.exp(-2.0 * log_c) + levels)[:, None]
    low, high = min(0.0, a) - _TAIL, max(0.0, a) + _TAIL
    turn = (h**2 / (2.0 * m) + rest) / a  # where D = 0
    rising = -m * a > 0.0  # whether D > 0 above it
    first, last = (low - turn, high - turn) if rising else (turn - high, turn - low)
    start, stop = np.sqrt(np.maximum(first, 0.0)), np.sqrt(np.maximum(last, 0.0))
    place, weight = RULES[nodes]
    root = (stop - start) / 2.0 * place + (stop + start) / 2.0
    u = turn + root**2 if rising else turn - root**2
    far = np.abs(turn) > 1e4  # there D hardly varies, and u would lose digits
    u = np.where(far, (high - low) / 2.0 * place + (high + low) / 2.0, u)
    size = np.where(far, (high - low) / 2.0 * (last > 0.0), (stop - start) * root) * weight
    spread = np.sqrt(np.maximum(h**2 - 2.0 * m * (a * u - rest), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = -(h + spread) / m, -2.0 * (a * u - rest) / (h + spread)  # neither difference loses digits
    left, right = np.fmin(one, other), np.fmax(one, other)
    sure = np.zeros_like(turn)  # without real ends, l > level everywhere for m > 0 and nowhere for m < 0
    found = []
    for shift, mean, deviation in ((0.0, 0.0, 1.0), (a, beta, c)):
        lower, upper = (left - mean) / deviation, (right - mean) / deviation
        if m > 0.0:
            inner = ndtr(lower) + ndtr(-upper)
            sure = ndtr(np.clip(turn - shift, -40, 40)) if rising else ndtr(np.clip(shift - turn, -40, 40))
        else:
            inner = np.where(lower > 0.0, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
        mass = np.exp(-((u - shift) ** 2) / 2.0) / math.sqrt(2.0 * math.pi)
        found.append((size * mass * inner).sum(axis=1) + sure[:, 0])
    return found[0], found[1]


def two_step_margin(
    log_contrast: float, brightness: float, *, sigma: float, strength: float, tau: float, floor: float = 0.5
) -> float:
    """By how many deviations a change e^k' (x + b') stays within what two steps prove; negative beyond.

    log_contrast: k'. sigma, strength: deviations of the noise of k and b. For teaching: it is right, but proves less
    than `region` of family "contrast-brightness".

    >>> round(two_step_margin(-0.2, 0.0, sigma=0.2, strength=0.2, tau=0.9), 3)  # where the integral leaves b' < 0.156
    -0.077
    """
    return two_steps(log_contrast / sigma, brightness / strength, -log_contrast, tau, floor)


def two_steps(a: float, beta: float, log_c: float, tau: float, floor: float) -> float:
    """By how much, in deviations, a change stays within what is proved in two steps; negative where nothing is.

    First the scale of v alone: for c < 1 the worst class of probability tau is |v| >= t, else |v| <= t, and keeps
    2 - 2 cdf(t / c), t = ppf(1 - tau / 2), or 2 cdf(t / c) - 1, t = ppf((1 + tau) / 2). Then the shift by a and
    beta / c deviations, against what is left. Both steps are tight, but for different classes.
    """
    if log_c <= 0.0:
        left = 2.0 * ndtr(ndtri(tau / 2.0) * math.exp(-log_c))
    else:
        left = 1.0 - 2.0 * ndtr(ndtri((1.0 - tau) / 2.0) * math.exp(-log_c))
    return float(ndtri(left) - ndtri(floor)) - math.hypot(a, beta * math.exp(-log_c))
