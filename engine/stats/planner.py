"""What a run can reach, known before it is started."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from engine.core.errors import InvalidSetting
from engine.stats.corrections import corrections
from engine.stats.corrections.base import single_step
from engine.stats.modes import modes

_MOST_DRAWS = 1 << 17
_MISSES = 0.1  # of those that tau allows
_OFTEN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one correction reaches if every component has the same probability `p` of its class.

    share: expected share of certified components. smallest_n: as `smallest_useful_n`.
    """

    correction: str
    p: float
    share: float
    smallest_n: int


def smallest_useful_n(
    *,
    tau: float,
    alpha: float,
    components: int,
    mode_name: str = "fixed",
    correction_name: str = "holm",
    budget: int = 0,
) -> int:
    """The fewest draws with which any component at all can be certified among `components`.

    That is: the fewest with which the procedure rejects if all draws agree at every component. For Bonferroni and Holm
    it is the least n with tau^n <= alpha / components. Raises InvalidSetting for tau or alpha outside (0, 1) or
    components < 1, UnknownName, and InvalidSetting where no number of draws is enough. Source: METHOD section 3.

    >>> smallest_useful_n(tau=0.75, alpha=0.001, components=320 * 240)
    64
    >>> 0.75**64 <= 0.001 / (320 * 240) < 0.75**63
    True
    """
    _check(tau, alpha, components)

    def useful(draws: int) -> bool:
        table = modes[mode_name].p_values(draws, tau)
        histogram = np.zeros(draws + 1, dtype=np.int64)
        histogram[draws] = components
        return corrections[correction_name].cutoff(histogram, table, alpha, budget) <= draws

    return _first(useful)


def useful_n(
    *,
    tau: float,
    alpha: float,
    components: int,
    mode_name: str = "fixed",
    correction_name: str = "holm",
    budget: int = 0,
) -> int:
    """Draws worth making: so many that a component which misses its class a tenth as often as tau allows, one with
    p = tau + 0.9 (1 - tau), is certified with probability 0.9 or more, even where no other component is.

    `smallest_useful_n` certifies only components whose draws all agree; this is about twice as many, a multiple of ten.
    Raises as that does.

    >>> useful_n(tau=0.9, alpha=0.001, components=320 * 240)  # smallest_useful_n: 173
    300
    """
    tested = {"tau": tau, "alpha": alpha, "components": components, "mode_name": mode_name, "budget": budget}
    least = smallest_useful_n(**tested, correction_name=correction_name)  # type: ignore[arg-type]
    level = corrections[correction_name].threshold(1, components, alpha, budget)
    p = 1.0 - _MISSES * (1.0 - tau)

    def worth_it(tens: int) -> bool:
        cutoff = single_step(modes[mode_name].p_values(10 * tens, tau), level)
        return 10 * tens >= least and float(stats.binom.sf(cutoff - 1, 10 * tens, p)) >= _OFTEN

    return 10 * _first(worth_it)


def expected_share(
    *,
    p: float,
    draws: int,
    tau: float,
    alpha: float,
    components: int,
    mode_name: str,
    correction_name: str,
    budget: int = 0,
) -> float:
    """The share of components certified if each has probability `p` of its class: the power at a given true p.

    Exact for single-step procedures and for one component. For the others an estimate, as if the hits were spread
    evenly over their law: for thousands of components a drawn histogram differs little from that (the setting of
    Fischer et al. 2021, section 6.1), for a few the estimate is within 0.06 of the mean over independent ones in
    step-down procedures, mostly below it in step-up ones, and never below the share that passes at the level of the
    first rank, where every procedure rejects. Raises InvalidSetting and UnknownName as `smallest_useful_n` does, and
    InvalidSetting for p outside [0, 1].

    >>> how = {"mode_name": "fixed", "correction_name": "sidak"}
    >>> share = expected_share(p=0.9, draws=10, tau=0.5, alpha=0.01, components=1, **how)
    >>> round(share, 4)  # 0.9^10: all must hit, for nine or more have the p-value 11/1024
    0.3487
    """
    _check(tau, alpha, components)
    if not 0.0 <= p <= 1.0:
        raise InvalidSetting(f"p must lie in [0, 1], got {p!r:.40}")
    below = np.rint(components * stats.binom.cdf(np.arange(draws + 1), draws, p)).astype(np.int64)
    table, correction = modes[mode_name].p_values(draws, tau), corrections[correction_name]
    cutoff = min(
        correction.cutoff(np.diff(below, prepend=0), table, alpha, budget),
        single_step(table, correction.threshold(1, components, alpha, budget)),
    )
    return float(stats.binom.sf(cutoff - 1, draws, p))


def forecasts(
    *, p: float, draws: int, tau: float, alpha: float, components: int, mode_name: str, budget: int = 0
) -> Sequence[Forecast]:
    """Every correction that makes certificates in this mode without assumptions, best first, step-down ones at ties.

    Corrections with an error budget are included if `budget` > 0: their promise is weaker. Those that no number of
    draws could make useful are left out. Raises as `expected_share`.

    >>> rows = forecasts(p=0.95, draws=100, tau=0.75, alpha=0.001, components=320 * 240, mode_name="fixed")
    >>> rows[0].correction, rows[0].smallest_n
    ('holm', 64)
    """
    common: dict[str, Any] = {
        "tau": tau, "alpha": alpha, "components": components, "mode_name": mode_name, "budget": budget,
    }  # fmt: skip
    made = []
    for entry in corrections.values():
        if not (
            modes[mode_name].takes(entry) and entry.certifies and not entry.assumes and entry.budgeted == (budget > 0)
        ):
            continue
        share = expected_share(p=p, draws=draws, correction_name=entry.name, **common)
        try:
            smallest = smallest_useful_n(correction_name=entry.name, **common)
        except InvalidSetting:
            continue
        made.append(Forecast(correction=entry.name, p=p, share=share, smallest_n=smallest))
    return sorted(made, key=lambda row: (-round(row.share, 6), corrections[row.correction].level is not None))


def _first(enough: Callable[[int], bool]) -> int:
    """A number that is enough, the one below it is not; the first where all above it are too. Raises InvalidSetting."""
    high = 1
    while not enough(high):
        high *= 2
        if high > _MOST_DRAWS:
            raise InvalidSetting(f"no run of up to {_MOST_DRAWS:,} draws can certify anything with these settings")
    low = high // 2  # not enough, or 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _check(tau: float, alpha: float, components: int) -> None:
    if not 0.0 < tau < 1.0 or not 0.0 < alpha < 1.0 or components < 1:
        raise InvalidSetting(f"need tau and alpha in (0, 1) and components >= 1, got {tau}, {alpha}, {components}")
