"""Faults as named objects, and the report's forms."""

from __future__ import annotations

import json
from types import ModuleType

import numpy as np
import pytest

from engine.audits.error_control import AuditReport, faults, measure_fault
from engine.audits.error_control.draws import Draws, draw
from engine.audits.error_control.faults import float_lattice, holm_bounds, repeated_looks, same_noise, seed_plus_i
from engine.audits.error_control.faults.wrong_k_levels import wrong_levels
from engine.audits.error_control.judges import errors
from engine.audits.error_control.models import AT_TAU, INDEPENDENT, Scenario
from engine.audits.error_control.stepwise import STEPWISE, cutoffs
from engine.audits.error_control.table import lines
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import Cancelled, UnknownName


def test_the_faults_of_the_method_page() -> None:
    assert [fault.number for fault in faults.values()] == [1, 2, 3, 5, 6, 8, 14, 16, 17, 18]
    for name, fault in faults.items():
        assert fault.name == name
        assert fault.title
        assert fault.explanation.endswith(".")
        assert fault.judge().alpha == fault.settings.alpha


def test_same_noise_multiplies_every_tenth_draw() -> None:
    settings = Settings(sigma=0.25, tau=0.75, n0=5, n=20, alpha=0.1, seed=1)
    draws = draw(Scenario(dependence=INDEPENDENT, pattern=AT_TAU), settings, 20)
    outcomes = draws.outcomes.copy()
    broken = same_noise.breaks(draws, faults["same-noise"].judge())
    assert broken.dtype == bool
    assert broken.shape == (20,)
    np.testing.assert_array_equal(draws.outcomes, outcomes)  # the sound draws are left alone


def test_wrong_k_levels_reach_twice_alpha() -> None:
    """METHOD, fault 2, N = 4 and k = 2: two true signals, and two nulls that swap the halves of (0, 2 alpha].

    Both nulls are uniform. One of them is always at most alpha and the other at most 2 alpha on that event, which is
    all that the wrong levels 2 alpha / 2 and 2 alpha / 1 of ranks 3 and 4 ask for; the right ones ask for alpha.
    """
    grid, alpha = 1000, 0.1
    uniform = np.arange(1, grid + 1)
    swapped = np.where(uniform <= 100, uniform + 100, np.where(uniform <= 200, uniform - 100, uniform))
    assert sorted(swapped) == list(uniform)
    table = np.arange(grid, -1, -1) / grid  # h hits have the p-value 1 - h / 1000
    hits = np.stack([np.full(grid, grid), np.full(grid, grid), grid - uniform, grid - swapped], axis=1)
    descending = np.sort(hits, axis=1)[:, ::-1]
    rates = []
    for levels in (wrong_levels(4, alpha, 2), STEPWISE["k-step-down"].levels(4, alpha, 2)):
        found = cutoffs(descending, table, levels + 1e-12, step_up=False)
        rates.append(((hits[:, 2:] >= found[:, None]).sum(axis=1) >= 2).mean())
    assert rates == [pytest.approx(2 * alpha), 0.0]


def hand_made(outcomes: np.ndarray, p: list[float], **changes: object) -> Draws:
    """One family of four pixels, of the outcomes (n, 4), heads everywhere."""
    ones = np.ones((1, 4), dtype=bool)
    return Draws(
        scenario=Scenario(dependence=INDEPENDENT, pattern=AT_TAU),
        settings=Settings(sigma=0.25, tau=0.75, n=len(outcomes), alpha=0.1, correction="bonferroni", **changes),
        top=ones.astype(np.uint8),
        outcomes=outcomes[:, None].astype(bool),
        clean=ones,
        p=np.array([p]),
    )


def both(module: ModuleType, draws: Draws) -> tuple[bool, bool]:
    """Whether the claim is broken with the fault, and judged soundly."""
    judge = module.FAULT.judge()
    return bool(module.breaks(draws, judge)[0]), bool(errors([judge], draws)[judge][0])


def test_holm_bounds_are_too_high_where_hits_are_fewest() -> None:
    # Of 17 hits of 20 the lower bounds (SciPy: beta.ppf(a, 17, 4)) are .621 at a = .1 / 4 and .696 at .1.
    outcomes = np.ones((20, 4))
    outcomes[:3, 3] = 0
    assert both(holm_bounds, hand_made(outcomes, [0.99, 0.99, 0.99, 0.66], mode="explore")) == (True, False)
    assert both(holm_bounds, hand_made(outcomes, [0.99, 0.99, 0.99, 0.70], mode="explore")) == (False, False)
    assert both(holm_bounds, hand_made(outcomes, [0.99, 0.99, 0.80, 0.60], mode="explore")) == (True, True)


def test_bounds_at_a_look_that_suits_are_too_high() -> None:
    # Ten hits of ten give .025^(1/10) = .6915; the confidence sequence gives less, and more draws give fewer hits.
    outcomes = np.zeros((20, 4))
    outcomes[:10, 0] = 1
    assert both(repeated_looks, hand_made(outcomes, [0.66] * 4, mode="free")) == (True, False)
    assert both(repeated_looks, hand_made(outcomes, [0.70] * 4, mode="free")) == (False, False)
    outcomes[:15, 0] = 1  # .025^(1/15) = .782 after fifteen draws, where nobody looks
    assert both(repeated_looks, hand_made(outcomes, [0.75] * 4, mode="free")) == (False, False)


def test_a_number_of_draws_chosen_on_the_same_noise_breaks_the_claim() -> None:
    # Ten hits of ten have the p-value .75^10 = .056, thirteen .024 <= .1 / 4; what is chosen is the smaller p-value.
    seen, other = np.zeros((30, 4)), np.zeros((30, 4))
    seen[:20, 0] = 1
    other[:10, 0] = 1
    draws, fresh = hand_made(seen, [0.75] * 4), hand_made(other, [0.75] * 4)
    judge = seed_plus_i.FAULT.judge()
    assert seed_plus_i.breaks(draws, judge).tolist() == [True]
    assert seed_plus_i.chosen_after(fresh, draws, judge).tolist() == [False]  # ten draws are too few
    assert seed_plus_i.chosen_after(draws, fresh, judge).tolist() == [False]


def test_the_last_bits_are_read_well_inside_the_radius() -> None:
    here, there = (picture.pixels.astype(np.float64) for picture in float_lattice.pictures())
    settings = float_lattice.FAULT.settings
    assert 0.0 < np.abs(there - here).sum() < settings.radius / 100_000
    assert float_lattice.flipped(float_lattice.Float32Sampler, settings)
    assert not float_lattice.flipped(Sampler, settings)


def test_engine_noise_passes_where_the_faults_of_noise_are_seen() -> None:
    for name in ("seed-plus-i", "float-lattice"):
        row = measure_fault(name, repetitions=100 if name == "float-lattice" else 500)
        assert row.rate > 0.15
        assert row.sound_rate < 0.1


def test_a_clean_draw_is_a_hit() -> None:
    settings = Settings(sigma=0.25, tau=0.75, n0=21, n=20, alpha=0.1, seed=1)
    draws = draw(Scenario(dependence=INDEPENDENT, pattern=AT_TAU), settings, 20)
    np.testing.assert_array_equal(draws.clean, draws.top == 1)  # with p > 1/2 heads are right without noise


def test_measuring_a_fault_repeats_and_can_be_cancelled() -> None:
    seen: list[tuple[int, int]] = []
    first = measure_fault("clean-draw", repetitions=40, seed=3, progress=lambda *at: seen.append(at))
    assert first == measure_fault("clean-draw", repetitions=40, seed=3)
    assert first != measure_fault("clean-draw", repetitions=40, seed=4)
    assert seen[-1] == (111, 111)
    with pytest.raises(Cancelled):
        measure_fault("clean-draw", repetitions=40, cancelled=lambda: True)
    with pytest.raises(UnknownName, match="clean-draw"):
        measure_fault("dirty-draw")


def test_a_report_without_a_detected_fault_fails() -> None:
    row = measure_fault("clean-draw", repetitions=20)
    report = AuditReport(rows=(), faults=(row,), quick=True, seed=0, seconds=1.0)
    assert not row.detected  # twenty families show nothing
    assert not report.passed
    assert json.loads(json.dumps(report.as_dict()))["passed"] is False
    text = list(lines(report))
    assert any("MISSED" in line for line in text)
    assert text[-1].startswith("FAILED: 0 of 0 claims hold, 0 of 1 faults detected")
