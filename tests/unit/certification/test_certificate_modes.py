"""Certificates of every mode: other thresholds, bounds, radius maps, budgets, and what is refused where.

Expected values: a fresh decision on the same counts, and quantiles and binomial tails of SciPy.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, norm

from engine.certification import Certificate, Selection, Settings, verify
from engine.certification.certificates import decide, issue
from engine.core import Compute, InvalidInput, InvalidSetting, NotCertifiable
from engine.inputs import ABSTAIN
from engine.stats import modes
from tests.material.pictures import coin_certificate
from tests.material.totals import totals_of

SINGLE = {"correction": "bonferroni"}
CHANGES: dict[str, dict[str, Any]] = {
    "fixed": {"mode": "fixed"},
    "anytime": {"mode": "anytime"},
    "explore": {"mode": "explore", **SINGLE},
    "free": {"mode": "free", **SINGLE},
}
TAU_FREE = ["explore", "free"]
SPREAD = np.random.default_rng(12).choice([60, 59, 57, 54, 50, 44, 30, 0], (16, 24)).astype(np.int32)


@pytest.fixture(scope="module")
def made(compute: Compute) -> dict[str, Certificate]:
    """A run in every mode whose counts are then replaced by varied ones, with the decisions that follow."""
    certificates = {}
    for name, change in CHANGES.items():
        run = coin_certificate(compute, n=60, **change)
        decision = decide(run.settings, run.top, SPREAD, 60)
        certificates[name] = replace(
            run, hits=SPREAD, totals=totals_of(SPREAD, 60), labels=decision.labels, cutoff=decision.cutoff,
            radius=decision.radius,
        )  # fmt: skip
    return certificates


def test_every_mode_is_here() -> None:
    assert set(CHANGES) == set(modes)


@pytest.mark.parametrize("name", CHANGES)
def test_it_survives_saving_in_every_mode(made: dict[str, Certificate], name: str) -> None:
    again = Certificate.load(made[name].to_bytes())
    for field in fields(Certificate):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(made[name], field.name))
    assert 0.1 < again.certified_fraction < 0.9
    decisions = {check.name: check.passed for check in verify(again).checks}
    assert decisions["decisions"]
    assert decisions["radius"]


@pytest.mark.parametrize("name", TAU_FREE)
@pytest.mark.parametrize("tau", [0.5, 0.6, 0.7, 0.83, 0.99])
def test_another_tau_gives_what_a_fresh_decision_gives(made: dict[str, Certificate], name: str, tau: float) -> None:
    moved = made[name].at(tau)
    settings = replace(made[name].settings, tau=tau)
    fresh = decide(settings, made[name].top, SPREAD, 60)
    np.testing.assert_array_equal(moved.labels, fresh.labels)
    assert (moved.cutoff, moved.radius, moved.settings, moved.draws) == (fresh.cutoff, fresh.radius, settings, 60)
    assert moved.radius == pytest.approx(0.25 * norm.ppf(tau), abs=1e-15)
    assert not moved.labels.flags.writeable
    np.testing.assert_array_equal(moved.p_values(), modes[name].p_values(60, settings.tau_tested(384))[SPREAD])
    assert Certificate.load(moved.to_bytes()).settings.tau == tau


@pytest.mark.parametrize("name", ["fixed", "anytime"])
def test_where_tau_was_set_before_nothing_else_is_told(made: dict[str, Certificate], name: str) -> None:
    with pytest.raises(InvalidSetting, match="holds only for the tau that was set"):
        made[name].at(0.7)
    for question in (made[name].lower_bounds, made[name].radius_map):
        with pytest.raises(InvalidSetting, match="has no bounds"):
            question()


@pytest.mark.parametrize("name", TAU_FREE)
@pytest.mark.parametrize("tau", [0.4, 1.0, float("nan")])
def test_a_tau_out_of_bounds_is_refused(made: dict[str, Certificate], name: str, tau: float) -> None:
    with pytest.raises(InvalidSetting, match="tau must lie in"):
        made[name].at(tau)


@pytest.mark.parametrize("name", TAU_FREE)
def test_bounds_are_those_of_the_mode_at_the_single_level(made: dict[str, Certificate], name: str) -> None:
    rule = modes[name].bounds
    assert rule is not None
    each = rule(np.arange(61), 60, 0.1 / 384)  # Bonferroni: alpha / N
    each -= made[name].misplaced  # what the drawn noise may be off by
    expected = np.where(each > 0.5, each, 0.0)[SPREAD]
    np.testing.assert_allclose(made[name].lower_bounds(), expected, rtol=1e-12)
    assert expected.shape == (16, 24)


def test_explored_bounds_are_clopper_pearson_at_alpha_over_n(made: dict[str, Certificate]) -> None:
    bounds = made["explore"].lower_bounds()
    for hits in (50, 57, 60):
        exact = beta.ppf(0.1 / 384, hits, 61 - hits) - made["explore"].misplaced
        np.testing.assert_allclose(bounds[hits == SPREAD], exact, rtol=1e-9)
    assert (bounds[SPREAD <= 30] == 0).all()  # 30 of 60 show nothing above one half


@pytest.mark.parametrize("name", TAU_FREE)
def test_the_radius_map_is_what_the_best_tau_of_each_pixel_gives(made: dict[str, Certificate], name: str) -> None:
    bounds, radii = made[name].lower_bounds(), made[name].radius_map()
    assert radii.shape == bounds.shape
    for bound in np.unique(bounds[bounds > 0]):
        here = bounds == bound
        below, above = made[name].at(float(bound) - 1e-7), made[name].at(min(float(bound) + 1e-7, 0.9999999))
        assert below.certified[here].all()
        assert not above.certified[here].any()
        np.testing.assert_allclose(radii[here], below.radius, atol=1e-6)
        np.testing.assert_allclose(radii[here], 0.25 * norm.ppf(bound), rtol=1e-12)
    assert (radii[bounds == 0] == 0).all()
    assert len(np.unique(bounds)) >= 5


@pytest.mark.parametrize("name", TAU_FREE)
@pytest.mark.parametrize("correction", ["bonferroni", "sidak", "k-single-step"])
def test_bounds_and_decisions_agree_for_every_single_step_correction(
    made: dict[str, Certificate], name: str, correction: str
) -> None:
    budget = 5 if correction == "k-single-step" else 0
    settings = replace(made[name].settings, correction=correction, budget=budget)
    moved = replace(made[name], settings=settings)
    for tau in np.linspace(0.5, 0.95, 60):
        np.testing.assert_array_equal(moved.at(float(tau)).certified, moved.lower_bounds() > tau)
    if correction != "bonferroni":
        assert (moved.lower_bounds() >= made[name].lower_bounds()).all()
        assert (moved.lower_bounds() > made[name].lower_bounds()).any()


@pytest.mark.parametrize("name", CHANGES)
def test_abstention_too_is_excluded_at_a_smaller_radius(made: dict[str, Certificate], name: str) -> None:
    # METHOD section 1: sigma (ppf(tau) - ppf(floor)).
    assert made[name].non_abstention_radius(0.5) == pytest.approx(made[name].radius, rel=1e-12)
    expected = 0.25 * (norm.ppf(0.6) - norm.ppf(0.55))
    assert made[name].non_abstention_radius(0.55) == pytest.approx(expected, rel=1e-12)
    for floor in (0.4, 0.61, 1.0, float("nan")):
        with pytest.raises(NotCertifiable):
            made[name].non_abstention_radius(floor)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("draws", [-1, 0, 59, 61, 100])
def test_draws_out_of_range_are_refused(made: dict[str, Certificate], name: str, draws: int) -> None:
    low = np.minimum(SPREAD, max(draws, 0))
    if modes[name].anytime and draws == 59:
        stopped = replace(made[name], draws=59, hits=low, totals=totals_of(low, 59))  # it may have been stopped there
        assert stopped.draws == 59
        with pytest.raises(InvalidInput, match=r"hits must lie in \[0, 59\]"):
            replace(stopped, hits=SPREAD)
        with pytest.raises(InvalidInput, match=r"its array totals has shape \(60,\), expected \(59,\)"):
            replace(stopped, totals=made[name].totals)
        return
    with pytest.raises(InvalidInput, match="its number of draws must lie in"):
        replace(made[name], draws=draws, hits=low)


def test_a_stopped_certificate_is_decided_by_its_draws(made: dict[str, Certificate]) -> None:
    few = np.minimum(SPREAD, 40)
    decision = decide(made["anytime"].settings, made["anytime"].top, few, 40)
    stopped = replace(
        made["anytime"], draws=40, hits=few, totals=totals_of(few, 40), labels=decision.labels, cutoff=decision.cutoff
    )
    tested = stopped.settings.tau_tested(384)
    np.testing.assert_array_equal(stopped.p_values(), modes["anytime"].p_values(40, tested)[few])
    assert stopped.cutoff == decide(replace(stopped.settings, n=40), stopped.top, few, 40).cutoff
    assert stopped.p_values()[stopped.certified].max() <= 0.1
    assert Certificate.load(stopped.to_bytes()).draws == 40


@pytest.mark.parametrize(
    ("budget", "components", "tolerated"),
    [(0, 384, 0), (7, 384, 7), (7.0, 384, 7), (0.25, 384, 96), (0.01, 384, 3), (0.001, 384, 0), (500, 384, 500)],
)
def test_a_budget_is_a_number_or_a_share_rounded_down(budget: float, components: int, tolerated: int) -> None:
    # 1 % of 384 is 3.84, a tenth of a percent 0.384.
    assert Settings(correction="k-step-down", budget=budget).tolerated(components) == tolerated


def test_a_share_decides_as_the_number_that_it_is(made: dict[str, Certificate]) -> None:
    base = replace(made["fixed"].settings, correction="k-step-down")
    share, number = (decide(replace(base, budget=b), made["fixed"].top, SPREAD, 60) for b in (0.25, 96))
    assert share.cutoff == number.cutoff < made["fixed"].cutoff
    np.testing.assert_array_equal(share.labels, number.labels)
    tolerant = issue_like(made["fixed"], replace(base, budget=0.25))
    assert tolerant.tolerated == 96
    assert made["fixed"].tolerated == 0
    assert Certificate.load(tolerant.to_bytes()).settings.budget == 0.25


def issue_like(certificate: Certificate, settings: Settings) -> Certificate:
    """The same counts under other settings."""
    decision = decide(settings, certificate.top, certificate.hits, certificate.draws)
    selection = Selection(votes=certificate.votes, top=certificate.top)
    return issue(settings, certificate.provenance, selection, certificate.hits, certificate.totals, decision)


def test_issued_arrays_are_read_only(made: dict[str, Certificate]) -> None:
    certificate = issue_like(made["free"], made["free"].settings)
    assert not any(getattr(certificate, name).flags.writeable for name in ("labels", "top", "votes", "hits"))
    assert set(np.unique(certificate.labels)) <= {ABSTAIN, 0, 1}
