"""Exact error probabilities, where they can be computed: what the measured rates are compared with.

Four pieces suffice: the chance that the hits of one pixel ever reach a cut-off, the number of errors among independent
groups of identical pixels, whether a step-up procedure selects any of them, the joint law of the hits of two pixels.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


def selected_heads(p: float, n0: int) -> float:
    """The chance that heads, of probability p, win n0 votes; ties go to tails, the smaller class."""
    return float(binom.sf(n0 // 2, n0, p))


def crossing(p: float, cutoffs: Mapping[int, int]) -> float:
    """P(at some look t the hits among t draws are at least `cutoffs[t]`), each draw a hit with probability p."""
    alive, crossed = np.zeros(max(cutoffs) + 2), 0.0
    alive[0] = 1.0
    for draws in range(1, max(cutoffs) + 1):
        alive[1 : draws + 1] = alive[1 : draws + 1] * (1.0 - p) + alive[:draws] * p
        alive[0] *= 1.0 - p
        cutoff = cutoffs.get(draws, draws + 1)
        if cutoff <= draws:
            crossed += float(alive[cutoff:].sum())
            alive[cutoff:] = 0.0
    return crossed


def more_than(budget: int, groups: Iterable[tuple[int, float]]) -> float:
    """P(more than `budget` pixels fail) if group g fails as a whole, all its `size` pixels, with its probability."""
    law = np.ones(1)
    for size, chance in groups:
        failed = np.concatenate([np.zeros(size), law * chance])
        law = failed + np.concatenate([law * (1.0 - chance), np.zeros(size)])
    return float(law[budget + 1 :].sum())


def step_up_selects(
    law: NDArray[np.float64], groups: int, size: int, table: NDArray[np.float64], levels: NDArray[np.float64]
) -> float:
    """P(a step-up procedure rejects anything) among independent groups of `size` identical pixels.

    law: float64 (n+1,), of a group's hits. table: the p-value of every number of hits. levels: that of every rank.
    It rejects if, for some number of hits, the pixels with so many or more are c and its p-value is at most level c.
    """
    silent, left = np.zeros(groups + 1), 1.0  # by how many groups have as many hits, or more
    silent[0] = 1.0
    for hits in range(len(law) - 1, -1, -1):
        share = min(1.0, law[hits] / left) if left > 0.0 else 1.0
        grown = np.zeros(groups + 1)
        for above, weight in enumerate(silent):
            grown[above:] += weight * binom.pmf(np.arange(groups - above + 1), groups - above, share)
        left -= law[hits]
        count = np.arange(1, groups + 1)
        grown[1:][table[hits] <= levels[count * size - 1]] = 0.0
        silent = grown
    return 1.0 - float(silent.sum())


def pair_law(draws: int, first: float, second: float, both: float) -> NDArray[np.float64]:
    """The joint law of the hits of two pixels, float64 (draws+1, draws+1).

    first, second, both: the chances that one draw hits the first pixel, the second, and both of them.
    """
    neither = max(0.0, 1.0 - first - second + both)
    law = np.ones((1, 1))
    for done in range(draws):
        grown = np.zeros((done + 2, done + 2))
        grown[:-1, :-1] += neither * law
        grown[1:, :-1] += (first - both) * law
        grown[:-1, 1:] += (second - both) * law
        grown[1:, 1:] += both * law
        law = grown
    return law
