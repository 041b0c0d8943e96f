"""With probability at least 1 - alpha no lower bound of any pixel exceeds its p: on coins of known probability.

Gaussian noise of one deviation as the law, so that coins of known probability serve; refuted by exact binomial tests of
level 1e-4, with fixed seeds. Faults that each check must catch are built in.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

from engine.audits.error_control.coins import coin_model
from engine.core import Compute
from engine.frequency import ChangeLaw, HowOften, how_often
from engine.stats.binomial import lower_bounds
from tests.material.known_p import DEPENDENCE, refuted, tiles
from tests.material.pictures import plain_image

ALPHA, DRAWS, GRID, SIDE = 0.1, 60, 16, 8  # 16 x 32 = 512 families of 64 pixels
P = 0.8
LAW = ChangeLaw.parse("noise=0.1")


def families(p: np.ndarray, block: int, compute: Compute) -> tuple[list[HowOften], np.ndarray]:
    """Results of 512 families of 8x8 pixels, as if each were a picture of its own, and the true p of their pixels."""
    probabilities = np.tile(p, (GRID, 2 * GRID))
    model = coin_model(probabilities, value=0.5, sigma=0.1, block=block, compute=compute)
    made = how_often(model, plain_image(*probabilities.shape), LAW, draws=DRAWS, alpha=ALPHA, seed=11)
    assert (made.answers == 1).all()
    parts = zip(tiles(made.hits, SIDE, SIDE), tiles(made.answers, SIDE, SIDE), strict=True)
    return [replace(made, hits=hits, answers=answers) for hits, answers in parts], p.ravel()


def failures(results: list[HowOften], p: np.ndarray) -> int:
    return sum(bool((each.bounds() > p).any()) for each in results)


def pattern(kind: str) -> np.ndarray:
    made = np.full((SIDE, SIDE), P)
    if kind == "mixed":
        made[:4], made[4:, :4] = 0.99, 0.7
    return made


@pytest.mark.parametrize(
    ("kind", "dependence"),
    [(kind, name) for kind in ("one p", "mixed") for name in DEPENDENCE if (kind, name) != ("mixed", "one coin")],
)  # one coin has one probability
def test_all_bounds_hold_at_once(kind: str, dependence: str, compute: Compute) -> None:
    results, p = families(pattern(kind), DEPENDENCE[dependence], compute)
    assert not refuted(failures(results, p), len(results), ALPHA)


def test_they_fail_as_often_as_theory_says(compute: Compute) -> None:
    # A pixel's bound exceeds 0.8 from c hits on; of 64 independent ones, any: 1 - (1 - P(Bin(60, 0.8) >= c))^64.
    results, p = families(pattern("one p"), 1, compute)
    cutoff = int(np.argmax(lower_bounds(np.arange(DRAWS + 1), DRAWS, ALPHA / 64) > P))
    expected = 1 - binom.cdf(cutoff - 1, DRAWS, P) ** 64
    assert expected > ALPHA / 4  # there is something to measure
    found = failures(results, p) / len(results)
    assert abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / len(results))


def test_bounds_without_the_division_by_the_number_of_pixels_are_caught(compute: Compute) -> None:
    results, p = families(pattern("one p"), 1, compute)
    assert refuted(failures([replace(each, alpha=64 * ALPHA / 8) for each in results], p), len(results), ALPHA)


@cache
def wrong_from(draws: int, faulty: bool) -> int:
    """How many hits of so many draws give one of 256 pixels a bound above P."""
    every = HowOften(
        law=LAW, answers=np.zeros(256, np.uint8), hits=np.minimum(np.arange(256), draws).astype(np.int32), draws=draws,
        alpha=ALPHA, seed=0, anytime=not faulty,
    )  # fmt: skip
    wrong = every.bounds() > P
    return int(np.argmax(wrong)) if wrong.any() else draws + 1


def stopped(seed: int, compute: Compute, *, faulty: bool) -> bool:
    """Whether an adversary who knows p and looks after every draw ends a run at a bound that is wrong."""
    model = coin_model(np.full((16, 16), P), value=0.5, sigma=0.1, block=1, compute=compute)

    def wrong(made: HowOften) -> bool:
        return bool(made.hits.max() >= wrong_from(made.draws, faulty))

    made = how_often(
        model, plain_image(16, 16), LAW, draws=80, alpha=ALPHA, seed=seed, anytime=True, batch=1, stop=wrong
    )  # fmt: skip
    told = bool((replace(made, anytime=not faulty).bounds() > P).any())
    assert told == wrong(made)
    assert told or made.draws == 80
    return told


@pytest.mark.parametrize("faulty", [False, True], ids=["anytime", "Clopper-Pearson, the fault"])
def test_an_adversary_may_stop_an_anytime_run(faulty: bool, compute: Compute) -> None:
    runs = 120
    assert refuted(sum(stopped(seed, compute, faulty=faulty) for seed in range(runs)), runs, ALPHA) == faulty
