"""Which families break a claim, counted on draws made by hand: hits are set, the verdicts follow from tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from engine.audits.error_control.draws import Draws, draw, seed_for, tiles
from engine.audits.error_control.judges import Judge, Look, Truth, broken, errors
from engine.audits.error_control.measure import judges_for, measure
from engine.audits.error_control.models import (
    AT_TAU,
    BLOCKS,
    EXCLUSIVE,
    FACTOR,
    INDEPENDENT,
    MIXED,
    ONE_COIN,
    Dependence,
    Scenario,
)
from engine.audits.error_control.stepwise import STEPWISE, cutoffs
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import Cancelled, InvalidSetting
from engine.perturbations import families
from engine.stats import corrections, modes, p_value_table

SETTINGS = Settings(sigma=0.25, tau=0.75, n0=11, n=20, alpha=0.1, seed=5)


def judge(name: str, *, mode_name: str = "fixed", budget: float = 0.0) -> Judge:
    return Judge(mode=modes[mode_name], entry=corrections[name], alpha=0.1, tau=0.75, budget=budget)


def verdict(made: Judge, hits: list[int], p: list[float], dice: float = 0.0) -> bool:
    """Whether one family of 20 draws breaks the claim."""
    look = Look(20, np.array([hits], dtype=np.uint8))
    return bool(broken(made, look, Truth(np.array([p])), np.array([dice]))[0][0])


def hand_made(outcomes: np.ndarray, p: float) -> Draws:
    """One family of the outcomes (n, pixels), all of the same p."""
    shape = (1, outcomes.shape[1])
    return Draws(
        scenario=Scenario(dependence=INDEPENDENT, pattern=AT_TAU),
        settings=Settings(sigma=0.25, tau=0.75, n0=11, n=len(outcomes), alpha=0.1),
        top=np.ones(shape, dtype=np.uint8),
        outcomes=outcomes[:, None].astype(bool),
        clean=np.ones(shape, dtype=bool),
        p=np.full(shape, p),
    )


def test_family_wise_one_false_certificate_is_an_error() -> None:
    # .75^20 = .0032 and P(Bin(20, .75) >= 19) = .0243 <= .1 / 4: pixels with 19 or 20 hits are certified.
    assert verdict(judge("bonferroni"), [20, 10, 10, 10], [0.75] * 4)
    assert verdict(judge("bonferroni"), [19, 10, 10, 10], [0.75] * 4)
    assert not verdict(judge("bonferroni"), [18, 10, 10, 10], [0.75] * 4)
    assert not verdict(judge("bonferroni"), [20, 10, 10, 10], [0.9, 0.75, 0.75, 0.75])  # certified, and true


def test_more_than_the_budget_is_an_error_and_the_budget_is_not() -> None:
    assert not verdict(judge("k-single-step", budget=1.0), [20, 10, 10, 10], [0.75] * 4)
    assert verdict(judge("k-single-step", budget=1.0), [20, 20, 10, 10], [0.75] * 4)
    assert not verdict(judge("k-single-step", budget=1.0), [20, 20, 10, 10], [0.75, 0.9, 0.75, 0.75])
    assert verdict(judge("k-single-step", budget=0.5), [20, 20, 20, 10], [0.75] * 4)  # two of four are tolerated
    assert not verdict(judge("k-single-step", budget=0.5), [20, 20, 10, 10], [0.75] * 4)


def test_a_false_share_is_an_error_as_often_as_it_is_large() -> None:
    # Two selected, one of them false: an error for half of all throws.
    made, p = judge("fdr-bh"), [0.9, 0.75, 0.75, 0.75]
    assert verdict(made, [20, 20, 10, 10], p, dice=0.49)
    assert not verdict(made, [20, 20, 10, 10], p, dice=0.51)
    assert not verdict(made, [10, 10, 10, 10], p, dice=0.0)  # nothing selected: no share, no error


def test_free_tau_an_error_is_a_bound_above_the_truth() -> None:
    # Clopper-Pearson at .1 / 4 for 20 of 20: .025^(1/20) = .8316.
    made = judge("bonferroni", mode_name="explore")
    assert verdict(made, [20, 10, 10, 10], [0.83, 0.9, 0.9, 0.9])
    assert not verdict(made, [20, 10, 10, 10], [0.8317, 0.9, 0.9, 0.9])
    assert not verdict(made, [7, 7, 7, 7], [0.01] * 4)  # a bound below 1/2 is not shown and promises nothing


def test_a_certificate_that_was_shown_once_counts() -> None:
    # Fourteen hits, then misses: certified at some look, long gone at the end.
    outcomes = np.zeros((40, 1))
    outcomes[:14] = 1
    draws = hand_made(outcomes, 0.75)
    anytime, fixed = judge("holm", mode_name="anytime"), judge("holm")
    found = errors([anytime, fixed], draws)
    assert found[anytime].all()
    assert not found[fixed].any()


def test_a_true_certificate_is_never_an_error() -> None:
    draws = hand_made(np.ones((40, 4)), 0.9999)
    judges = judges_for(Scenario(dependence=INDEPENDENT, pattern=AT_TAU), draws.settings)
    assert {made.entry.name for made in judges} == set(corrections)
    assert not any(failed.any() for failed in errors(judges, draws).values())


def test_judges_are_all_combinations_that_settings_allow() -> None:
    judges = judges_for(Scenario(dependence=INDEPENDENT, pattern=AT_TAU), SETTINGS)
    for made in judges:
        assert made.settings(SETTINGS).mode == made.mode.name  # Settings raises for what does not combine
    exclusive = judges_for(Scenario(dependence=EXCLUSIVE, pattern=AT_TAU), SETTINGS)
    assert {made.entry.name for made in judges} - {made.entry.name for made in exclusive} == {"sidak", "fdr-bh"}


@pytest.mark.parametrize("name", STEPWISE)
def test_textbook_levels_agree_with_the_engine(name: str) -> None:
    rng = np.random.default_rng(4)
    hits = rng.binomial(40, rng.beta(9, 1, (400, 12))).astype(np.uint8)
    table = p_value_table(40, 0.75)
    for budget in (0, 2) if corrections[name].budgeted else (0,):
        levels = STEPWISE[name].levels(12, 0.1, budget + 1)
        found = cutoffs(np.sort(hits, axis=1)[:, ::-1], table, levels, step_up=STEPWISE[name].step_up)
        asked = [corrections[name].cutoff(np.bincount(row, minlength=41), table, 0.1, budget) for row in hits]
        certified = hits >= found[:, None]
        np.testing.assert_array_equal(certified, hits >= np.array(asked)[:, None])
        assert 0.05 < certified.mean() < 0.95


@pytest.mark.parametrize("dependence", [INDEPENDENT, BLOCKS, ONE_COIN, FACTOR, EXCLUSIVE], ids=lambda made: made.name)
def test_draws_have_the_probabilities_and_the_dependence_they_say(dependence: Dependence) -> None:
    made = draw(Scenario(dependence=dependence, pattern=AT_TAU), SETTINGS, 300)
    assert made.outcomes.shape == (20, 300, dependence.pixels)
    heads = np.where(made.top == 1, made.outcomes, ~made.outcomes).reshape(-1, dependence.pixels)
    # Means within five standard errors of 6,000 draws that are independent whatever the pixels are.
    assert np.abs(heads.mean(axis=0) - 0.75).max() < 5 * np.sqrt(0.75 * 0.25 / len(heads))
    correlation = np.corrcoef(heads.T)[0, 1]
    # Exclusive: P(both) = .5, so the correlation is (.5 - .5625) / .1875 = -1/3. Factor: that of two Gaussians of
    # correlation .9 cut at their third quartile, about .70.
    expected = {"independent": 0.0, "blocks": 1.0, "one coin": 1.0, "factor": 0.70, "exclusive": -1 / 3}
    assert correlation == pytest.approx(expected[dependence.name], abs=0.07)
    groups = dependence.groups()
    for first in np.unique(groups) if dependence.share == 1.0 and not dependence.opposite else ():
        members = heads[:, groups == first]
        assert (members == members[:, :1]).all()


def test_hits_are_those_the_sampler_counts() -> None:
    scenario = Scenario(dependence=INDEPENDENT, pattern=MIXED)
    made = draw(scenario, SETTINGS, 25)
    from engine.audits.error_control.models import known_model
    from engine.inputs.images import image_from_array

    heads = np.tile(scenario.pattern.build(0.75, (4, 4)), (5, 5))
    sampler = Sampler(
        model=known_model(INDEPENDENT, heads, value=0.5, sigma=0.25),
        subject=image_from_array(np.full((20, 20, 3), 0.5, dtype=np.float32)),
        family=families["l2"],
        sigma=0.25,
        seed=5,
    )
    top = sampler.votes(11).top
    np.testing.assert_array_equal(tiles(sampler.count(top, 20)[0][None], (4, 4))[0], made.hits())
    *_, (done, running) = made.running_hits()
    assert done == 20
    np.testing.assert_array_equal(running, made.hits())


def test_decide_is_asked_and_a_difference_fails_the_row() -> None:
    made = draw(Scenario(dependence=INDEPENDENT, pattern=MIXED), SETTINGS, 50)
    sound = judge("bonferroni")
    assert "decide" not in measure(made, [sound])[0].note
    other = Judge(mode=modes["fixed"], entry=sound.entry, alpha=0.004, tau=0.75)  # not the alpha that decide is given
    row = measure(made, [other])[0]
    assert not row.passed
    assert "decide" in row.note


def test_bad_arguments_and_cancelling() -> None:
    scenario = Scenario(dependence=INDEPENDENT, pattern=AT_TAU)
    with pytest.raises(InvalidSetting, match="n <= 255"):
        draw(scenario, Settings(n=256), 10)
    with pytest.raises(InvalidSetting, match="repetitions"):
        draw(scenario, SETTINGS, 0)
    made = draw(scenario, SETTINGS, 10)
    with pytest.raises(Cancelled):
        errors([judge("holm")], made, cancelled=lambda: True)


def test_every_purpose_has_its_seed() -> None:
    seeds = {seed_for(seed, purpose) for seed in range(50) for purpose in ("a", "b")}
    assert len(seeds) == 100
    assert max(seeds) < 2**53


def test_p_values_used_above() -> None:
    assert p_value_table(20, 0.75)[19] == pytest.approx(binom.sf(18, 20, 0.75))
    assert p_value_table(20, 0.75)[18] > 0.025 > p_value_table(20, 0.75)[19]
