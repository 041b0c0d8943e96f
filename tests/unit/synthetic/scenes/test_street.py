"""The street renderer: determinism, ground truth and argument checks."""

from __future__ import annotations

import numpy as np
import pytest

from engine.synthetic.scenes import Scene, render_street

CLASSES = 11
SEEDS = 12


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [render_street(seed, 240, 180) for seed in range(SEEDS)]


def test_shapes_and_dtypes() -> None:
    scene = render_street(3)
    assert scene.pixels.shape == (360, 480, 3)
    assert scene.labels.shape == (360, 480)
    assert scene.pixels.dtype == np.uint8
    assert scene.labels.dtype == np.uint8
    assert scene.seed == 3


def test_same_seed_gives_same_bytes() -> None:
    first, second = render_street(11, 200, 150), render_street(11, 200, 150)
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.labels.tobytes() == second.labels.tobytes()


def test_global_generator_is_left_alone() -> None:
    np.random.seed(5)  # noqa: NPY002 - the point of the test is the legacy global state
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    render_street(1, 96, 96)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_distinct_seeds_give_distinct_pictures(scenes: list[Scene]) -> None:
    assert len({scene.pixels.tobytes() for scene in scenes}) == SEEDS
    assert len({scene.labels.tobytes() for scene in scenes}) == SEEDS


def test_labels_are_the_eleven_classes(scenes: list[Scene]) -> None:
    assert max(int(scene.labels.max()) for scene in scenes) < CLASSES


def test_every_class_turns_up_often(scenes: list[Scene]) -> None:
    hits = np.zeros(CLASSES, dtype=int)
    for scene in scenes:
        hits += np.bincount(scene.labels.ravel(), minlength=CLASSES)[:CLASSES] >= 12
    assert (hits >= SEEDS // 4).all(), hits.tolist()


def test_road_and_sky_have_believable_shares(scenes: list[Scene]) -> None:
    road = np.mean([(scene.labels == 3).mean() for scene in scenes])
    sky = np.mean([(scene.labels == 0).mean() for scene in scenes])
    assert 0.15 < road < 0.55
    assert 0.05 < sky < 0.45


def test_sky_lies_above_road(scenes: list[Scene]) -> None:
    for scene in scenes:
        sky, road = np.nonzero(scene.labels == 0)[0], np.nonzero(scene.labels == 3)[0]
        assert road.size
        if sky.size:
            assert np.median(sky) < np.median(road)


def test_labels_follow_the_picture(scenes: list[Scene]) -> None:
    """Colours change more across label borders than inside regions, so the two canvases are aligned."""
    across, inside = [], []
    for scene in scenes:
        gray = scene.pixels.astype(float).mean(axis=2)
        step = np.abs(np.diff(gray, axis=1))
        border = np.diff(scene.labels.astype(int), axis=1) != 0
        across.append(step[border].mean())
        inside.append(step[~border].mean())
    assert np.mean(across) > 2 * np.mean(inside)


def test_pictures_are_neither_black_nor_flat(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert 40 < scene.pixels.mean() < 215
        assert scene.pixels.std() > 15


@pytest.mark.parametrize(("width", "height"), [(64, 64), (65, 97), (200, 64), (64, 200), (321, 243)])
def test_unusual_sizes(width: int, height: int) -> None:
    for seed in range(2):
        scene = render_street(seed, width, height)
        assert scene.pixels.shape == (height, width, 3)
        assert scene.labels.shape == (height, width)
        assert scene.labels.max() < CLASSES


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": True}, "seed"),
        ({"seed": 0, "width": 63}, "width"),
        ({"seed": 0, "width": 2049}, "width"),
        ({"seed": 0, "height": 0}, "height"),
        ({"seed": 0, "height": 4096}, "height"),
        ({"seed": 0, "height": "360"}, "height"),
    ],
)
def test_bad_arguments_raise(arguments: dict, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        render_street(**arguments)


def test_numpy_integers_are_accepted() -> None:
    a, b = render_street(np.int64(4), 80, 64), render_street(4, 80, 64)
    assert np.array_equal(a.pixels, b.pixels)
    assert isinstance(a.seed, int)
