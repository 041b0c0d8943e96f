"""The method on coins instead of images: small calculations that explain a certificate. NumPy and SciPy only.

They use the same tables and corrections as real certificates, so what is shown here is what is done there.
"""

from __future__ import annotations

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
    """n independent draws that hit with probability p, bool (n,)."""
    if not 0.0 <= p <= 1.0 or n < 1:
        raise InvalidSetting(f"need p in [0, 1] and n >= 1, got {p!r:.40}, {n!r:.40}")
    return np.random.default_rng(seed).random(n) < p


def coin_test(hits: int, n: int, *, tau: float, alpha: float, p: float) -> CoinTest:
    """Test one pixel; `p`, its true probability, is used for the power only."""
    table = p_value_table(n, tau)
    cutoff = single_step(table, alpha)
    type_one, power = (float(stats.binom.sf(cutoff - 1, n, q)) for q in (tau, p))
    return CoinTest(n=n, hits=hits, p_value=float(table[hits]), cutoff=cutoff, type_one=type_one, power=power)


def power_curve(cutoff: int, n: int, p: Floats) -> Floats:
    """P(at least `cutoff` hits in n draws) for every p."""
    return np.asarray(stats.binom.sf(cutoff - 1, n, p))


def hit_distribution(n: int, p: float) -> Floats:
    """P(Bin(n, p) = k) for k = 0..n, float64 (n+1,)."""
    return np.asarray(stats.binom.pmf(np.arange(n + 1), n, p))


def pixel_probabilities(components: int, at_tau: float, tau: float) -> Floats:
    """True probabilities of a made-up picture, float64 (components,), falling.

    The share `at_tau` of the pixels has p = tau exactly, where a certificate is false and hardest to refuse; the others
    lie evenly in the upper 70 % between tau and 1.
    """
    nulls = round(at_tau * components)
    good = np.linspace(1.0 - 0.002 * (1.0 - tau), tau + 0.3 * (1.0 - tau), components - nulls)
    return np.concatenate([good, np.full(nulls, tau)])


def draw_hits(p: Floats, n: int, repetitions: int, seed: int) -> NDArray[np.int64]:
    """Independent numbers of hits of n, int64 (repetitions, components)."""
    return np.random.default_rng(seed).binomial(n, p, size=(repetitions, len(p))).astype(np.int64)


def cutoff_of(name: str, hits: NDArray[np.int64], n: int, *, tau: float, alpha: float, budget: int = 0) -> int:
    """The fewest hits that the named correction accepts for these components; the name "none" tests each at alpha."""
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
    """Apply each procedure to every repetition of `hits` (repetitions, components) and count what it gets wrong."""
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
    """A p-value of "the rate of errors is at most alpha" that stays valid however often it is looked at."""
    return float(anytime_p_value_table(trials, alpha)[errors])


def lp_radius(radius: float, p: float, dimension: int) -> float:
    """The l_p radius that an l2 radius implies in `dimension` dimensions.

    |d|_2 <= d^(1/2 - 1/p) |d|_p for p >= 2, with equality where all entries are equally large; |d|_2 <= |d|_p for
    1 <= p <= 2, with equality for one entry alone. Raises InvalidSetting for p < 1 or dimension < 1.
    Source: METHOD section 4.
    """
    if not p >= 1.0 or dimension < 1:
        raise InvalidSetting(f"need p >= 1 and dimension >= 1, got {p!r:.40} and {dimension!r:.40}")
    return radius if p <= 2.0 else radius / dimension ** (0.5 - 1.0 / p)


def spread(radius: float, pixels: NDArray[np.int64], channels: int = 3) -> Floats:
    """The equal change of every channel of so many pixels that has l2 size `radius`, in intensities."""
    return np.asarray(radius / np.sqrt(channels * np.asarray(pixels, dtype=np.float64)))
