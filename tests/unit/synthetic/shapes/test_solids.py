"""The primitives: volumes and places against the formulas of geometry, cuts and flesh against what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import rounded_rectangle, smooth, spaced, superellipse
from engine.synthetic.shapes._cuts import cut
from engine.synthetic.shapes._flesh import Flesh
from engine.synthetic.shapes._solids import Solid, beam, blade, block, ellipsoid, lathe, plate, tube, turn


def volume(solid: Solid) -> float:
    """By Gauss: the sum of the signed tetrahedra under the faces."""
    first, second, third = np.moveaxis(solid.vertices[solid.faces], 1, 0)
    return float(np.einsum("ij,ij->", first, np.cross(second, third)) / 6)


def closed(solid: Solid) -> bool:
    edges = solid.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    here, there = (np.sort(edges[:, a] * len(solid.vertices) + edges[:, b]) for a, b in ((0, 1), (1, 0)))
    return bool((here == there).all())


PI = np.pi
LOOP = np.linspace(0, 2 * PI, 64, endpoint=False)
CIRCLE = np.stack([np.cos(LOOP), np.sin(LOOP), 0 * LOOP], axis=1)


@pytest.mark.parametrize(
    ("solid", "expected"),
    [
        (ellipsoid((1, 2, 3), (0.5, 1, 2), 64, 48), 4 / 3 * PI * 0.5 * 1 * 2),
        (lathe([(0, 0), (1, 0), (1, 2), (0, 2)], 64), 2 * PI),  # a cylinder
        (tube([(0, 0, 0), (3, 0, 0)], 1.0, 64), 3 * PI + 4 / 3 * PI),  # a capsule
        (tube(2 * CIRCLE, 0.5, 64, closed=True), 2 * PI**2 * 2 * 0.25),  # a torus
        (plate(superellipse(2, 2, 2.0, 64), 0.5, 1e-6), 0.5 * PI),
        (plate(rounded_rectangle(2, 3, 1e-6), 0.5, 1e-6), 3.0),
        (beam((0, 0, 0), (0, 3, 4), rounded_rectangle(1, 2, 1e-6), 1e-6), 10.0),
        (block(1, 2, 3, 1e-6), 6.0),
    ],
    ids=["ellipsoid", "cylinder", "capsule", "torus", "disc", "slab", "beam", "block"],
)
def test_volumes(solid: Solid, expected: float) -> None:
    assert closed(solid)
    assert volume(solid) == pytest.approx(expected, rel=0.02)  # inscribed in what is round


def test_a_blade_is_closed_and_points_outwards() -> None:
    wing = blade([(0, 0, 0, 1, 0.1), (-0.2, 2, 0.1, 0.5, 0.05)])
    assert closed(wing)
    assert volume(wing) > 0
    assert closed(wing.mirrored())
    assert volume(wing.mirrored()) == pytest.approx(volume(wing))


def test_a_beam_lies_between_its_ends() -> None:
    bar = beam((1, 1, 1), (1, 1, 5), rounded_rectangle(0.2, 0.4, 0.01), 0.01)
    np.testing.assert_allclose(bar.vertices.min(axis=0), (0.9, 0.8, 1), atol=1e-9)
    np.testing.assert_allclose(np.sort(np.ptp(bar.vertices, axis=0)), (0.2, 0.4, 4), atol=1e-9)


def test_a_turn_is_counter_clockwise() -> None:
    np.testing.assert_allclose(turn((0, 0, 1), 90) @ (1, 0, 0), (0, 1, 0), atol=1e-12)


def test_curves_pass_through_their_ends_at_even_steps() -> None:
    curve = smooth([(0, 0), (1, 1), (2, 0), (4, 0)], 50)
    np.testing.assert_allclose(curve[[0, -1]], [(0, 0), (4, 0)], atol=1e-12)
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    assert steps.max() < 1.02 * steps.min()
    np.testing.assert_allclose(spaced([(0, 0), (0, 3), (1, 3)], 5), [(0, 0), (0, 1), (0, 2), (0, 3), (1, 3)])


def test_a_cut_keeps_the_surface_and_parts_it_at_the_plane() -> None:
    ball = ellipsoid((0, 0, 0), (1, 1, 1), 24, 15)
    x, y = ball.vertices[:, 0] - 0.31, ball.vertices[:, 1]
    pieces, labels = cut(ball, np.stack([x, -x, 0 * x - 0.5 * y - 0.2]))  # three parts, so that three meet somewhere
    assert closed(pieces)
    assert volume(pieces) == pytest.approx(volume(ball), rel=1e-12)  # cuts lie in the triangles
    assert set(labels.tolist()) == {0, 1, 2}
    two, labels = cut(ball, np.stack([x, -x]))
    places = two.vertices[two.faces][:, :, 0].mean(axis=1) - 0.31
    assert (places[labels == 0] < 0.03).all()
    assert (places[labels == 1] > -0.03).all()


def test_flesh_lies_on_the_surface_it_was_given() -> None:
    parts = ("left", "right")
    flesh = Flesh(parts)
    flesh.ball("left", (0, 0, 0), (1, 1, 1), 0.1)
    flesh.limb("right", (5, 0, 0), (7, 0, 0), (0.5, 0.5), 0.1)  # apart: nothing melts
    whole = Assembly(parts)
    flesh.pour(whole, 4000)
    shape = whole.shape()
    assert 3000 < len(shape.faces) < 5000
    ball, rod = (np.unique(shape.faces[shape.face_labels == label]) for label in (0, 1))
    np.testing.assert_allclose(np.linalg.norm(shape.vertices[ball], axis=1), 1.0, atol=0.005)
    points = shape.vertices[rod] - np.clip(shape.vertices[rod, :1], 5, 7) * [[1, 0, 0]]
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 0.5, atol=0.005)
