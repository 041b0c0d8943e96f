"""Runs that end early: stop rules, looks on the way, and that a stopped run is the run of that many draws.

Expected counts: a second run with n set to the number of draws, which is the same random experiment by seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.audits.error_control.coins import coin_model
from engine.certification import Certificate, LiveView, Settings, StopRule, certify, pipeline, verify
from engine.certification.certificates import decide, radius_map
from engine.certification.pipeline import ALL_DRAWN, BY_HAND, STEADY, TARGET_REACHED
from engine.core import Compute, InvalidSetting
from engine.inputs import Image
from engine.models import BaseModel
from engine.stats import modes
from tests.material.pictures import halves, plain_image
from tests.material.totals import totals_of

SETTINGS = Settings(sigma=0.25, tau=0.6, n0=20, n=200, alpha=0.1, seed=7, mode="anytime")
ANYTIME, NOT_ANYTIME = ["anytime", "free"], ["fixed", "explore"]
IMAGE = plain_image(16, 24)


def in_mode(name: str, **changes: object) -> Settings:
    correction = "bonferroni" if modes[name].tau_free else "holm"
    return replace(SETTINGS, mode=name, correction=correction, **changes)


@pytest.fixture(scope="module")
def coins(compute: Compute) -> BaseModel:
    """p = 0.97 on the left and 0.35 on the right."""
    return coin_model(halves(16, 24, 0.97, 0.35), value=0.5, sigma=0.25, block=1, compute=compute)


def at_look(number: int) -> Callable[[], bool]:
    """True from the given question on."""
    asked = 0

    def enough() -> bool:
        nonlocal asked
        asked += 1
        return asked >= number

    return enough


def same_result(one: Certificate, other: Certificate) -> None:
    for name in ("labels", "top", "votes", "hits"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.draws, one.cutoff, one.radius) == (other.draws, other.cutoff, other.radius)


@pytest.mark.parametrize("name", ANYTIME)
def test_stopped_by_hand_it_is_the_run_of_that_many_draws(coins: BaseModel, name: str) -> None:
    stopped = certify(coins, IMAGE, in_mode(name), batch=10, enough=at_look(6))
    assert (stopped.draws, stopped.provenance.stopped) == (60, BY_HAND)
    assert stopped.settings.n == 200  # the settings stay those that were fixed before
    same_result(stopped, certify(coins, IMAGE, in_mode(name, n=60), batch=7))
    assert 0.3 < stopped.certified_fraction < 0.6


@pytest.mark.parametrize("name", NOT_ANYTIME)
def test_where_peeking_voids_the_test_a_run_cannot_be_stopped(coins: BaseModel, name: str) -> None:
    plain = certify(coins, IMAGE, in_mode(name))
    asked = certify(coins, IMAGE, in_mode(name), batch=10, enough=lambda: True, stop=StopRule(target=0.01, patience=1))
    same_result(plain, asked)
    assert (asked.draws, asked.provenance.stopped) == (200, ALL_DRAWN)


def certified_share(coins: BaseModel, draws: int) -> float:
    return certify(coins, IMAGE, in_mode("anytime", n=draws)).certified_fraction


def test_it_stops_at_the_first_look_that_reaches_the_target(coins: BaseModel) -> None:
    stopped = certify(coins, IMAGE, SETTINGS, batch=5, stop=StopRule(target=0.4))
    assert stopped.provenance.stopped == TARGET_REACHED
    assert stopped.certified_fraction >= 0.4
    assert certified_share(coins, stopped.draws - 5) < 0.4


def test_it_stops_once_it_has_been_steady_for_long_enough(coins: BaseModel) -> None:
    # Half of the pixels are certified by and by; afterwards nothing moves for 40 draws.
    stopped = certify(coins, IMAGE, SETTINGS, batch=5, stop=StopRule(patience=40))
    assert stopped.provenance.stopped == STEADY
    assert stopped.draws < 200
    before = certified_share(coins, stopped.draws - 40)
    assert before > 0.45
    assert stopped.certified_fraction < before + 0.001
    assert certified_share(coins, stopped.draws - 45) + 0.001 <= before


def test_nothing_certified_yet_is_not_steady(coins: BaseModel) -> None:
    # At alpha 1e-12 the first certificate takes more than 60 draws; a patience of 10 must wait for it.
    first = next(t for t in range(1, 201) if modes["anytime"].p_values(t, 0.6)[t] * 384 <= 1e-12)
    assert first > 50
    stopped = certify(coins, IMAGE, replace(SETTINGS, alpha=1e-12), batch=5, stop=StopRule(patience=10))
    assert stopped.draws >= first
    assert stopped.certified_count > 0


def test_without_a_rule_all_is_drawn(coins: BaseModel) -> None:
    for rule in (StopRule(), StopRule(target=1.0), StopRule(target=0.9)):
        made = certify(coins, IMAGE, SETTINGS, batch=50, stop=rule)
        assert (made.draws, made.provenance.stopped) == (200, ALL_DRAWN)
    late = certify(coins, IMAGE, SETTINGS, batch=50, enough=at_look(4))  # at the last draw nobody need ask
    assert (late.draws, late.provenance.stopped) == (200, ALL_DRAWN)


@pytest.mark.parametrize(("target", "patience"), [(0.0, 0), (-1.0, 0), (float("nan"), 0), (0.5, -1)])
def test_a_rule_out_of_bounds_is_refused(target: float, patience: int) -> None:
    with pytest.raises(InvalidSetting, match="needs target > 0 and patience >= 0"):
        StopRule(target=target, patience=patience)


def looks(coins: BaseModel, name: str, monkeypatch: pytest.MonkeyPatch) -> list[LiveView]:
    monkeypatch.setattr(pipeline, "_SECONDS_BETWEEN_LOOKS", -1.0)
    seen: list[LiveView] = []
    certify(coins, IMAGE, in_mode(name, n=60), batch=20, live=seen.append)
    return seen


@pytest.mark.parametrize("name", ANYTIME)
def test_a_look_is_a_certificate_where_one_may_look(
    coins: BaseModel, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = looks(coins, name, monkeypatch)
    assert [view.draws for view in seen] == [20, 40, 60]
    for view in seen:
        assert view.is_final
        whole = certify(coins, IMAGE, in_mode(name, n=view.draws))
        np.testing.assert_array_equal(view.at().labels, whole.labels)
        np.testing.assert_array_equal(view.hits, whole.hits)
        np.testing.assert_allclose(view.vote_share(), whole.hits / view.draws, rtol=1e-6)


def test_a_look_in_free_mode_answers_for_every_tau(coins: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    view = looks(coins, "free", monkeypatch)[-1]
    for tau in (0.5, 0.7, 0.8):
        expected = decide(replace(view.settings, tau=tau), view.top, view.hits, 60)
        np.testing.assert_array_equal(view.at(tau).labels, expected.labels)
    np.testing.assert_array_equal(view.radius_map(), radius_map(view.settings, view.hits, 60))


def test_a_look_in_anytime_mode_answers_for_its_tau_only(coins: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    view = looks(coins, "anytime", monkeypatch)[0]
    assert view.at(0.6).cutoff == view.at().cutoff
    with pytest.raises(InvalidSetting, match=r"certifies for tau 0\.6 only"):
        view.at(0.7)
    with pytest.raises(InvalidSetting, match="no bounds"):
        view.radius_map()


@pytest.mark.parametrize("name", NOT_ANYTIME)
def test_a_look_is_only_an_estimate_elsewhere(coins: BaseModel, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for view in looks(coins, name, monkeypatch):
        assert not view.is_final
        assert view.vote_share().max() <= 1
        for question in (view.at, view.radius_map):
            with pytest.raises(InvalidSetting, match="certifies nothing before its last draw"):
                question()


@pytest.mark.parametrize("name", ANYTIME)
def test_verification_repeats_a_stopped_run_with_as_many_draws(
    street: BaseModel, street_image: Image, street_settings: Settings, name: str
) -> None:
    correction = "bonferroni" if name == "free" else "holm"
    settings = replace(street_settings, mode=name, correction=correction)
    stopped = certify(street, street_image, settings, batch=10, enough=at_look(2))
    assert (stopped.draws, stopped.settings.n) == (20, 40)
    loaded = Certificate.load(stopped.to_bytes())
    same_seed = verify(loaded, subject=street_image, resample=True)
    assert same_seed.passed, [check.detail for check in same_seed.checks]
    assert verify(loaded, subject=street_image, resample=True, seed=99).passed
    decision = decide(settings, stopped.top, np.maximum(stopped.hits - 1, 0), 20)
    hits = np.maximum(stopped.hits - 1, 0)
    lowered = replace(stopped, hits=hits, totals=totals_of(hits, 20), labels=decision.labels, cutoff=decision.cutoff)
    outcome = verify(lowered, subject=street_image, resample=True)
    assert [check.name for check in outcome.checks if not check.passed] == ["resample"]
