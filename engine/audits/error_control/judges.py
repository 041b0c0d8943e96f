"""A claim, as one procedure in one mode makes it, and in which families it is broken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import TOLERANCE, Draws
from engine.audits.error_control.stepwise import STEPWISE, cutoffs
from engine.certification.settings import Settings
from engine.core.errors import Cancelled
from engine.core.progress import Cancel, never
from engine.stats.corrections import Correction
from engine.stats.corrections.base import Control, tolerated
from engine.stats.modes import Mode

_AFTER_EVERY_DRAW = "a look after every draw"


class Look:
    """The hits of all families, uint8 (families, pixels), after `draws` draws."""

    def __init__(self, draws: int, hits: NDArray[np.uint8]) -> None:
        self.draws, self.hits = draws, hits

    @cached_property
    def descending(self) -> NDArray[np.uint8]:
        """Each family's hits, most first."""
        return np.sort(self.hits, axis=1)[:, ::-1]


class Truth:
    """The true probability of every pixel's class under test, float64 (families, pixels), and its few values."""

    def __init__(self, p: NDArray[np.float64]) -> None:
        self.p = p
        self.values, place = np.unique(p, return_inverse=True)
        self.place = place.reshape(p.shape).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """One mode with one procedure and one error budget, as `Settings` have it."""

    mode: Mode
    entry: Correction
    alpha: float
    tau: float
    budget: float = 0.0

    @property
    def claim(self) -> str:
        if self.entry.control is Control.K_FWER:
            share = f"{self.budget:.0%} of the pixels" if 0.0 < self.budget < 1.0 else f"{self.budget:g}"
            return f"k-FWER b={share}"
        return self.entry.control.name

    @property
    def peeks(self) -> bool:
        """Whether it is looked at after every draw."""
        return self.mode.anytime

    @property
    def note(self) -> str:
        parts = [_AFTER_EVERY_DRAW] if self.peeks else []
        parts += ["every τ at once"] if self.mode.tau_free else []
        parts += ["assumes positive dependence, true here"] if self.entry.assumes else []
        return "; ".join(parts)

    def settings(self, base: Settings) -> Settings:
        """`base` with this judge's mode, procedure and budget."""
        return replace(base, mode=self.mode.name, correction=self.entry.name, budget=self.budget)

    def tolerated(self, pixels: int) -> int:
        """The error budget in pixels, rounded down."""
        return tolerated(self.budget, pixels)

    def thresholds(self, look: Look, truth: Truth) -> NDArray[np.int64]:
        """The hits from which a pixel counts as certified, (families or 1, pixels or 1); beyond `draws` for never.

        In modes that leave tau free: from which its lower bound exceeds its true probability, (families, pixels);
        that is a false certificate for some tau.
        """
        pixels, budget = look.hits.shape[1], self.tolerated(look.hits.shape[1])
        if self.mode.tau_free:
            return self._bounds_above(look.draws, pixels, truth)
        table = self._table(look.draws, pixels)
        if self.entry.level is not None:
            histogram = np.bincount(look.hits[0], minlength=look.draws + 1)
            return np.array([[self.entry.cutoff(histogram, table, self.alpha, budget)]])
        rule = STEPWISE.get(self.entry.name)
        if rule is not None and self.mode.anytime:  # a look after every draw: too many for one family at a time
            levels = rule.levels(pixels, self.alpha, budget + 1)
            return cutoffs(look.descending, table, levels, step_up=rule.step_up)[:, None]
        found = [
            self.entry.cutoff(np.bincount(hits, minlength=look.draws + 1), table, self.alpha, budget)
            for hits in look.hits
        ]
        return np.array(found, dtype=np.int64)[:, None]

    def _table(self, draws: int, pixels: int) -> NDArray[np.float64]:
        """The p-value, or in modes that leave tau free the lower bound, of every number of hits."""
        if self.mode.tau_free and self.entry.level is not None:
            level = self.entry.level(pixels, self.alpha, self.tolerated(pixels))
            return _bound_table(self.mode, draws, level)
        return _p_value_table(self.mode, draws, self.tau)

    def _bounds_above(self, draws: int, pixels: int, truth: Truth) -> NDArray[np.int64]:
        above = np.maximum(truth.values, 0.5) + TOLERANCE  # a bound of 1/2 or less is not shown
        return np.searchsorted(self._table(draws, pixels), above, side="right")[truth.place]


@lru_cache(maxsize=2048)
def _p_value_table(mode: Mode, draws: int, tau: float) -> NDArray[np.float64]:
    return mode.p_values(draws, tau)


@lru_cache(maxsize=2048)
def _bound_table(mode: Mode, draws: int, level: float) -> NDArray[np.float64]:
    assert mode.bounds is not None
    return mode.bounds(np.arange(draws + 1), draws, level)


def broken(
    judge: Judge, look: Look, truth: Truth, dice: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which families the claim is broken at this look, and in which anything false is certified, bool (families,).

    FWER: one certified pixel whose p is at most tau. k-FWER: more than the budget. FDR: a pixel drawn at random from
    the selected ones is false; its probability is the mean share of false ones, which is what is controlled, and it
    can be counted. `dice`: uniform float64 (families,), one throw for that a family.
    """
    certified = look.hits >= judge.thresholds(look, truth)
    false = certified if judge.mode.tau_free else certified & (truth.p <= judge.tau + TOLERANCE)
    count = np.count_nonzero(false, axis=1)
    if judge.entry.control is Control.FDR:
        return dice * np.maximum(np.count_nonzero(certified, axis=1), 1) < count, count > 0
    return count > judge.tolerated(look.hits.shape[1]), count > 0


def errors(
    judges: Sequence[Judge], draws: Draws, *, seed: int = 0, cancelled: Cancel = never
) -> Mapping[Judge, NDArray[np.bool_]]:
    """In which families each judge's claim is broken, bool (families,), at any of its looks.

    The adversary knows every p. In modes that may be stopped he stops where the claim is broken; for a mean share that
    is the first look at which anything false is certified. Raises Cancelled.
    """
    found = {judge: np.zeros(draws.families, dtype=bool) for judge in judges}
    stopped = {judge: np.zeros(draws.families, dtype=bool) for judge in judges}
    truth, dice = Truth(draws.p), np.random.default_rng(seed).random(draws.families)
    for done, hits in draws.running_hits():
        if cancelled():
            raise Cancelled("cancelled; nothing was measured")
        at_end, look = done == draws.settings.n, Look(done, hits)
        for judge in judges:
            if not (judge.peeks or at_end):
                continue
            now, any_false = broken(judge, look, truth, dice)
            if judge.entry.control is Control.FDR:
                now &= ~stopped[judge]
                stopped[judge] |= any_false
            found[judge] |= now
    return found
