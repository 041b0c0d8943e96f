"""Regions: what they hold, at their ends and beyond, and how they are told."""

from __future__ import annotations

import math

import pytest

from engine.changes import Parameter, changes
from engine.core import InvalidSetting
from engine.perturbations._regions import Ball, Ellipse, Region, Span, Turns

GAMMA = changes["gamma"].parameters[0]
BLUR = Parameter(name="blur", title="Blur", neutral=0.0, low=0.0, high=5.0, unit=" px²")
SHIFT = Parameter(name="shift", title="Shift", neutral=0.0, low=-1.0, high=1.0)
OTHER = Parameter(name="l2", title="l2 size", neutral=0.0, low=0.0, high=1.0)

CASES: dict[str, tuple[Region, float, str]] = {  # region, reach, sentence
    "ball": (Ball(norm="l2", radius=0.16862), 0.16862, "change of l2 size up to 0.168"),
    "turns": (Turns(axis=None, angle=0.1704), 0.1704, "rotation about any axis by up to 9.76 degrees"),
    "turn about": (Turns(axis="z", angle=0.1704), 0.1704, "rotation about the z axis by up to 9.76 degrees"),
    "every turn": (Turns(axis=None, angle=math.pi), math.pi, "rotation whatsoever"),
    # The Rayleigh law at p = .75: METHOD, section 12.
    "gamma": (
        Span(parameter=GAMMA, low=0.64421, high=1.41421), math.log(1.41421),
        "gamma between 0.645 and 1.41",
    ),
    "blur": (Span(parameter=BLUR, low=0.0, high=0.69315), 0.69315, "blur up to 0.693 px²"),
    "shift": (Span(parameter=SHIFT, low=-0.2001, high=0.2001), 0.2001, "shift from −0.2 to 0.2"),
    "ellipse": (
        Ellipse(parameters=(SHIFT, OTHER), axes=(0.2, 0.1)), 0.2, "change with (shift / 0.2)² + (l2 size / 0.1)² ≤ 1",
    ),
}  # fmt: skip
every = pytest.mark.parametrize(("region", "reach", "sentence"), CASES.values(), ids=CASES)


@every
def test_how_far_it_reaches_and_how_it_is_told(region: Region, reach: float, sentence: str) -> None:
    assert region.reach == pytest.approx(reach)
    assert region.sentence == sentence


@every
def test_it_holds_the_neutral_change_and_ends_at_its_bounds(region: Region, reach: float, sentence: str) -> None:
    _ = reach, sentence
    assert region.contains({})
    for name, (low, high) in region.bounds.items():
        assert region.contains({name: low})
        assert region.contains({name: high})
        assert region.covers({name: (low, high)})
        beyond = high * 1.0001
        assert not region.contains({name: beyond})
        assert not region.covers({name: (low, beyond)})
        for odd in (math.nan, math.inf, -math.inf):
            assert not region.contains({name: odd})


@every
def test_an_amount_that_it_does_not_have(region: Region, reach: float, sentence: str) -> None:
    _ = reach, sentence
    with pytest.raises(InvalidSetting, match=r"told by .*, not by 'fog'"):
        region.contains({"fog": 0.0})


def test_a_box_is_judged_by_its_corners() -> None:
    ellipse = CASES["ellipse"][0]
    assert ellipse.contains({"shift": 0.2})
    assert ellipse.contains({"l2": 0.1})
    assert not ellipse.contains({"shift": 0.2, "l2": 0.1})
    assert not ellipse.covers({"shift": (-0.19, 0.19), "l2": (0.0, 0.09)})  # on the axes it would pass
    assert ellipse.covers({"shift": (-0.14, 0.14), "l2": (0.0, 0.07)})  # .49 + .49


def test_an_ellipse_of_no_size_holds_nothing_but_the_neutral_change() -> None:
    nothing = Ellipse(parameters=(SHIFT, OTHER), axes=(0.0, 0.0))
    assert nothing.contains({"shift": 0.0})
    assert not nothing.contains({"l2": 1e-300})
