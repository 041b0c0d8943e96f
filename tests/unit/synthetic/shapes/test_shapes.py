"""The shapes that the project builds: valid, closed, with all their parts, and a function of the seed.

What is expected is what `engine.shapes.base.ShapeBuilder` promises; the benchmark's parts are those of its parts.json.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.core.errors import InvalidSetting, UnknownName
from engine.inputs.clouds import Mesh
from engine.synthetic.shapes import build_shape, shape_builders, shape_categories

SEEDS = range(20)
MOST_FACES = 12_000
CATEGORIES = list(shape_categories())
every = pytest.mark.parametrize("category", CATEGORIES)


@cache
def built(category: str) -> tuple[Mesh, ...]:
    """The shapes of the first twenty seeds."""
    return tuple(build_shape(category, seed) for seed in SEEDS)


def corners(shape: Mesh) -> NDArray[np.float64]:
    """(F, 3, 3): the corners of every face."""
    return shape.vertices.astype(np.float64)[shape.faces]


def test_there_are_enough_categories_in_a_stable_order() -> None:
    assert len(CATEGORIES) >= 8
    assert sorted(CATEGORIES) == CATEGORIES


@every
def test_meshes_are_valid(category: str) -> None:
    for shape in built(category):
        assert (shape.vertices.dtype, shape.faces.dtype, shape.face_labels.dtype) == (np.float32, np.int32, np.uint8)
        assert shape.vertices.shape[1:] == shape.faces.shape[1:] == (3,)
        assert shape.face_labels.shape == (len(shape.faces),)
        assert np.isfinite(shape.vertices).all()
        assert shape.faces.min() >= 0
        assert shape.faces.max() < len(shape.vertices)
        assert shape.face_labels.max() < len(shape_categories()[category])
        assert 1000 <= len(shape.faces) <= MOST_FACES
        assert not any(array.flags.writeable for array in (shape.vertices, shape.faces, shape.face_labels))


@every
def test_no_shape_is_flat_and_no_face_degenerate(category: str) -> None:
    for shape in built(category):
        size = np.ptp(shape.vertices, axis=0)
        assert size.min() > 0.05 * size.max()
        first, second, third = np.moveaxis(corners(shape), 1, 0)
        areas = np.linalg.norm(np.cross(second - first, third - first), axis=1) / 2
        assert areas.min() > 1e-10 * size.max() ** 2


@every
def test_surfaces_are_closed_and_face_outwards(category: str) -> None:
    """Closed: every directed edge has one the other way. Outwards: the enclosed volume is positive (Gauss)."""
    for shape in built(category):
        edges = shape.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
        ways = [np.sort(edges[:, a] * len(shape.vertices) + edges[:, b]) for a, b in ((0, 1), (1, 0))]
        np.testing.assert_array_equal(*ways)
        first, second, third = np.moveaxis(corners(shape), 1, 0)
        assert np.einsum("ij,ij->", first, np.cross(second, third)) > 0


@every
def test_parts_are_there(category: str) -> None:
    builder = shape_builders[category]
    assert builder.optional < set(builder.parts)
    needed = {number for number, part in enumerate(builder.parts) if part not in builder.optional}
    seen: set[int] = set()
    for shape in built(category):
        present = set(np.unique(shape.face_labels).tolist())
        assert needed <= present
        seen |= present
    assert seen == set(range(len(builder.parts)))  # what is optional does occur


@every
def test_a_seed_is_a_shape(category: str) -> None:
    first, again = built(category)[3], build_shape(category, 3)
    for name in ("vertices", "faces", "face_labels"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert len({shape.vertices.tobytes() for shape in built(category)}) == len(SEEDS)


def test_building_leaves_the_generator_of_others_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    build_shape("Chair", 0)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("category", ["Chair", "Table", "Lamp", "Human", "Bookshelf", "Cup"])
def test_z_is_up(category: str) -> None:
    """These stand: what is at the bottom is a foot of theirs, and the ground is at or near z = 0."""
    bottom = {"Chair": "leg", "Table": "leg", "Lamp": "base", "Human": "foot", "Bookshelf": "frame", "Cup": "body"}
    parts = shape_categories()[category]
    for shape in built(category):
        height = np.ptp(shape.vertices[:, 2])
        lowest = corners(shape)[:, :, 2].min(axis=1)
        assert parts[shape.face_labels[lowest.argmin()]] == bottom[category]
        if category != "Human":  # may sit in the air
            assert abs(lowest.min()) < 0.06 * height


def test_the_benchmark_has_the_same_parts(shared_data: Path) -> None:
    path = shared_data / "psb" / "parts.json"
    if not path.is_file():
        pytest.skip("no ../shared/data/psb beside the checkout: this test needs the benchmark's parts.json")
    benchmark = json.loads(path.read_text())
    both = set(benchmark) & set(CATEGORIES)
    assert len(both) >= 8
    for category in both:
        assert list(shape_categories()[category]) == benchmark[category]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range(seed: int) -> None:
    with pytest.raises(InvalidSetting, match=rf"seed of a shape must lie in \[0, 4294967295\], got {seed}"):
        build_shape("Chair", seed)


def test_an_unknown_category() -> None:
    with pytest.raises(UnknownName, match=r"unknown shape category 'chair'; known: .*\bChair\b"):
        build_shape("chair", 0)
