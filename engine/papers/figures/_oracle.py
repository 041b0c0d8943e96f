"""The paper's synthetic setting: an oracle over two classes whose error rate is known for every component.

It is right with probability 1 - gamma on N - k components and 1 - 5 gamma on the other k, independently. The n0
selection draws and the n test draws are independent too, so the hits of a component follow a mixture of two binomial
laws, by whether the selection guessed right, and all that SegCertify and IndivClass see, the histogram of hits over
the components, is multinomial. Drawing it is exact and costs O(n), not O(n N).

Source: Fischer et al. 2021, section 6.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.stats.binomial import lower_bounds, p_value_table
from engine.stats.corrections import corrections

BAD_FACTOR = 5.0
_NEVER = 1e-20  # hits less likely than this are left out of the draws; a run sees fewer than 1e12 components


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """components: N. bad: k of them err with 5 gamma instead of `gamma`. n0, n: draws. tau, alpha: as everywhere."""

    components: int
    bad: int
    gamma: float
    n0: int
    n: int
    alpha: float
    tau: float = 0.75

    def groups(self) -> tuple[tuple[int, float], ...]:
        """How many components are right with which probability."""
        bad = 1.0 - min(1.0, BAD_FACTOR * self.gamma)
        return ((self.components - self.bad, 1.0 - self.gamma), (self.bad, bad))

    def prescribed(self) -> float:
        """The share of components whose leading class exceeds tau: what an optimal procedure would certify."""
        return sum(size for size, p in self.groups() if max(p, 1.0 - p) > self.tau) / self.components


def wrong_guess(p: float, n0: int) -> float:
    """The chance that the class of probability `p` loses the selection; it has the smaller id and wins ties."""
    return float(stats.binom.cdf((n0 + 1) // 2 - 1, n0, p))


def hit_law(p: float, n0: int, n: int) -> NDArray[np.float64]:
    """The law of one component's hits, float64 (n+1,)."""
    wrong, k = wrong_guess(p, n0), np.arange(n + 1)
    law = (1.0 - wrong) * stats.binom.pmf(k, n, p) + wrong * stats.binom.pmf(k, n, 1.0 - p)
    return np.asarray(law / law.sum())


def draw_histograms(oracle: Oracle, repetitions: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """How many components have k hits, int64 (repetitions, n+1)."""
    made = np.zeros((repetitions, oracle.n + 1), dtype=np.int64)
    for size, p in oracle.groups():
        if size:
            law = hit_law(p, oracle.n0, oracle.n)
            possible = np.flatnonzero(law > _NEVER)
            weights = law[possible] / law[possible].sum()
            made[:, possible] += generator.multinomial(size, weights, size=repetitions)
    return made


def seg_certify(histograms: NDArray[np.int64], oracle: Oracle, name: str, budget: int = 0) -> float:
    """The mean share of components that SegCertify certifies with the correction `name`."""
    table, rule = p_value_table(oracle.n, oracle.tau), corrections[name]
    kept = [int(row[rule.cutoff(row, table, oracle.alpha, budget) :].sum()) for row in histograms]
    return float(np.mean(kept)) / oracle.components


def indiv_class(histograms: NDArray[np.int64], oracle: Oracle) -> float:
    """The share of repetitions in which IndivClass certifies; see `engine.certification.baselines.indiv_class`."""
    bounds = lower_bounds(np.arange(oracle.n + 1), oracle.n, oracle.alpha / oracle.components)
    return float((histograms[:, bounds <= 0.5].sum(axis=1) == 0).mean())


def joint_class(oracle: Oracle, repetitions: int, generator: np.random.Generator) -> float:
    """The share of repetitions in which JointClass certifies; see `engine.certification.baselines.joint_class`.

    Whole outputs are drawn by what they are: all right, or wrong at one component only. Those with more errors are
    too rare, each by itself, to lead or to be certified, and are not told apart. The output that is all right has the
    smallest ids and wins ties.
    """
    outputs = _output_law(oracle)
    votes = generator.multinomial(oracle.n0, outputs, size=repetitions)[:, :-1]
    chosen = votes.argmax(axis=1)
    hits = generator.binomial(oracle.n, outputs[chosen])
    bounds = lower_bounds(np.arange(oracle.n + 1), oracle.n, oracle.alpha)
    return float((bounds[hits] > 0.5).mean())


def _output_law(oracle: Oracle) -> NDArray[np.float64]:
    """P(all right), P(wrong at component i only) for every i, P(anything else): float64 (N+2,)."""
    right = np.concatenate([np.full(size, p) for size, p in oracle.groups()])
    everywhere = float(np.prod(right))
    if everywhere > 0.0:
        single = everywhere * (1.0 - right) / right
    else:  # some component is never right
        single = np.array([(1.0 - right[i]) * np.prod(np.delete(right, i)) for i in range(right.size)])
    known = np.concatenate([[everywhere], single])
    return np.concatenate([known, [max(0.0, 1.0 - known.sum())]])
