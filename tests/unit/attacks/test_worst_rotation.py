"""The search for the worst rotation: its angle never exceeds the budget, and it finds more than luck does."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.attacks import aim_at, attacked_input, flipped, settle
from engine.attacks.rotation import RotationSettings, _Search, rotation_within, worst_rotation
from engine.audits.rotations import random_turn
from engine.certification import Settings
from engine.certification.pipeline import base_prediction, certify
from engine.core import Cancelled, Compute, InvalidSetting, UnknownName
from engine.inputs.clouds import Cloud, cloud_from_arrays, turned_cloud
from engine.inputs.images import image_from_array
from engine.models import BaseModel
from engine.perturbations import rotation_angle, rotation_of
from tests.material.cloud_files import sphere
from tests.material.tiny_models import toy_cloud_model


class Needle(nn.Module):
    """Part 0, but near one rotation of the shape part 1: by `width` radians around it, more points the nearer.

    The rotation is read off the points themselves, of which it must know how they lay.
    """

    def __init__(self, cloud: Cloud, rotation: np.ndarray, width: float) -> None:
        super().__init__()
        self.home = torch.from_numpy(cloud.points @ rotation.T).double()
        self.width = width

    def forward(self, values: Tensor) -> Tensor:
        points = values[..., :3].double()
        apart = (points - self.home).square().sum(dim=(1, 2)) / self.home.square().sum()  # about angle^2 * 2 / 3
        near = torch.exp(-apart / self.width**2)[:, None]
        rank = torch.linspace(0.1, 1.0, points.shape[1], dtype=torch.float64)[None]
        margin = (near - rank).float()
        return torch.stack([-margin, margin], dim=1)


class Cut(nn.Module):
    """Part 1 above height 0 as the first normal sees it: blind to turns of points and normals together."""

    def forward(self, values: Tensor) -> Tensor:
        height = (values[..., :3] * values[:, :1, 3:]).sum(dim=-1)
        return torch.stack([-height, height], dim=1)


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    rng = np.random.default_rng(0)
    return cloud_from_arrays(sphere(120) * rng.uniform(0.3, 1.0, (120, 1)), sphere(120))


@pytest.fixture(scope="module")
def model(compute: Compute) -> BaseModel:
    """Cuts at height 0: every turn about another axis than z moves points across."""
    return toy_cloud_model(compute)


@pytest.mark.parametrize("family", ["so3", "rotation-axis"])
def test_the_angle_never_exceeds_the_budget(model: BaseModel, cloud: Cloud, family: str) -> None:
    rng = np.random.default_rng(1)
    aim = aim_at(model, cloud)
    for seed, budget in enumerate([0.0, 1e-12, 1e-3, 0.17041, 1.0, 3.1, math.pi, 7.0, *rng.uniform(0.0, 3.2, 12)]):
        settings = RotationSettings(budget=float(budget), family=family, passes=12, seed=seed)
        found = worst_rotation(model, cloud, aim, settings)
        rotation = found.rotation
        assert rotation.dtype == np.float64
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-15)
        assert np.linalg.det(rotation) == pytest.approx(1.0)
        assert found.size == found.angle == rotation_angle(torch.from_numpy(rotation)) <= budget
        chord = float(np.linalg.norm(rotation - np.eye(3))) / math.sqrt(8.0)  # another formula of the same angle
        assert found.angle == pytest.approx(2.0 * math.asin(min(1.0, chord)), rel=1e-6, abs=1e-15)
        assert len(found.history) == 12
        if family == "rotation-axis":
            np.testing.assert_array_equal(rotation[:, 2], [0.0, 0.0, 1.0])


@pytest.mark.parametrize("budget", [1e-9, 0.1, 0.17041, 1.0, 3.0, math.pi])
def test_a_rotation_is_shortened_to_just_within_its_budget(budget: float) -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        direction = rng.normal(size=3)
        vector = direction / np.linalg.norm(direction) * budget * rng.uniform(1.0, 1.3)
        rotation, angle = rotation_within(vector, budget)
        assert angle == rotation_angle(torch.from_numpy(rotation)) <= budget
        if np.linalg.norm(vector) <= math.pi:
            assert angle >= budget * (1.0 - 1e-9)
    shorter, angle = rotation_within(0.5 * vector, budget)
    np.testing.assert_array_equal(shorter, np.asarray(rotation_of(torch.from_numpy(0.5 * vector))))


def test_a_zero_budget_changes_nothing(model: BaseModel, cloud: Cloud) -> None:
    found = worst_rotation(model, cloud, aim_at(model, cloud), RotationSettings(budget=0.0, passes=5))
    np.testing.assert_array_equal(found.rotation, np.eye(3))
    assert found.angle == found.share == 0.0
    assert attacked_input(cloud, found).sha256 == cloud.sha256


@pytest.mark.parametrize("seed", range(4))
def test_the_search_flips_more_than_as_many_random_rotations(compute: Compute, cloud: Cloud, seed: int) -> None:
    """Points flip near one rotation only: the nearer, the more. Chance hits its surroundings, a climb its middle."""
    rng = np.random.default_rng(seed)
    model = replace(toy_cloud_model(compute), network=Needle(cloud, random_turn(0.5, rng, "so3"), 0.25))
    before = base_prediction(model, cloud)
    assert not before.any()
    found = worst_rotation(model, cloud, aim_at(model, cloud), RotationSettings(budget=1.0, passes=120, seed=seed))
    at_random = [
        flipped(before, base_prediction(model, turned_cloud(cloud, random_turn(angle, rng, "so3"))))
        for angle in [*rng.uniform(0.0, 1.0, 60), *[1.0] * 60]
    ]
    assert found.share > max(at_random)
    assert found.share > 0.95
    assert found.share == pytest.approx(flipped(before, base_prediction(model, attacked_input(cloud, found))))
    assert found.share == max(step.share for step in found.history)


def test_what_is_aimed_at_counts_and_what_is_known_by_truth(model: BaseModel, cloud: Cloud) -> None:
    before = base_prediction(model, cloud)
    wrong = before.copy()
    wrong[:60] ^= 1
    settings = RotationSettings(budget=1.0, passes=40)
    right = aim_at(model, cloud, truth=wrong, only=before == wrong)
    found = worst_rotation(model, cloud, right, settings)
    assert found.history[0].share == 0.0  # of the points that are right before any is lost
    after = base_prediction(model, attacked_input(cloud, found))
    assert found.share == pytest.approx(flipped(before, after, before == wrong))
    assert found.share > 0.0
    towards = worst_rotation(model, cloud, aim_at(model, cloud, towards=1), settings)
    below = before == 0
    became = base_prediction(model, attacked_input(cloud, towards))[below] == 1
    assert towards.share == pytest.approx(became.mean())
    assert towards.share > 0.0


def test_a_known_axis_is_searched_at_both_ends(compute: Compute, cloud: Cloud) -> None:
    """Only a turn about z by the whole budget, clockwise, reaches the needle."""
    home = np.asarray(rotation_of(torch.tensor([0.0, 0.0, -0.6], dtype=torch.float64)))
    model = replace(toy_cloud_model(compute), network=Needle(cloud, home, 0.05))
    settings = RotationSettings(budget=0.6, family="rotation-axis", passes=20)
    found = worst_rotation(model, cloud, aim_at(model, cloud), settings)
    assert found.share > 0.9
    np.testing.assert_allclose(found.rotation, home, atol=0.02)


def test_normals_turn_with_the_points(compute: Compute, cloud: Cloud) -> None:
    model = replace(toy_cloud_model(compute), network=Cut())
    found = worst_rotation(model, cloud, aim_at(model, cloud), RotationSettings(budget=3.0, passes=60))
    assert found.share <= 0.02  # rounding may carry a point that lies on the cut
    bare = cloud_from_arrays(cloud.points)
    above = toy_cloud_model(compute)
    assert worst_rotation(above, bare, aim_at(above, bare), RotationSettings(budget=1.0, passes=9)).share > 0.1


@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_the_same_seed_is_the_same_search_and_another_is_not(model: BaseModel, cloud: Cloud, victim: str) -> None:
    first, again, other = (
        worst_rotation(
            model, cloud, aim_at(model, cloud), RotationSettings(budget=0.3, passes=10, seed=seed), victim=victim,
            sigma=0.2, draws=2,
        )
        for seed in (1, 1, 2)
    )  # fmt: skip
    np.testing.assert_array_equal(first.rotation, again.rotation)
    assert first.history == again.history
    assert not np.array_equal(first.rotation, other.rotation)


def test_the_smoothed_victim_is_flipped_outside_its_certificate_only(model: BaseModel, cloud: Cloud) -> None:
    settings = Settings(sigma=0.2, tau=0.7, n0=5, n=80, alpha=0.01, points=120, family="so3", seed=3)
    clean = certify(model, cloud, settings)
    for share, inside in ((1.0, True), (12.0, False)):
        search = RotationSettings(budget=share * clean.radius, passes=24)
        found = worst_rotation(model, cloud, aim_at(model, cloud), search, victim="smoothed", sigma=0.2, draws=2)
        _, verdict = settle(model, clean, attacked_input(cloud, found), {"angle": found.size})
        assert verdict.inside == inside
        assert (verdict.violations == 0) == inside
        assert verdict.certified > 40


def test_every_rotation_meets_the_same_noise(model: BaseModel, cloud: Cloud) -> None:
    """Without a budget all looks are at the same shape: any difference between them would be luck."""
    settings = RotationSettings(budget=0.0, passes=6, seed=3)
    found = worst_rotation(model, cloud, aim_at(model, cloud), settings, victim="smoothed", sigma=0.3, draws=2)
    assert len({(step.loss, step.share) for step in found.history}) == 1
    other = worst_rotation(
        model, cloud, aim_at(model, cloud), replace(settings, seed=4), victim="smoothed", sigma=0.3, draws=2
    )
    assert other.history[0].loss != found.history[0].loss


def test_half_of_the_spread_lies_on_the_boundary() -> None:
    lengths = np.linalg.norm([_Search(RotationSettings(budget=0.7, passes=40)).propose(i) for i in range(21)], axis=1)
    assert lengths[0] == 0.0  # the shape as it is comes first
    np.testing.assert_allclose(lengths[1::2], 0.7)
    assert (lengths[2::2] < 0.7).all()


def test_cancelling_and_what_cannot_be_asked(model: BaseModel, cloud: Cloud) -> None:
    aim, seen = aim_at(model, cloud), list[int]()
    with pytest.raises(Cancelled):
        worst_rotation(
            model, cloud, aim, RotationSettings(budget=1.0), watch=lambda step: seen.append(step.number),
            cancelled=lambda: len(seen) == 4,
        )  # fmt: skip
    assert seen == [0, 1, 2, 3]
    with pytest.raises(InvalidSetting, match="a victim is base or smoothed, got 'nobody'"):
        worst_rotation(model, cloud, aim, RotationSettings(budget=1.0), victim="nobody")
    with pytest.raises(UnknownName, match="unknown loss 'nope'"):
        worst_rotation(model, cloud, aim, RotationSettings(budget=1.0, loss="nope"))
    with pytest.raises(InvalidSetting, match="family l2 is not about rotations"):
        RotationSettings(budget=1.0, family="l2")
    for wrong in ({"budget": -1.0}, {"budget": math.nan}, {"budget": math.inf}, {"passes": 0}, {"seed": -1}):
        with pytest.raises(InvalidSetting):
            RotationSettings(**({"budget": 1.0} | wrong))  # type: ignore[arg-type]
    found = worst_rotation(model, cloud, aim, RotationSettings(budget=1.0, passes=1))
    assert found.angle == 0.0
    with pytest.raises(InvalidSetting, match="an image cannot be turned"):
        attacked_input(image_from_array(np.zeros((32, 32, 3), dtype=np.float32)), found)
