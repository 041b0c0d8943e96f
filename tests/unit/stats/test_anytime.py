"""The e-process against its own definition, and what it promises, measured.

Expected values: mpmath's quadrature, 30 digits, of the mean that the module's first paragraph defines, over u; it uses
no beta function. Laws (supermartingale, Ville) are stated beside the tests.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from engine.stats.anytime import SHAPE, anytime_lower_bounds, anytime_p_value_table, log_e_values

CASES = [
    (tau, draws, hits)
    for tau in (0.5, 0.6, 0.75, 0.95)
    for draws, several in ((1, (0, 1)), (10, (0, 5, 8, 10)), (100, (40, 75, 80, 97, 100)), (1000, (760, 900, 1000)))
    for hits in several
]


def by_definition(hits: int, draws: int, tau: float) -> mpmath.mpf:
    """log of the mean of (1 + u (1 - tau) / tau)^k (1 - u)^(t - k) over u ~ Beta(1, SHAPE), by quadrature.

    SHAPE (1 - u)^(SHAPE - 1) du is dv for v = (1 - u)^SHAPE. The pieces are narrow around the likelihood's peak, at
    whose value the integrand is scaled to 1.
    """
    with mpmath.workdps(30):
        ratio, power = (1 - mpmath.mpf(tau)) / mpmath.mpf(tau), 1 / mpmath.mpf(SHAPE)

        def log_ratio(v: mpmath.mpf) -> mpmath.mpf:
            misses = power * (draws - hits) * mpmath.log(v) if draws > hits else 0
            return hits * mpmath.log1p((1 - v**power) * ratio) + misses

        best = max(mpmath.mpf(tau), mpmath.mpf(hits) / max(draws, 1))
        peak = ((1 - best) / (1 - mpmath.mpf(tau))) ** (1 / power)
        top = log_ratio(peak)
        width = mpmath.sqrt(max(best * (1 - best), mpmath.mpf(1) / (draws + 1)) / (draws + 1)) / (1 - mpmath.mpf(tau))
        width /= 2 * max(peak, mpmath.mpf(1) / 100)
        around = (peak + j * width for j in range(-40, 41, 2))
        nodes = sorted({mpmath.mpf(0), mpmath.mpf(1), *(v for v in around if 0 < v < 1)})
        return top + mpmath.log(mpmath.quad(lambda v: mpmath.exp(log_ratio(v) - top) if v else 0 * v, nodes))


def log_e(hits: int, draws: int, tau: float) -> float:
    return float(log_e_values(np.array([hits]), draws, tau)[0])


@pytest.mark.parametrize(("tau", "draws", "hits"), CASES)
def test_it_is_the_mean_likelihood_ratio_rounded_down(tau: float, draws: int, hits: int) -> None:
    exact, made = by_definition(hits, draws, tau), log_e(hits, draws, tau)
    assert made <= exact
    assert made == pytest.approx(float(exact), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("draws", [10_000, 100_000])
@pytest.mark.parametrize(("tau", "share"), [(0.5, 1.0), (0.5, 1.02), (0.75, 0.99), (0.75, 1.004), (0.75, 1.3)])
def test_rounding_is_downward_in_the_longest_runs_too(draws: int, tau: float, share: float) -> None:
    hits = round(share * tau * draws)
    exact, made = by_definition(hits, draws, tau), log_e(hits, draws, tau)
    assert made <= exact
    assert made == pytest.approx(float(exact), abs=2e-4)  # and costs little


def test_one_draw_by_hand() -> None:
    # u ~ Beta(1, 1/2) has mean 1 / (1 + 1/2) = 2/3: a hit gives 1 + 2/3 (1 - tau) / tau, a miss 1 - 2/3.
    for tau in (0.5, 0.75):
        assert log_e(1, 1, tau) == pytest.approx(np.log(1 + 2 / 3 * (1 - tau) / tau), abs=1e-7)
        assert log_e(0, 1, tau) == pytest.approx(np.log(1 / 3), abs=1e-7)


def test_it_starts_at_one() -> None:
    assert -1e-6 < log_e(0, 0, 0.75) <= 0.0


@pytest.mark.parametrize("draws", [1, 20, 300])
def test_it_falls_in_tau_and_rises_with_hits(draws: int) -> None:
    taus = np.linspace(0.5, 0.999, 200)
    by_tau = np.array([log_e_values(np.arange(draws + 1), draws, float(tau)) for tau in taus])
    by_tau = np.maximum(by_tau, -5.0)  # far below 1 the tail underflows, and p is 1 anyway
    assert (np.diff(by_tau[:, 1:], axis=0) <= 0).all()
    assert (np.diff(by_tau[:, 1:], axis=0) < 0)[by_tau[1:, 1:] > -5.0].all()  # with no hit it does not depend on tau
    assert (np.diff(by_tau, axis=1) > 0)[by_tau[:, 1:] > -5.0].all()


@given(draws=st.integers(1, 2000), deviations=st.floats(-15, 60), tau=st.floats(0.5, 0.99))
def test_the_mean_over_the_next_draw_at_the_edge_is_the_value_now(draws: int, deviations: float, tau: float) -> None:
    # The martingale identity at p = tau: tau E(k + 1 of t + 1) + (1 - tau) E(k of t + 1) = E(k of t).
    near = draws * tau + deviations * np.sqrt(draws * tau * (1 - tau))
    hits = min(draws, max(0, round(near)))
    now = log_e(hits, draws, tau)
    hit, miss = log_e(hits + 1, draws + 1, tau), log_e(hits, draws + 1, tau)
    after = np.logaddexp(np.log(tau) + hit, np.log1p(-tau) + miss)
    assert after == pytest.approx(now, abs=1e-5)


@pytest.mark.parametrize("tau", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("draws", [1, 7, 100, 3000])
def test_p_values_are_the_inverse_and_never_rise_with_hits(draws: int, tau: float) -> None:
    table = anytime_p_value_table(draws, tau)
    assert table.shape == (draws + 1,)
    assert table.dtype == np.float64
    assert (np.diff(table) <= 0).all()
    assert ((table >= 0) & (table <= 1)).all()
    assert table[0] == 1.0
    logs = log_e_values(np.arange(draws + 1), draws, tau)
    np.testing.assert_allclose(table, np.exp(-np.maximum(logs, 0)), rtol=1e-9)


@pytest.mark.parametrize(("draws", "level"), [(20, 0.1), (100, 1e-3), (100, 1e-8), (1500, 1e-12)])
def test_a_bound_exceeds_tau_exactly_where_tau_is_rejected(draws: int, level: float) -> None:
    hits = np.arange(draws + 1)
    bounds = anytime_lower_bounds(hits, draws, level)
    assert (np.diff(bounds) >= 0).all()
    seen = set()
    for tau in np.linspace(0.5, 0.999, 120):
        table = anytime_p_value_table(draws, float(tau))
        clear = abs(bounds - tau) > 1e-9  # at equality rounding decides
        np.testing.assert_array_equal((bounds > tau)[clear], (table <= level)[clear])
        seen |= set((bounds > tau).tolist())
    assert seen == {False, True}


@pytest.mark.parametrize(("hits", "draws", "level"), [(97, 100, 1e-3), (100, 100, 1e-6), (880, 1000, 1e-9)])
def test_a_bound_is_where_the_e_value_is_one_over_the_level(hits: int, draws: int, level: float) -> None:
    bound = float(anytime_lower_bounds(np.array([hits]), draws, level)[0])
    assert by_definition(hits, draws, bound) >= -mpmath.log(level)  # rounded down: still rejected at the bound itself
    assert by_definition(hits, draws, bound * (1 + 1e-6)) < -mpmath.log(level)
    assert bound < hits / draws


def test_where_one_half_is_not_exceeded_the_bound_is_zero() -> None:
    bounds = anytime_lower_bounds(np.arange(51), 50, 0.01)
    table = anytime_p_value_table(50, 0.5)
    np.testing.assert_array_equal(bounds == 0, table > 0.01)
    assert (bounds[bounds > 0] >= 0.5).all()
    assert 0 < np.count_nonzero(bounds) < 51


@pytest.mark.parametrize("tau", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("level", [0.05, 0.3])
def test_a_true_null_is_hardly_ever_rejected_at_any_of_300_looks(tau: float, level: float) -> None:
    # Ville: P(ever E >= 1/level) <= level at p = tau, by an exact binomial test of level 1e-4 on 20,000 runs. The
    # same look at fixed-n p-values must fail the same test.
    runs, steps = 20_000, 300
    draws = np.random.default_rng(9).random((runs, steps), dtype=np.float32) < tau
    hits = np.cumsum(draws, axis=1, dtype=np.int32)
    ever, peeked = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=bool)
    for step in range(1, steps + 1):
        ever |= anytime_p_value_table(step, tau)[hits[:, step - 1]] <= level
        peeked |= binom.sf(np.arange(-1, step), step, tau)[hits[:, step - 1]] <= level
    assert binom.sf(ever.sum() - 1, runs, level) > 1e-4, f"{ever.mean()} of the runs at level {level}"
    assert ever.mean() > level / 10  # it is not merely deaf
    assert binom.sf(peeked.sum() - 1, runs, level) < 1e-4


def test_bounds_hold_at_all_times_at_once() -> None:
    # The same for the confidence sequence: P(ever L_t > p) <= level for p = 0.8, 4,000 runs.
    runs, steps, p, level = 4000, 60, 0.8, 0.2
    hits = np.cumsum(np.random.default_rng(10).random((runs, steps)) < p, axis=1)
    ever = np.zeros(runs, dtype=bool)
    for step in range(1, steps + 1):
        ever |= anytime_lower_bounds(np.arange(step + 1), step, level)[hits[:, step - 1]] > p
    assert binom.sf(ever.sum() - 1, runs, level) > 1e-4
    assert ever.mean() > level / 10
