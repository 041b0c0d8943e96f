"""Frames on sliders: the neutral one is among them, the band lies where the region says, nothing is told that it does
not hold."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image as Pillow

import engine
from app.pictures.change_frames import as_data, frame_of, frames_data, grid, outline_of, region_data, sliders
from engine.inputs.labels import CAMVID
from engine.perturbations import Amounts, families_for

FAMILIES = [name for name, one in families_for("image").items() if isinstance(one.measure, Amounts)]


def settings_of(family: str) -> engine.Settings:
    return engine.Settings(family=family, sigma=0.4, tau=0.75)


@pytest.mark.parametrize("family", FAMILIES)
def test_sliders_reach_as_far_as_asked_and_stand_at_the_neutral_value(family: str) -> None:
    change = settings_of(family).noise.change
    for axis in sliders(change, 2.0):
        one, values = axis.parameter, axis.values
        assert one.neutral in values
        assert list(values) == sorted(set(values))
        place = np.log if one.multiplies else np.asarray
        asked = [place(one.neutral) + 2.0 * (place(end) - place(one.neutral)) for end in (one.low, one.high)]
        np.testing.assert_allclose([place(values[0]), place(values[-1])], asked, atol=1e-12)
        shares = [axis.fraction(value) for value in values]
        np.testing.assert_allclose(shares, np.linspace(0.0, 1.0, len(values)))  # each step looks alike
    assert change.neutral in grid(sliders(change, 2.0))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_band_holds_what_the_region_holds(family: str) -> None:
    region, change = settings_of(family).region, settings_of(family).noise.change
    axes = sliders(change, 2.0)
    data = region_data(region, change, axes, ["told"] * len(axes))
    names = [one.name for one in change.parameters]
    assert data["inside"] == [region.contains(dict(zip(names, point, strict=True))) for point in grid(axes)]
    assert 1 < sum(data["inside"]) < len(data["inside"])
    for which, (axis, (low, high)) in enumerate(zip(axes, data["bands"], strict=True)):
        for value in axis.values:
            alone = dict(zip(names, change.neutral, strict=True)) | {names[which]: value}
            assert region.contains(alone) == (low <= axis.fraction(value) <= high), (names[which], value)


def test_the_outline_of_two_amounts_is_its_edge() -> None:
    settings = settings_of("contrast-brightness")
    region, change = settings.region, settings.noise.change
    outline = outline_of(region, change)
    for contrast, brightness in outline:
        assert region.contains({"contrast": contrast, "brightness": 0.999 * brightness})
        if abs(brightness) > 1e-3:  # the ends of the contrast alone have none
            assert not region.contains({"contrast": contrast, "brightness": 1.01 * brightness})
    np.testing.assert_allclose(np.sum([up for _, up in outline]), 0.0, atol=1e-9)  # both halves
    assert outline_of(settings_of("gamma").region, settings_of("gamma").noise.change) == []


def test_a_frame_counts_flips_and_clipped_values() -> None:
    values = np.full((4, 8, 3), 0.5)
    values[0, :, 0] = 1.25  # 8 of 96 values
    before = np.zeros((4, 8), dtype=np.uint8)
    answer = before.copy()
    answer[1:3, :4] = 3  # 8 of 32 pixels
    frame = frame_of(values, answer, before, CAMVID)
    assert frame.flipped == 0.25
    assert frame.clipped == pytest.approx(8 / 96)
    shown = np.asarray(Pillow.open(io.BytesIO(frame.answer)).convert("RGB"))
    assert np.array_equal(shown, CAMVID.colours()[answer])  # exact colours: the browser compares them
    assert Pillow.open(io.BytesIO(frame.picture)).size == (8, 4)


def test_the_stamp_changes_with_anything_that_is_shown() -> None:
    settings = settings_of("gamma")
    change, axes = settings.noise.change, sliders(settings.noise.change, 1.0)
    blank = np.zeros((4, 8), dtype=np.uint8)
    frames = frames_data(change, axes, [frame_of(np.zeros((4, 8, 3)), blank, blank, CAMVID)] * len(grid(axes)), CAMVID)
    region = region_data(settings.region, change, axes, ["told"])
    plain = as_data(frames, region, None, {"a": "b"})
    assert plain["shown"]["frames"][plain["shown"]["neutral"]] == frames["frames"][0]
    others = [as_data(frames, region, b"png", {"a": "b"}), as_data(frames, region, None, {"a": "c"})]
    assert len({one["stamp"] for one in (plain, *others)}) == 3
    assert all(one["shown"]["hash"] == plain["shown"]["hash"] for one in others)  # and frames are not decoded again
    assert base64.b64decode(others[0]["certified"]) == b"png"
