"""The exact error probability of a judge on a scenario, from its own cut-offs; None where nobody can compute it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from engine.audits.error_control.draws import TOLERANCE
from engine.audits.error_control.exact import crossing, more_than, pair_law, selected_heads, step_up_selects
from engine.audits.error_control.judges import Judge, Look, Truth, broken
from engine.audits.error_control.models import Scenario
from engine.audits.error_control.stepwise import STEPWISE
from engine.certification.settings import Settings
from engine.stats.corrections import corrections
from engine.stats.corrections.base import Control

_FIRST_STEP = {"holm": "bonferroni", "k-step-down": "k-single-step"}
"""Where every certificate would be false these err exactly when their single-step form does: their first k levels are
its level, and k errors are an error."""


def exact_error(judge: Judge, scenario: Scenario, settings: Settings) -> float | None:
    """P(the claim is broken) in one family, both stages included.

    Known for single-step procedures on independent groups of identical pixels, for adaptive ones there if nothing true
    can be certified, and for every procedure at a single look at two pixels of opposite noise.
    """
    heads = scenario.pattern.build(settings.tau, scenario.dependence.tile).ravel()
    if scenario.dependence.opposite:
        return None if judge.peeks else _pair(judge, heads, settings)
    groups = _groups(scenario, heads)
    if groups is None:
        return None
    if judge.entry.level is None:
        if np.maximum(heads, 1.0 - heads).max() > settings.tau + TOLERANCE:
            return None
        if judge.entry.name not in _FIRST_STEP:
            return None if judge.peeks else _step_up(judge, groups, settings)
        judge = Judge(
            mode=judge.mode,
            entry=corrections[_FIRST_STEP[judge.entry.name]],
            alpha=judge.alpha,
            tau=judge.tau,
            budget=judge.budget,
        )
    budget = judge.tolerated(len(heads))
    if judge.peeks and budget and min(size for size, _ in groups) <= budget:
        return None  # more than the budget at one look is not more than the budget over all looks
    looks = range(1, settings.n + 1) if judge.peeks else (settings.n,)
    return more_than(budget, [(size, false_chance(judge, p, len(heads), settings, looks)) for size, p in groups])


def _step_up(judge: Judge, groups: list[tuple[int, float]], settings: Settings) -> float | None:
    """P(anything is selected) by a step-up judge at the last draw: all of it is false, and so is its share."""
    rule, (size, heads) = STEPWISE.get(judge.entry.name), groups[0]
    if rule is None or not rule.step_up or any(group != groups[0] for group in groups):
        return None
    hits, chosen = np.arange(settings.n + 1), selected_heads(heads, settings.n0)
    law = chosen * binom.pmf(hits, settings.n, heads) + (1.0 - chosen) * binom.pmf(hits, settings.n, 1.0 - heads)
    levels = rule.levels(size * len(groups), judge.alpha, 1)
    return step_up_selects(law, len(groups), size, judge.mode.p_values(settings.n, judge.tau), levels)


def false_chance(judge: Judge, heads: float, pixels: int, settings: Settings, looks: range | tuple[int, ...]) -> float:
    """P(one pixel of `pixels` is ever falsely certified at the looks), by a single-step judge."""
    chosen, chance = selected_heads(heads, settings.n0), 0.0
    for p, weight in ((heads, chosen), (1.0 - heads, 1.0 - chosen)):
        if judge.mode.tau_free or p <= judge.tau + TOLERANCE:
            cutoffs = {look: _cutoff(judge, look, pixels, p) for look in looks}
            chance += weight * crossing(p, cutoffs)
    return chance


def _cutoff(judge: Judge, draws: int, pixels: int, p: float) -> int:
    look = Look(draws, np.zeros((1, pixels), dtype=np.uint8))
    return int(judge.thresholds(look, Truth(np.full((1, pixels), p)))[0, 0])


def _groups(scenario: Scenario, heads: NDArray[np.float64]) -> list[tuple[int, float]] | None:
    """(size, p) of every independent group of identical pixels; None if the pixels are not in such groups."""
    if scenario.dependence.share < 1.0 or scenario.dependence.arcs:
        return None
    members: Mapping[int, NDArray[np.float64]] = {
        int(first): heads[scenario.dependence.groups() == first] for first in np.unique(scenario.dependence.groups())
    }
    if any(np.ptp(values) > 0.0 for values in members.values()):
        return None
    return [(len(values), float(values[0])) for values in members.values()]


def _pair(judge: Judge, heads: NDArray[np.float64], settings: Settings) -> float | None:
    """Two pixels that are heads below p1 and above 1 - p2 of one uniform: all outcomes of their hits, weighed."""
    if judge.entry.control is Control.FDR and np.maximum(heads, 1.0 - heads).max() > settings.tau + TOLERANCE:
        return None  # the share of false ones is all or nothing only where nothing true can be certified
    n, total = settings.n, 0.0
    votes = _pair_of(settings.n0, heads, (True, True))
    won = np.arange(settings.n0 + 1) > settings.n0 // 2
    first, second = (grid.ravel().astype(np.uint8) for grid in np.meshgrid(*[np.arange(n + 1)] * 2, indexing="ij"))
    look = Look(n, np.stack([first, second], axis=1))
    for chosen in ((True, True), (True, False), (False, True), (False, False)):
        weight = votes[np.ix_(won == chosen[0], won == chosen[1])].sum()
        p = np.where(chosen, heads, 1.0 - heads)
        failed, _ = broken(judge, look, Truth(np.tile(p, (len(first), 1))), np.zeros(len(first)))
        total += weight * float(_pair_of(n, heads, chosen).ravel()[failed].sum())
    return total


def _pair_of(draws: int, heads: NDArray[np.float64], chosen: tuple[bool, bool]) -> NDArray[np.float64]:
    """The joint law of the hits of two classes, heads where `chosen`."""
    left, right = float(heads[0]), float(heads[1])
    both = max(0.0, left + right - 1.0)
    if chosen[0] and chosen[1]:
        return pair_law(draws, left, right, both)
    if chosen[0]:
        return pair_law(draws, left, 1.0 - right, left - both)
    if chosen[1]:
        return pair_law(draws, 1.0 - left, right, right - both)
    return pair_law(draws, 1.0 - left, 1.0 - right, 1.0 - left - right + both)
