"""Certificates checked by rotating: nothing breaks inside the angle, and a broken promise would be counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.audits.rotations import TurnPlan, audit_turns, random_turn
from engine.certification import Certificate, Settings, certify
from engine.core import Compute, InvalidSetting
from engine.core.progress import Cancel
from engine.inputs.clouds import Cloud, cloud_from_arrays, turned_cloud
from engine.models import BaseModel
from engine.perturbations import families
from tests.material.ball_datasets import Ball, Turncoat, TwoBalls
from tests.material.cloud_files import sphere
from tests.material.tiny_models import toy_cloud_model

SETTINGS = Settings(sigma=0.3, tau=0.75, n0=10, n=100, points=200, family="so3", seed=4)
PLAN = TurnPlan(inside=12, outside=6, factor=6.0)


@pytest.fixture
def model(compute: Compute) -> BaseModel:
    """Cuts at height 0 wherever the shape is turned to: every turn moves points across."""
    return toy_cloud_model(compute)


@pytest.mark.parametrize("name", ["so3", "so3-uniform"])
def test_inside_the_angle_nothing_is_flipped(model: BaseModel, name: str) -> None:
    made = audit_turns(lambda _: model, Ball(), replace(SETTINGS, family=name), PLAN)
    inside = made.rows[0]
    angle = families[name].radius(sigma=0.3, tau=0.75)
    assert made.radius == inside.angle == pytest.approx(angle, rel=1e-12)
    assert (inside.shape, inside.inside, inside.turns, inside.points) == ("Ball_0", True, 12, 200)
    assert inside.violations == made.violations == 0
    if name == "so3-uniform":  # under every rotation each half has probability 1/2: there is nothing to promise
        assert inside.certified == 0
        assert len(made.rows) == 1  # and no angle lies outside
        return
    assert inside.certified > 90
    assert inside.base_flipped > 0.0
    outside = made.rows[1]
    assert not outside.inside
    assert outside.angle == pytest.approx(6.0 * angle)
    assert outside.violations > 0  # a turn by more than a radian carries certified points across the cut
    assert made.as_dict()["outside"]["violations"] == outside.violations
    assert made.as_dict()["inside"]["certified_points_turned"] == 12 * inside.certified


def test_every_shape_has_turns_and_noise_of_its_own(model: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    streams: list[str] = []

    def certified(one: BaseModel, cloud: Cloud, asked: Settings, **watch: Cancel) -> Certificate:
        streams.append(asked.stream)
        return certify(one, cloud, asked, **watch)

    def watched(cloud: Cloud, turn: NDArray[np.float64]) -> Cloud:
        seen.append(str(turn))
        return turned_cloud(cloud, turn)

    monkeypatch.setattr("engine.audits.rotations.turned_cloud", watched)
    for place in ("engine.audits.rotations", "engine.attacks.duel"):
        monkeypatch.setattr(f"{place}.certify", certified)
    audit_turns(lambda _: model, TwoBalls(), SETTINGS, replace(PLAN, inside=3, outside=1))
    assert len(set(seen)) == len(seen) == 2 * 4
    assert len(set(streams)) == len(streams) == 2 * (1 + 4)


def test_a_broken_promise_is_counted(model: BaseModel) -> None:
    traitor = replace(model, network=Turncoat(SETTINGS.n0 + SETTINGS.n))
    made = audit_turns(lambda _: traitor, Ball(), SETTINGS, TurnPlan(inside=3, outside=0))
    assert made.violations == 3 * 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"correction": "fdr-bh"}, "fdr-bh certifies no component: an attack on it proves nothing"),
        ({"correction": "k-step-down", "budget": 3}, "k-step-down tolerates errors: an attack on it proves nothing"),
        ({"family": "l2"}, "family l2 is not about rotations"),
        ({"n": 42}, r"with n = 42 nothing can be certified .* among 200 components: take n = 70 \(n = 43 at the least"),
        ({"tau": 0.5}, "at tau 0.5 the radius is 0"),
    ],
)
def test_what_turning_cannot_check(model: BaseModel, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        audit_turns(lambda _: model, Ball(), replace(SETTINGS, **changes), PLAN)
    with pytest.raises(InvalidSetting, match=r"limit must be 0 \(all\) or more, got -1"):
        audit_turns(lambda _: model, Ball(), SETTINGS, PLAN, limit=-1)


def test_a_question_that_no_answer_could_fail_is_not_asked(model: BaseModel) -> None:
    # Holm over 200 points at alpha .001: the least n with 2^-n <= 5e-6 is 18
    with pytest.raises(InvalidSetting, match=r"17 draws of a changed input of 200 components .* take 18 at least"):
        audit_turns(lambda _: model, Ball(), SETTINGS, replace(PLAN, n=17))
    traitor = replace(model, network=Turncoat(SETTINGS.n0 + SETTINGS.n))
    made = audit_turns(lambda _: traitor, Ball(), SETTINGS, TurnPlan(inside=1, outside=0, n=18))
    assert made.violations == 200


def test_turns_are_rotations_by_that_angle() -> None:
    rng = np.random.default_rng(0)
    for angle in (0.0, 0.3, 3.0):
        for name in ("rotation-axis", "so3"):
            turn = random_turn(angle, rng, name)
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
            assert np.linalg.det(turn) == pytest.approx(1.0)
            assert np.arccos(np.clip((np.trace(turn) - 1.0) / 2.0, -1.0, 1.0)) == pytest.approx(angle, abs=1e-6)
            assert np.allclose(turn[:, 2], [0, 0, 1]) or name == "so3"
    cloud = cloud_from_arrays(sphere(50), sphere(50))
    turned = turned_cloud(cloud, random_turn(1.0, rng, "so3"))
    np.testing.assert_allclose(np.linalg.norm(turned.points, axis=1), np.linalg.norm(cloud.points, axis=1), atol=1e-6)
    own = np.einsum("pi,pi->p", cloud.points, cloud.normals)
    np.testing.assert_allclose(np.einsum("pi,pi->p", turned.points, turned.normals), own, atol=1e-6)
    assert turned.sha256 != cloud.sha256


def test_only_rotations_are_turned(model: BaseModel) -> None:
    for name in ("l2", "l1-laplace"):
        with pytest.raises(InvalidSetting, match=f"family {name} is not about rotations"):
            audit_turns(lambda _: model, Ball(), replace(SETTINGS, family=name), PLAN)
    with pytest.raises(InvalidSetting, match="a factor above 1"):
        TurnPlan(factor=1.0)


def test_a_fixed_axis_is_kept(model: BaseModel) -> None:
    """Turns about the z axis carry no point across a cut at a height, however far they go."""
    made = audit_turns(lambda _: model, Ball(), replace(SETTINGS, family="rotation-axis"), PLAN)
    assert [row.inside for row in made.rows] == [True, False]
    assert all(row.base_flipped == 0.0 for row in made.rows)
    assert made.as_dict()["outside"]["violations"] == 0
