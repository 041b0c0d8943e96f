"""One attempt: victims, budgets in every norm, and what does not fit together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import engine
from engine.attacks import (
    AttackSettings,
    Attempt,
    aim_at,
    attack_input,
    attacked_input,
    attempt,
    budget_within,
    change_between,
    flipped,
    settle,
    strongest,
)
from engine.attacks.search import norms
from engine.attacks.strongest import ENTRIES, MEASURED
from engine.attacks.victims import ModelVictim
from engine.certification import Settings, base_prediction, certify
from engine.core import Compute, InvalidSetting
from engine.inputs import Image
from engine.inputs.clouds import Cloud, cloud_from_arrays
from engine.models import BaseModel
from tests.material.cloud_files import sphere
from tests.material.tiny_models import Halving, toy_cloud_model, toy_model


def test_the_worst_over_losses(street: BaseModel, street_image: Image) -> None:
    aim, wanted = aim_at(street, street_image), AttackSettings(budget=1.0, steps=3)

    def attack_with(loss: str) -> engine.attacks.AttackResult:
        return attack_input(street, street_image, aim, replace(wanted, loss=loss))

    worst, shares = engine.attacks.worst_over_losses(attack_with)
    assert list(shares) == list(engine.attacks.losses)
    assert worst.share == max(shares.values()) > min(shares.values())
    assert shares[worst.settings.loss] == worst.share
    np.testing.assert_array_equal(worst.adversarial, attack_with(worst.settings.loss).adversarial)


def test_an_attack_with_losses_of_its_own_takes_those(
    street: BaseModel, street_image: Image, settings: Settings
) -> None:
    told: list[engine.attacks.Step] = []
    how = Attempt(share=5.0, name="sea", loss="all", steps=39)
    tried = attempt(street, street_image, aim_at(street, street_image), settings, how, watch=told.append)
    assert (how.attacks_made, how.looks(settings), tried.by_loss) == (1, len(told), None)
    assert isinstance(tried.result, engine.attacks.AttackResult)
    assert tried.result.settings.loss in engine.attacks.attacks["sea"].own_losses
    assert tried.result.size <= how.budget(settings, street_image.values.size)


@pytest.mark.parametrize(
    ("how", "family", "wanted"),
    [
        (Attempt(), "l2", strongest(1.0, 9216)),
        (Attempt(name="pgd"), "l2", ("pgd", strongest(1.0, 9216)[1])),
        (Attempt(loss="ce"), "l2", ("pgd", "ce")),
        (Attempt(norm="linf"), "l2", strongest(1.0, 9216)),  # 1 / 96 each, in all of 9,216 entries: 1 in l2
        (Attempt(share=0.01), "l2", strongest(0.01, 9216)),
        (Attempt(), "l1-uniform", strongest(1.0, 9216)),
    ],
)
def test_what_is_left_open_follows_the_table(
    how: Attempt, family: str, wanted: tuple[str, str], street_image: Image, settings: Settings
) -> None:
    """An image of 64 x 48 with a radius of 1, in l2 or l1: by what was measured at that l2 size."""
    scale = replace(settings, family=family).radius
    assert street_image.values.size == 9216
    asked = replace(settings, family=family, sigma=settings.sigma / scale)
    assert asked.radius == pytest.approx(1.0)
    decided = how.decided(asked, street_image)
    assert (decided.name, decided.loss) == wanted


def test_the_table_covers_all_budgets_with_what_there_is() -> None:
    limits = [limit for limit, _, _ in MEASURED]
    assert limits == sorted(limits)
    assert limits[-1] == np.inf
    for budget in (0.0, 0.1, 1.0, 100.0):
        name, loss = strongest(budget, ENTRIES)
        assert name in engine.attacks.attacks
        assert loss in engine.attacks.losses
        assert strongest(2.0 * budget, 4 * ENTRIES) == (name, loss)  # the same change of every value


@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_an_attack_finds_something_and_keeps_its_budget(street: BaseModel, street_image: Image, victim: str) -> None:
    wanted = AttackSettings(budget=2.0, steps=8)
    result = attack_input(street, street_image, aim_at(street, street_image), wanted, victim=victim, draws=2)
    assert result.norm <= 2.0
    assert result.share > result.history[0].share  # more is wrong than at the random start
    assert attacked_input(street_image, result).sha256 != street_image.sha256
    np.testing.assert_array_equal(attacked_input(street_image, result).pixels, result.adversarial)


def test_an_unknown_victim_is_refused(street: BaseModel, street_image: Image) -> None:
    with pytest.raises(InvalidSetting, match="a victim is base or smoothed, got 'nobody'"):
        attack_input(street, street_image, aim_at(street, street_image), AttackSettings(budget=1.0), victim="nobody")


def test_the_base_victim_has_no_denoiser(compute: Compute, street_image: Image) -> None:
    bare, guarded = toy_model(compute), toy_model(compute, denoise=Halving())
    settings = AttackSettings(budget=0.5, steps=3)
    found = [
        attack_input(model, street_image, aim_at(bare, street_image), settings).adversarial for model in (bare, guarded)
    ]
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize(
    ("family", "kind", "wanted"),
    [
        ("l2", "l2", 0.25 * 0.6744897501960817),
        ("l2", "linf", 0.25 * 0.6744897501960817 / 10.0),  # METHOD 4: by the square root of 100 entries
        ("l2", "l1", 0.25 * 0.6744897501960817),
        ("l1-uniform", "l1", 0.125),
        ("l1-uniform", "l2", 0.0125),
        ("l1-uniform", "linf", 0.00125),
    ],
)
def test_what_a_certificate_covers_in_another_norm(family: str, kind: str, wanted: float) -> None:
    settings = Settings(sigma=0.25, tau=0.75, family=family)
    budget = budget_within(settings, kind, 100)
    assert budget == pytest.approx(wanted, rel=1e-12)
    spread = (family, kind) in {("l2", "linf"), ("l1-uniform", "l2"), ("l1-uniform", "linf")}
    entries = np.ones(100) / norms[kind].size(np.ones(100)) if spread else np.eye(1, 100)[0]
    worst = (budget * entries).astype(np.float32)  # of this size in `kind`, and as large as can be in the family's norm
    own = budget_within(settings, engine.perturbations[family].norm, 100)
    assert change_between(settings, np.zeros(100, dtype=np.float32), worst) == pytest.approx(own, rel=1e-6)


def test_an_angle_is_no_budget() -> None:
    with pytest.raises(InvalidSetting, match="family so3 covers is not told by a size"):
        budget_within(Settings(family="so3"), "l2", 100)


@pytest.mark.parametrize(
    ("how", "family", "words"),
    [
        (Attempt(name="rotation"), "l2", "attack rotation does not go with family l2"),
        (Attempt(name="pgd"), "so3", "attack pgd does not go with family so3"),
        (Attempt(loss="all"), "so3", "takes one loss, not all"),
        (Attempt(), "so3", "an image cannot be turned"),
    ],
)
def test_attempts_that_do_not_fit(
    how: Attempt, family: str, words: str, street: BaseModel, street_image: Image, settings: Settings
) -> None:
    with pytest.raises(InvalidSetting, match=words):
        attempt(street, street_image, aim_at(street, street_image), replace(settings, family=family), how)


def test_the_positions_of_a_cloud_are_attacked_and_its_normals_stay(compute: Compute) -> None:
    """A segmenter that cuts a ball at height 0: the cheapest flips are of the points nearest the cut."""
    cloud = cloud_from_arrays(sphere(100), sphere(100))
    model = toy_cloud_model(compute)
    settings = Settings(sigma=0.05, n0=5, n=60, alpha=0.05, tau=0.6, points=100)
    clean = certify(model, cloud, settings)
    before = base_prediction(model, cloud)
    found = attack_input(model, cloud, aim_at(model, cloud), AttackSettings(budget=0.3, steps=20), noise="l2")
    attacked = attacked_input(cloud, found)
    assert isinstance(attacked, Cloud)
    np.testing.assert_array_equal(attacked.normals, cloud.normals)
    np.testing.assert_array_equal(attacked.points, found.adversarial)
    assert attacked.sha256 != cloud.sha256
    moved = flipped(before, base_prediction(model, attacked))
    assert 0.0 < moved < 0.5
    assert float(np.linalg.norm(attacked.points.astype(np.float64) - cloud.points)) <= 0.3
    inside = AttackSettings(budget=clean.radius, steps=20)
    strong = attack_input(model, cloud, aim_at(model, cloud), inside, victim="smoothed", sigma=0.05)
    _, verdict = settle(model, clean, attacked_input(cloud, strong), {"l2": strong.norm})
    assert verdict.inside
    assert verdict.violations == 0
    assert verdict.certified > 50


def test_a_victim_sees_the_normals_behind_the_positions(compute: Compute) -> None:
    model = toy_cloud_model(compute)
    values = torch.randn(20, 6, generator=torch.Generator().manual_seed(0))
    told = ModelVictim(model=replace(model, network=Sums()), fixed=values[:, 3:])
    torch.testing.assert_close(told.logits(values[:, :3], torch.Generator())[0, 1], values.sum(dim=1))


class Sums(torch.nn.Module):
    """Part 1 by the sum of all channels."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        total = values.sum(dim=-1)
        return torch.stack([0.0 * total, total], dim=1)
