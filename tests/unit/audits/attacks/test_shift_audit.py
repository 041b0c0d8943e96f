"""Certificates of shapes under attack: nothing breaks within the radius, and a broken promise would be counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.attacks.victims import BASE, SMOOTHED
from engine.audits.attacks import run as attack_audit
from engine.audits.attacks.cases import shape_cases
from engine.audits.attacks.plan import AttackPlan
from engine.audits.attacks.run import audit_attacks
from engine.certification import Settings
from engine.certification.certificates import Certificate
from engine.certification.pipeline import certify
from engine.core import Compute, InvalidInput, InvalidSetting
from engine.models import BaseModel
from engine.perturbations import families
from tests.material.ball_datasets import Ball, Turncoat
from tests.material.tiny_models import toy_cloud_model

SETTINGS = Settings(sigma=0.3, tau=0.75, n0=10, n=100, points=200, seed=4)
PLAN = AttackPlan(losses=("ce", "flips"), attacks=("pgd",), steps=10, smoothed_steps=4, draws=2, again=30)


@pytest.fixture
def model(compute: Compute) -> BaseModel:
    """Cuts at height 0 wherever the shape is moved to."""
    return toy_cloud_model(compute)


def test_within_the_radius_nothing_certified_is_flipped(model: BaseModel) -> None:
    cases = shape_cases(lambda _: model, lambda _: model, Ball(), points=200)
    result = audit_attacks(cases, SETTINGS, PLAN)
    row = result.as_dict()
    assert (row["shapes"], row["violations"], row["inside"]) == (1, 0, True)
    assert "images" not in row
    assert row["radius"] == pytest.approx(families["l2"].radius(sigma=0.3, tau=0.75))
    assert 0.999 * row["radius"] <= row["norm_max"] <= row["radius"]
    assert row["certified_components"] > 20
    assert [trial.tried for trial in result.trials] == [
        (victim, "pgd", loss) for victim in (BASE, SMOOTHED) for loss in PLAN.losses
    ]
    assert row["flipped_share_worst_by_shape"] == {"Ball_0": row["flipped_share"]}
    assert row["flipped_share"] > 0.02  # those nearest to the cut cross it


def test_far_outside_it_certified_points_are_flipped(model: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the audit counts when an attack breaks the budget: the count can be other than zero."""
    attack = attack_audit.attack_input

    def outside(*arguments: Any, **options: Any) -> Any:
        *others, settings = arguments
        return attack(*others, replace(settings, budget=40.0 * settings.budget), **options)

    monkeypatch.setattr("engine.audits.attacks.run.attack_input", outside)
    result = audit_attacks(shape_cases(lambda _: model, lambda _: model, Ball(), points=200), SETTINGS, PLAN)
    assert result.violations > 0
    assert result.as_dict()["inside"] is False


def test_beyond_the_radius_it_counts_apart(model: BaseModel) -> None:
    cases = shape_cases(lambda _: model, lambda _: model, Ball(), points=200)
    row = audit_attacks(cases, SETTINGS, replace(PLAN, beyond=40.0)).as_dict()
    outside = row["outside"]
    assert (row["violations"], row["inside"]) == (0, True)
    assert outside["flipped"] > 0
    assert outside["certified_components_attacked"] == 2 * row["certified_components"]  # two losses
    assert 30.0 * row["radius"] < outside["norm_max"] <= 40.0 * row["radius"]
    assert audit_attacks(cases, SETTINGS, PLAN).as_dict()["outside"] is None


def test_a_broken_promise_is_counted(model: BaseModel) -> None:
    traitor = replace(model, network=Turncoat(SETTINGS.n0 + SETTINGS.n))
    result = audit_attacks(shape_cases(lambda _: model, lambda _: traitor, Ball(), points=200), SETTINGS, PLAN)
    assert [trial.verdict.violations for trial in result.trials] == [200] * 4


@pytest.mark.parametrize(("again", "asked"), [(30, (0.5, 5, 30)), (0, (0.75, 10, 100))])
def test_attacked_shapes_are_asked_with_fresh_noise(
    model: BaseModel, monkeypatch: pytest.MonkeyPatch, again: int, asked: tuple[float, int, int]
) -> None:
    seen: list[Settings] = []

    def watched(model: BaseModel, subject: Any, settings: Settings, **options: Any) -> Certificate:
        seen.append(settings)
        return certify(model, subject, settings, **options)

    for place in ("engine.audits.attacks.run", "engine.attacks.duel"):
        monkeypatch.setattr(f"{place}.certify", watched)
    audit_attacks(
        shape_cases(lambda _: model, lambda _: model, Ball(), points=200), SETTINGS, replace(PLAN, again=again)
    )
    clean, *attacked = seen
    assert clean == SETTINGS.fresh("example", 0)
    assert {(one.tau, one.n0, one.n) for one in attacked} == {asked}
    assert len({one.stream for one in (clean, *attacked)}) == 1 + len(attacked) == 5


def test_what_an_audit_of_shapes_refuses(model: BaseModel, compute: Compute) -> None:
    cases = shape_cases(lambda _: model, lambda _: model, Ball(), points=200)
    with pytest.raises(InvalidSetting, match="family so3 covers is not told by a size"):
        audit_attacks(cases, replace(SETTINGS, family="so3"), PLAN)
    with pytest.raises(InvalidSetting, match="fdr-bh certifies no component"):
        audit_attacks(cases, replace(SETTINGS, correction="fdr-bh"), PLAN)
    with pytest.raises(InvalidSetting, match=r"limit must be 0 \(all\) or more, got -1"):
        shape_cases(lambda _: model, lambda _: model, Ball(), points=200, limit=-1)
    with pytest.raises(InvalidSetting, match="again must be 0"):
        replace(PLAN, again=-1)
    with pytest.raises(InvalidSetting, match="beyond must be 0 or lie in"):
        replace(PLAN, beyond=1.0)
    with pytest.raises(InvalidSetting, match=r"at tau 0\.5 the radius is 0"):
        audit_attacks(cases, replace(SETTINGS, tau=0.5), PLAN)
    for again in (0, 30):  # ln(0.001 / 200) / ln(0.75) = 42.4
        with pytest.raises(InvalidSetting, match=r"with n = 42 .* 200 components: take n = 70 \(n = 43 at the least"):
            audit_attacks(cases, replace(SETTINGS, n=42), replace(PLAN, again=again))
    with pytest.raises(InvalidSetting, match=r"17 draws of a changed input of 200 components .* take 18 at least"):
        audit_attacks(cases, SETTINGS, replace(PLAN, again=17))
    other = toy_cloud_model(compute, ("left", "right"))
    with pytest.raises(InvalidInput, match="does not answer the parts that the dataset gives Ball"):
        shape_cases(lambda _: model, lambda _: other, Ball(), points=200).read(0)


def test_the_truth_goes_with_the_shape(model: BaseModel) -> None:
    case = shape_cases(lambda _: model, lambda _: model, Ball(), points=50).read(0)
    assert case.subject.values.shape == (50, 6)
    np.testing.assert_array_equal(case.truth == 1, case.subject.values[:, 2] > 0)
