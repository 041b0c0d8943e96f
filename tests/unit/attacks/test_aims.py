"""What an attack is after: components away from classes or towards one, in a part of the image."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.attacks import (
    Region,
    aim_at,
)
from engine.certification import base_prediction
from engine.core import InvalidSetting
from engine.inputs import Image
from engine.models import BaseModel


def test_the_aim_is_the_truth_or_the_models_own_answer(street: BaseModel, street_image: Image) -> None:
    own = base_prediction(street, street_image)
    without = aim_at(street, street_image)
    np.testing.assert_array_equal(without.labels, own)
    assert without.mask.all()
    truth = np.where(own == own[0, 0], 255, own).astype(np.uint8)
    given = aim_at(street, street_image, truth=truth, only=np.arange(own.shape[1])[None] < 10)
    assert not given.mask[truth == 255].any()
    assert not given.mask[:, 10:].any()
    towards = aim_at(street, street_image, towards=3)
    assert towards.targeted
    assert not towards.mask[own == 3].any()
    with pytest.raises(InvalidSetting, match="a target must be a class from 0 to 10, got 11"):
        aim_at(street, street_image, towards=11)


@pytest.mark.parametrize(
    ("region", "rows", "columns"),
    [
        ((0, 0, 100, 100), slice(0, 4), slice(0, 10)),
        ((50, 0, 100, 100), slice(0, 4), slice(5, 10)),
        ((0, 25, 20, 75), slice(1, 3), slice(0, 2)),
    ],
)
def test_a_region_is_the_pixels_whose_centres_lie_in_it(region: Region, rows: slice, columns: slice) -> None:
    expected = np.zeros((4, 10), dtype=bool)
    expected[rows, columns] = True
    np.testing.assert_array_equal(engine.attacks.region_mask((4, 10), region), expected)


@pytest.mark.parametrize(
    ("shape", "region", "words"),
    [
        ((4, 10), (50, 0, 50, 100), "each side before the other"),
        ((4, 10), (0, 0, 100, 101), "in percent"),
        ((4, 10), (float("nan"), 0, 100, 100), "in percent"),
        ((4, 10), (0, 0, 4, 100), "holds no pixel"),
        ((40,), (0, 0, 100, 100), "a region is of an image"),
    ],
)
def test_regions_that_cannot_be(shape: tuple[int, ...], region: Region, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        engine.attacks.region_mask(shape, region)
