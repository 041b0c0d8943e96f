"""Ways to spend one l2 size: each has the size it claims, stays a picture, and is what it is called."""

from __future__ import annotations

import math

import numpy as np
import pytest

import engine
from engine.teaching.same_size import l2, ways

CLEAN = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-102.jpg").pixels.astype(float)
DIRECTION = np.random.default_rng(3).standard_normal(CLEAN.shape) * 1e-3
FOUND = ways(CLEAN, DIRECTION)


@pytest.mark.parametrize("name", list(FOUND))
@pytest.mark.parametrize("size", [0.5, 5.0, 60.0])
def test_the_seen_change_has_the_size(name: str, size: float) -> None:
    way = FOUND[name]
    assert np.array_equal(way.at(0.0), CLEAN)
    strength = way.strength(size)
    assert strength is not None
    changed = way.at(strength)
    assert changed.shape == CLEAN.shape
    assert changed.min() >= 0.0
    assert changed.max() <= 1.0
    assert l2(changed - CLEAN) == pytest.approx(size, rel=1e-6)


def test_each_is_what_it_is_called() -> None:
    assert np.allclose(FOUND["brightness"].at(0.05), np.minimum(CLEAN + 0.05, 1.0))
    assert np.allclose(FOUND["gamma"].at(0.5), CLEAN**1.5)
    assert np.allclose(FOUND["direction"].at(3.0), np.clip(CLEAN + 3.0 * DIRECTION, 0.0, 1.0))
    assert np.array_equal(FOUND["shift"].at(2.0)[:, 2:], CLEAN[:, :-2])
    assert np.allclose(FOUND["shift"].at(0.5)[:, 1:], 0.5 * (CLEAN[:, 1:] + CLEAN[:, :-1]))
    height, width = CLEAN.shape[:2]
    stuck = FOUND["sticker"].at(20.0)
    inside = np.zeros((height, width), dtype=bool)
    inside[height // 2 : height // 2 + 20, width // 4 : width // 4 + 20] = True
    assert np.array_equal(stuck[~inside], CLEAN[~inside])
    assert set(np.unique(stuck[inside])) == {0.0, 1.0}


def test_noise_on_grey_is_normal_and_repeats_with_its_seed() -> None:
    grey = np.full((100, 100, 3), 0.5)
    noise = ways(grey, grey, seed=4)["noise"].at(0.05) - grey
    assert abs(noise.mean()) < 5 * 0.05 / math.sqrt(grey.size)
    assert abs(noise.std() / 0.05 - 1.0) < 5 / math.sqrt(2 * grey.size)
    assert np.array_equal(noise, ways(grey, grey, seed=4)["noise"].at(0.05) - grey)
    assert not np.array_equal(noise, ways(grey, grey, seed=5)["noise"].at(0.05) - grey)


def test_what_cannot_get_so_large_says_so() -> None:
    white = np.ones((16, 16, 3))
    found = ways(white, np.ones_like(white))
    none = {name for name, way in found.items() if way.strength(1.0) is None}
    assert none == {"brightness", "gamma", "shift", "direction"}  # noise darkens half of it, the sticker has black


@pytest.mark.parametrize("size", [0.0, -1.0, math.nan])
def test_sizes_must_be_positive(size: float) -> None:
    with pytest.raises(engine.core.InvalidSetting, match="above 0"):
        FOUND["noise"].strength(size)
