"""An attacked image against its certificate: aims, verdicts, curves; on models whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import engine
from engine.attacks import (
    AttackSettings,
    Attempt,
    Region,
    aim_at,
    aim_at_certified,
    attack,
    attack_input,
    attacked_input,
    attempt,
    budget_within,
    change_between,
    flipped,
    judge,
    robustness_curve,
    settle,
)
from engine.attacks.search import norms
from engine.attacks.victims import ModelVictim
from engine.certification import Certificate, Settings, base_prediction, certify
from engine.certification.pipeline import noisy_prediction
from engine.core import Compute, InvalidInput, InvalidSetting
from engine.inputs import ABSTAIN, Image
from engine.inputs.clouds import Cloud, cloud_from_arrays
from engine.models import BaseModel
from tests.material.cloud_files import sphere
from tests.material.pictures import plain_image
from tests.material.tiny_models import Halving, toy_cloud_model, toy_model


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(sigma=0.25, n0=5, n=60, alpha=0.05, tau=0.6, size=64)


@pytest.fixture(scope="module")
def clean(street: BaseModel, street_image: Image, settings: Settings) -> Certificate:
    return certify(street, street_image, settings)


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


def test_the_worst_over_losses(street: BaseModel, street_image: Image) -> None:
    aim, wanted = aim_at(street, street_image), AttackSettings(budget=1.0, steps=3)

    def attack_with(loss: str) -> engine.attacks.AttackResult:
        return attack_input(street, street_image, aim, replace(wanted, loss=loss))

    worst, shares = engine.attacks.worst_over_losses(attack_with)
    assert list(shares) == list(engine.attacks.losses)
    assert worst.share == max(shares.values()) > min(shares.values())
    assert shares[worst.settings.loss] == worst.share
    np.testing.assert_array_equal(worst.adversarial, attack_with(worst.settings.loss).adversarial)


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


def test_a_verdict_by_hand(clean: Certificate) -> None:
    labels = np.full(clean.labels.shape, ABSTAIN, dtype=np.int16)
    labels[0, :4] = (0, 0, 0, 0)
    after = labels.copy()
    after[0, :4] = (0, 5, ABSTAIN, 0)
    after[1, 0] = 3  # certified only now: no promise was made about it
    before, attacked = replace(clean, labels=labels), replace(clean, labels=after)
    verdict = judge(before, attacked, clean.radius)
    assert (verdict.certified, verdict.violations, verdict.now_abstain, verdict.inside) == (4, 1, 1, True)
    assert not judge(before, attacked, np.nextafter(clean.radius, 1.0)).inside


def test_flipped_shares() -> None:
    before, after = np.array([[0, 1], [2, 3]]), np.array([[0, 9], [9, 3]])
    assert flipped(before, after) == 0.5
    assert flipped(before, after, np.array([[True, False], [False, True]])) == 0.0
    assert flipped(before, after, np.zeros((2, 2), dtype=bool)) == 0.0


def test_attacked_images_get_other_noise(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    again, verdict = settle(street, clean, street_image, 0.0)
    assert again.settings == replace(clean.settings, seed=clean.settings.seed + 1)
    assert not np.array_equal(again.hits, clean.hits)
    assert verdict.violations == 0  # the same image, certified twice


def test_a_curve_starts_at_nothing(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    seen: list[tuple[int, int]] = []
    points = robustness_curve(
        street, street, street_image, clean, Attempt(steps=3), shares=(0.0, 20.0), denoised=street,
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert [point.share for point in points] == [0.0, 20.0]
    assert points[0].undefended == 0.0
    assert points[0].certified == 0.0
    assert points[0].denoised == 0.0
    assert points[1].undefended > 0.0
    assert points[1].denoised is not None
    assert points[1].denoised > 0.0
    assert seen == [(1, 2), (2, 2)]


def test_the_certified_curve_is_that_of_an_attack_under_the_certificates_noise(
    street: BaseModel, street_image: Image, clean: Certificate
) -> None:
    budget = AttackSettings(budget=5.0 * clean.radius, steps=3, seed=clean.settings.seed)
    (point,) = robustness_curve(street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(5.0,))
    assert point.denoised is None
    found = attack_input(
        street, street_image, aim_at(street, street_image), budget, victim="smoothed", sigma=clean.settings.sigma
    )
    _, verdict = settle(street, clean, attacked_input(street_image, found), found.norm)
    assert point.certified == verdict.violations / verdict.certified
    assert point.abstained == verdict.now_abstain / verdict.certified
    assert not verdict.inside


def test_the_denoised_line_is_attacked_through_the_denoiser(
    street: BaseModel, street_image: Image, clean: Certificate, compute: Compute
) -> None:
    """By the same attack on the pipeline itself, asked on the curve's one noisy draw."""
    guarded = toy_model(compute, denoise=Halving())
    budget = AttackSettings(budget=20.0 * clean.radius, steps=3, seed=clean.settings.seed)
    (point,) = robustness_curve(
        street, street, street_image, clean, Attempt(loss="ce", steps=3), shares=(20.0,), denoised=guarded
    )
    found = attack_input(
        guarded, street_image, aim_at(guarded, street_image), budget, victim="smoothed", sigma=0.25, draws=1
    )
    before, after = (
        noisy_prediction(guarded, image, clean.settings)
        for image in (street_image, attacked_input(street_image, found))
    )
    assert point.denoised == flipped(before, after) > 0.0


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
    with pytest.raises(InvalidSetting, match="the radius of family so3 is an angle"):
        budget_within(Settings(family="so3"), "l2", 100)


def test_a_duel_is_an_attempt_and_its_verdict(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    """The one call for people gives what its three steps give by hand."""
    how = Attempt(share=0.9, victim="smoothed", loss="ce", steps=3, draws=2)
    duel = attack(street, street_image, against=clean, how=how)
    wanted = AttackSettings(budget=0.9 * clean.radius, steps=3, seed=clean.settings.seed)
    aim = aim_at_certified(street, street_image, clean)
    found = attack_input(street, street_image, aim, wanted, victim="smoothed", sigma=clean.settings.sigma, draws=2)
    changed = attacked_input(street_image, found)
    again, verdict = settle(street, clean, changed, found.norm)
    assert duel.changed.sha256 == changed.sha256
    assert duel.verdict == verdict
    assert verdict.inside
    np.testing.assert_array_equal(duel.attacked.hits, again.hits)
    np.testing.assert_array_equal(duel.before, base_prediction(street, street_image))
    np.testing.assert_array_equal(duel.after, base_prediction(street, changed))


def test_a_duel_in_another_norm_stays_inside(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    duel = attack(street, street_image, against=clean, how=Attempt(norm="linf", steps=3))
    entries = street_image.values.size
    assert duel.result.settings.budget == pytest.approx(clean.radius / entries**0.5)
    assert duel.verdict.inside


def test_a_duel_needs_the_certificate_of_its_input(street: BaseModel, clean: Certificate) -> None:
    with pytest.raises(InvalidInput, match="of another input"):
        attack(street, plain_image(48, 64), against=clean)


def test_a_duel_needs_the_certificate_of_its_model(street_image: Image, clean: Certificate, compute: Compute) -> None:
    with pytest.raises(InvalidInput, match="of another model than toy"):
        attack(toy_model(compute), street_image, against=clean)


def test_a_share_replaces_that_of_the_attempt(street: BaseModel, street_image: Image, clean: Certificate) -> None:
    duel = attack(street, street_image, against=clean, share=0.5, how=Attempt(share=2.0, steps=2))
    assert duel.result.settings.budget == 0.5 * clean.radius


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
    _, verdict = settle(model, clean, attacked_input(cloud, strong), strong.norm)
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
