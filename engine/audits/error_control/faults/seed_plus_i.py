"""Fault 16: example i of a dataset is given the seed of the run plus i."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.audits.error_control.draws import BATCH, Draws, draw
from engine.audits.error_control.faults._plain import HOLM, PLAIN
from engine.audits.error_control.faults.base import Fault, in_draws
from engine.audits.error_control.judges import Judge, Look, Truth, broken


def breaks(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Image 0 of the run of this seed has the noise that image 1 of the run of the seed before has shown."""
    return chosen_after(draws, draws, judge)


def with_keyed_seeds(draws: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Both by the engine's own seeds."""
    before = replace(draws.settings, seed=draws.settings.seed - 1).fresh("example", 1)
    return chosen_after(draw(draws.scenario, before, draws.families), draws, judge)


def chosen_after(seen: Draws, fresh: Draws, judge: Judge) -> NDArray[np.bool_]:
    """Families in which `fresh` breaks the claim at that number of draws at which `seen` was most significant.

    Where the two are independent the choice is one that was made before `fresh` was drawn, and alpha holds.
    """
    smallest, failed = np.full(fresh.families, np.inf), np.zeros(fresh.families, dtype=bool)
    truth, dice = Truth(fresh.p), np.zeros(fresh.families)
    for (done, shown), (_, hits) in zip(seen.running_hits(), fresh.running_hits(), strict=True):
        if done % BATCH == 0:
            p_values = judge.mode.p_values(done, judge.tau)[shown].min(axis=1)
            failed = np.where(p_values < smallest, broken(judge, Look(done, hits), truth, dice)[0], failed)
            smallest = np.minimum(smallest, p_values)
    return failed


FAULT = Fault(
    number=16,
    name="seed-plus-i",
    title="Seed + i over a dataset",
    explanation="Image i of the run with seed s is given the seed s + i, so tonight's image 0 has the noise of last "
    "night's image 1. Whoever takes n from last night's counts and the next seed believes the draws to be fresh.",
    model=PLAIN.name,
    settings=replace(HOLM, correction="bonferroni"),
    repetitions=2000,
    shows=in_draws(PLAIN, breaks, sound=with_keyed_seeds),
)
