"""What every registered mode of testing must do: valid p-values, and bounds that agree with them where it has some."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from engine.stats import Mode, modes

EVERY = list(modes.values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])
free = pytest.mark.parametrize("entry", [e for e in EVERY if e.tau_free], ids=[e.name for e in EVERY if e.tau_free])


def test_what_may_be_chosen_later_in_each_mode() -> None:
    chosen = {entry.name: (entry.anytime, entry.tau_free) for entry in EVERY}
    expected = {"fixed": (False, False), "explore": (False, True), "anytime": (True, False), "free": (True, True)}
    assert expected.items() <= chosen.items()


@every
def test_it_says_what_it_is(entry: Mode) -> None:
    for text in (entry.name, entry.title, entry.summary, entry.promise, entry.source):
        assert text.strip()
    assert entry.name == entry.name.lower()
    assert modes[entry.name] is entry
    assert entry.tau_free == (entry.bounds is not None)


@every
@pytest.mark.parametrize("draws", [1, 2, 30, 500])
@pytest.mark.parametrize("tau", [0.5, 0.75, 0.99])
def test_the_table_has_an_entry_for_every_number_of_hits(entry: Mode, draws: int, tau: float) -> None:
    table = entry.p_values(draws, tau)
    assert table.shape == (draws + 1,)
    assert table.dtype == np.float64
    assert table[0] == 1.0
    assert ((table > 0) & (table <= 1)).all()
    assert (np.diff(table) <= 0).all()


@every
@pytest.mark.parametrize("tau", [0.5, 0.75, 0.95])
def test_p_values_are_valid_at_every_fixed_time(entry: Mode, tau: float) -> None:
    # P(p <= level) <= level for every level that p can take, by exact summation; smaller p only for p above tau.
    for draws in (1, 10, 60, 300):
        table = entry.p_values(draws, tau)
        reach = binom.sf(np.arange(-1, draws), draws, tau)  # chance of k or more hits at the edge of the hypothesis
        assert (reach <= table * (1 + 1e-9)).all()


@every
def test_a_larger_tau_is_never_easier(entry: Mode) -> None:
    tables = np.array([entry.p_values(80, float(tau)) for tau in np.linspace(0.5, 0.99, 60)])
    assert (np.diff(tables, axis=0) >= -1e-12).all()


@every
def test_enough_draws_show_what_is_true(entry: Mode) -> None:
    assert entry.p_values(400, 0.75)[380] < 1e-9
    if entry.bounds is not None:
        bound = entry.bounds(np.array([3800]), 4000, 1e-6)[0]
        assert 0.92 < bound < 0.95


@free
@pytest.mark.parametrize("level", [0.1, 1e-6])
def test_bounds_agree_with_the_p_values_at_every_tau(entry: Mode, level: float) -> None:
    assert entry.bounds is not None
    hits = np.arange(121)
    bounds = entry.bounds(hits, 120, level)
    assert bounds.dtype == np.float64
    assert (np.diff(bounds) >= 0).all()
    assert ((bounds >= 0) & (bounds < 1)).all()
    for tau in np.linspace(0.5, 0.99, 99):
        clear = abs(bounds - tau) > 1e-8
        np.testing.assert_array_equal((bounds > tau)[clear], (entry.p_values(120, float(tau)) <= level)[clear])


@free
def test_bounds_fall_with_the_level_and_keep_the_shape(entry: Mode) -> None:
    assert entry.bounds is not None
    hits = np.array([[90, 95], [99, 100], [0, 97]])
    strict, lax = entry.bounds(hits, 100, 1e-9), entry.bounds(hits, 100, 1e-2)
    assert strict.shape == hits.shape
    assert (strict <= lax).all()
    assert (strict < lax)[1].all()


@pytest.mark.parametrize("entry", [e for e in EVERY if e.anytime], ids=[e.name for e in EVERY if e.anytime])
@pytest.mark.parametrize("tau", [0.5, 0.8])
def test_a_look_after_every_draw_keeps_the_level(entry: Mode, tau: float) -> None:
    # 5,000 runs at p = tau, 200 looks each: exact binomial test of level 1e-4.
    runs, steps, level = 5000, 200, 0.1
    hits = np.cumsum(np.random.default_rng(6).random((runs, steps)) < tau, axis=1)
    ever = np.zeros(runs, dtype=bool)
    for step in range(1, steps + 1):
        ever |= entry.p_values(step, tau)[hits[:, step - 1]] <= level
    assert binom.sf(ever.sum() - 1, runs, level) > 1e-4
