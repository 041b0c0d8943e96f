"""Settings: every bound, both of its ends, and every wrong kind of value; messages name rule, value and allowed set."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from engine.certification import Settings
from engine.core import BOUNDS, Bound, InvalidSetting, UnknownName

WHOLE = ("n0", "n", "seed", "size", "points")


def step(name: str) -> float:
    return 1 if name in WHOLE else 1e-9


@pytest.mark.parametrize(("name", "bound"), BOUNDS.items())
def test_ends_of_every_interval(name: str, bound: Bound) -> None:
    kind = int if name in WHOLE else float
    for end, is_open, outward in ((bound.low, bound.low_open, -1), (bound.high, bound.high_open, 1)):
        inside = kind(end - outward * step(name)) if is_open else kind(end)
        outside = kind(end) if is_open else kind(end + outward * step(name))
        correction = "k-step-down" if name == "budget" else "holm"
        assert getattr(Settings(**{name: inside, "correction": correction}), name) == inside
        with pytest.raises(InvalidSetting) as caught:
            Settings(**{name: outside})
        for part in (name, str(bound), repr(outside)):
            assert part in str(caught.value)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [True, False, "1", "0.6", None, [1], 1j, b"1", np.array([0.6])])
def test_wrong_kinds(name: str, value: object) -> None:
    with pytest.raises(InvalidSetting, match=f"{name} must be"):
        Settings(**{name: value})


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_not_finite(name: str, value: float) -> None:
    with pytest.raises(InvalidSetting, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["huge", "minus huge"])
def test_numbers_beyond_float(name: str, value: int) -> None:
    with pytest.raises(InvalidSetting, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_whole(name: str) -> None:
    with pytest.raises(InvalidSetting, match="whole number"):
        Settings(**{name: 100.0})


@pytest.mark.parametrize("name", ["correction", "family", "mode"])
@pytest.mark.parametrize("value", ["", "Holm", "nope", None, 3])
def test_unknown_names_list_the_known(name: str, value: object) -> None:
    with pytest.raises(UnknownName, match=r"known: .*(holm|l2|anytime)"):
        Settings(**{name: value})


def test_defaults_are_the_papers() -> None:
    # Fischer et al. 2021, section 6: sigma .25, tau .75, n0 10, n 100, alpha .001, Holm.
    made = Settings()
    assert (made.sigma, made.tau, made.n0, made.n, made.alpha, made.correction) == (0.25, 0.75, 10, 100, 0.001, "holm")


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().tau = 0.9  # type: ignore[misc]


def test_round_trip_by_dict() -> None:
    made = Settings(sigma=0.1, tau=0.9, n0=3, n=7, alpha=0.2, correction="bonferroni", seed=5, size=128)
    assert Settings.from_dict(made.as_dict()) == made


@pytest.mark.parametrize("change", [{"extra": 1}, {"tau": None}])
def test_dict_with_other_names(change: dict[str, object]) -> None:
    values = Settings().as_dict() | change
    if change == {"tau": None}:
        del values["tau"]
    with pytest.raises(InvalidSetting, match="settings must be exactly"):
        Settings.from_dict(values)


def test_bound_prints_its_open_ends() -> None:
    assert str(BOUNDS["tau"]) == "[0.5, 1)"
    assert str(BOUNDS["sigma"]) == "[0.001, 10]"


@pytest.mark.parametrize("mode", ["explore", "free"])
@pytest.mark.parametrize("correction", ["holm", "k-step-down", "fdr-by"])
def test_a_mode_that_leaves_tau_free_needs_a_single_step_correction(mode: str, correction: str) -> None:
    with pytest.raises(InvalidSetting, match=r"single-step correction \(.*bonferroni.*\), got"):
        Settings(mode=mode, correction=correction)
    for usable in ("bonferroni", "sidak", "k-single-step"):
        assert Settings(mode=mode, correction=usable).mode == mode


@pytest.mark.parametrize("mode", ["anytime", "free"])
def test_benjamini_hochberg_may_not_be_stopped(mode: str) -> None:
    with pytest.raises(InvalidSetting, match="does not survive a stop"):
        Settings(mode=mode, correction="fdr-bh")
    assert Settings(mode="anytime", correction="fdr-by").correction == "fdr-by"


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "sidak", "fdr-bh", "fdr-by"])
@pytest.mark.parametrize("budget", [1, 0.01])
def test_a_budget_needs_a_correction_that_has_one(correction: str, budget: float) -> None:
    with pytest.raises(InvalidSetting, match="an error budget needs correction k-s"):
        Settings(correction=correction, budget=budget)
    assert Settings(correction="k-step-down", budget=budget).budget == budget


@pytest.mark.parametrize("budget", [1.5, 2.0001])
def test_a_budget_of_one_or_more_is_whole(budget: float) -> None:
    with pytest.raises(InvalidSetting, match="whole number, or a share below 1"):
        Settings(correction="k-single-step", budget=budget)
