"""The method on coins instead of images: small calculations that explain a certificate. NumPy and SciPy only.

They use the same tables and corrections as real certificates, so what is shown here is what is done there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.core.errors import InvalidSetting
from engine.stats.anytime import anytime_p_value_table
from engine.stats.binomial import interval, p_value_table
from engine.stats.corrections import corrections
from engine.stats.corrections.base import single_step

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinTest:
    """One pixel's test of H: p <= tau at level alpha.

    hits: of the n draws. p_value: P(Bin(n, tau) >= hits). cutoff: the fewest hits that are enough, n + 1 if none are.
    type_one: the exact probability of a false certificate at p = tau, the worst case. power: of a certificate at `p`.
    """

    n: int
    hits: int
    p_value: float
    cutoff: int
    type_one: float
    power: float

    @property
    def certified(self) -> bool:
        """Whether the hits are enough."""
        return self.hits >= self.cutoff


def flips(p: float, n: int, seed: int) -> NDArray[np.bool_]:
    """n independent draws that hit with probability p, bool (n,). Raises InvalidSetting unless 0 <= p <= 1 and n >= 1.

    >>> bool(abs(flips(0.3, 10_000, seed=1).mean() - 0.3) < 0.02)  # within four standard deviations
    True
    """
    if not 0.0 <= p <= 1.0 or n < 1:
        raise InvalidSetting(f"need p in [0, 1] and n >= 1, got {p!r:.40}, {n!r:.40}")
    return np.random.default_rng(seed).random(n) < p


def coin_test(hits: int, n: int, *, tau: float, alpha: float, p: float) -> CoinTest:
    """Test one pixel; `p`, its true probability, is used for the power only. Source: METHOD section 2.

    >>> test = coin_test(10, 10, tau=0.5, alpha=0.01, p=0.9)
    >>> test.cutoff, round(1024 * test.p_value), round(test.power, 4)  # ten of ten: 0.5^10 at tau, 0.9^10 at p
    (10, 1, 0.3487)
    """
    table = p_value_table(n, tau)
    cutoff = single_step(table, alpha)
    type_one, power = (float(stats.binom.sf(cutoff - 1, n, q)) for q in (tau, p))
    return CoinTest(n=n, hits=hits, p_value=float(table[hits]), cutoff=cutoff, type_one=type_one, power=power)


def power_curve(cutoff: int, n: int, p: Floats) -> Floats:
    """P(at least `cutoff` hits in n draws) for every p, float64 like `p`.

    >>> power_curve(2, 2, np.array([0.5, 1.0])).round(9).tolist()  # p^2
    [0.25, 1.0]
    """
    return np.asarray(stats.binom.sf(cutoff - 1, n, p))


def hit_distribution(n: int, p: float) -> Floats:
    """P(Bin(n, p) = k) for k = 0..n, float64 (n+1,).

    >>> hit_distribution(2, 0.5).round(9).tolist()
    [0.25, 0.5, 0.25]
    """
    return np.asarray(stats.binom.pmf(np.arange(n + 1), n, p))


def pixel_probabilities(components: int, at_tau: float, tau: float) -> Floats:
    """True probabilities of a made-up picture, float64 (components,), falling.

    The share `at_tau` of the pixels has p = tau exactly, where a certificate is false and hardest to refuse; the others
    lie evenly in the upper 70 % between tau and 1.

    >>> pixel_probabilities(4, at_tau=0.5, tau=0.75).round(4).tolist()
    [0.9995, 0.825, 0.75, 0.75]
    """
    nulls = round(at_tau * components)
    good = np.linspace(1.0 - 0.002 * (1.0 - tau), tau + 0.3 * (1.0 - tau), components - nulls)
    return np.concatenate([good, np.full(nulls, tau)])


def draw_hits(p: Floats, n: int, repetitions: int, seed: int) -> NDArray[np.int64]:
    """Independent numbers of hits of n, int64 (repetitions, components), from probabilities `p` (components,).

    >>> draw_hits(np.array([0.0, 1.0]), 10, repetitions=2, seed=0).tolist()
    [[0, 10], [0, 10]]
    """
    return np.random.default_rng(seed).binomial(n, p, size=(repetitions, len(p))).astype(np.int64)


def cutoff_of(name: str, hits: NDArray[np.int64], n: int, *, tau: float, alpha: float, budget: int = 0) -> int:
    """The fewest hits that the named correction accepts for these components; the name "none" tests each at alpha.

    hits: int64 (components,). n + 1 where none are enough. Raises UnknownName. Source: METHOD section 3.

    >>> hits = np.array([10, 10, 5, 5])  # ten of ten have the p-value 1/1024, nine 11/1024 = 0.0107
    >>> [cutoff_of(name, hits, 10, tau=0.5, alpha=0.04) for name in ("none", "bonferroni")]
    [9, 10]
    """
    return _cutoff(name, hits, p_value_table(n, tau), alpha, budget)


def _cutoff(name: str, hits: NDArray[np.int64], table: Floats, alpha: float, budget: int) -> int:
    if name == "none":
        return single_step(table, alpha)
    return corrections[name].cutoff(np.bincount(hits, minlength=len(table)), table, alpha, budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRow:
    """One procedure over many simulated pictures of the same pixels.

    certified: mean share of certified pixels. errors: pictures with more than `allowed` false certificates (p <= tau).
    low, high: the exact (Clopper-Pearson) interval of confidence 99 % for the probability of such a picture.
    """

    name: str
    allowed: int
    certified: float
    errors: int
    repetitions: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The measured share of pictures with an error."""
        return self.errors / self.repetitions


def family_errors(
    names: Sequence[str], p: Floats, hits: NDArray[np.int64], n: int, *, tau: float, alpha: float, budget: int
) -> list[FamilyRow]:
    """Apply each procedure to every repetition of `hits` (repetitions, components) and count what it gets wrong.

    p: float64 (components,), the true probabilities. Raises UnknownName. Source: METHOD section 3.

    >>> p = np.full(100, 0.5)  # = tau: every certificate is false
    >>> hits = draw_hits(p, 10, repetitions=200, seed=1)
    >>> none, holm = family_errors(["none", "holm"], p, hits, 10, tau=0.5, alpha=0.05, budget=0)
    >>> none.rate > 0.5, holm.rate <= 0.05  # untested for many, one of a hundred errs with 1 - (1 - 0.0107)^100 = 0.66
    (True, True)
    """
    table, false, rows = p_value_table(n, tau), p <= tau, []
    for name in names:
        cutoffs = [_cutoff(name, drawn, table, alpha, budget) for drawn in hits]
        certified = hits >= np.asarray(cutoffs)[:, None]
        allowed = budget if name != "none" and corrections[name].budgeted else 0
        errors = int(((certified & false).sum(axis=1) > allowed).sum())
        low, high = interval(errors, len(hits), 0.99)
        rows.append(
            FamilyRow(
                name=name, allowed=allowed, certified=float(certified.mean()), errors=errors, repetitions=len(hits),
                low=low, high=high,
            )
        )  # fmt: skip
    return rows


def refutation(errors: int, trials: int, alpha: float) -> float:
    """A p-value of "the rate of errors is at most alpha" that stays valid however often it is looked at.

    Source: METHOD section 3, the anytime mode.

    >>> refutation(10, 100, alpha=0.1), refutation(40, 100, alpha=0.1) < 0.001  # as promised; far more than promised
    (1.0, True)
    """
    return float(anytime_p_value_table(trials, alpha)[errors])


def lp_radius(radius: float, p: float, dimension: int) -> float:
    """The l_p radius that an l2 radius implies in `dimension` dimensions.

    |d|_2 <= d^(1/2 - 1/p) |d|_p for p >= 2, with equality where all entries are equally large; |d|_2 <= |d|_p for
    1 <= p <= 2, with equality for one entry alone. Raises InvalidSetting for p < 1 or dimension < 1.
    Source: METHOD section 4.

    >>> lp_radius(1.0, float("inf"), 10_000)  # 0.01 on each of 10,000 values has l2 size 1
    0.01
    """
    if not p >= 1.0 or dimension < 1:
        raise InvalidSetting(f"need p >= 1 and dimension >= 1, got {p!r:.40} and {dimension!r:.40}")
    return radius if p <= 2.0 else radius / dimension ** (0.5 - 1.0 / p)


def spread(radius: float, pixels: NDArray[np.int64], channels: int = 3) -> Floats:
    """The equal change of every channel of so many pixels that has l2 size `radius`, in intensities, float64.

    >>> spread(0.3, np.array([3, 12])).round(9).tolist()  # 3 * 3 values of 0.1: 9 * 0.1^2 = 0.3^2
    [0.1, 0.05]
    """
    return np.asarray(radius / np.sqrt(channels * np.asarray(pixels, dtype=np.float64)))
