"""The audit of certificates by attacks: it counts what an attack does, and it would notice a broken promise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.attacks import (
    AttackResult,
    AttackSettings,
    EdgeSearch,
    Verdict,
    aim_at,
    attack_input,
    empirical_radius,
    flipped,
)
from engine.attacks.victims import BASE, SMOOTHED
from engine.audits.attacks.cases import image_cases
from engine.audits.attacks.plan import AttackPlan
from engine.audits.attacks.result import AuditResult, Edge, Trial
from engine.audits.attacks.run import audit_attacks
from engine.certification import Settings, base_prediction, certify
from engine.certification.pipeline import prediction
from engine.core.errors import InvalidSetting
from engine.core.journal import Journal
from engine.evaluation.examples import read_example
from engine.inputs import ABSTAIN, VOID, datasets
from engine.models import BaseModel
from engine.models.coupling import trust

SETTINGS = Settings(sigma=0.25, n0=5, n=40, alpha=0.05, tau=0.6, size=64, seed=7)
PLAN = AttackPlan(losses=("ce",), attacks=("pgd",), steps=4, smoothed_steps=2, draws=2)


class Turncoat(nn.Module):
    """Sure of class 0 for its first `loyal` images and of class 1 ever after: no promise about it can hold."""

    def __init__(self, loyal: int) -> None:
        super().__init__()
        self.left = loyal
        trust(self)  # or it would be asked twice about some

    def forward(self, images: Tensor) -> Tensor:
        self.left -= len(images)
        answer = torch.zeros(len(images), 11, *images.shape[-2:]) + 0.0 * images[:, :1]
        answer[:, 0 if self.left >= 0 else 1] += 9.0
        return answer


def test_a_broken_promise_is_counted(street: BaseModel, camvid_root: Path) -> None:
    certified = replace(street, network=Turncoat(SETTINGS.n0 + SETTINGS.n))
    source = datasets["camvid"].open(camvid_root, "val")
    result = audit_attacks(image_cases(street, certified, source, size=64, limit=1), SETTINGS, PLAN)
    assert {trial.verdict.certified for trial in result.trials} == {64 * 48}
    assert [trial.verdict.violations for trial in result.trials] == [64 * 48] * 2
    assert result.violations == result.as_dict()["violations"] == 2 * 64 * 48


def test_what_it_tries_and_counts(street: BaseModel, camvid_root: Path) -> None:
    source = datasets["camvid"].open(camvid_root, "val")
    result = audit_attacks(image_cases(street, street, source, size=64, limit=2), SETTINGS, PLAN)
    assert [(trial.name, trial.victim) for trial in result.trials] == [
        (item.name, victim) for item in source.items() for victim in (BASE, SMOOTHED)
    ]
    image, truth = read_example(source, source.items()[1], 64)
    settings = SETTINGS.fresh("example", 1)
    certificate = certify(street, image, settings)
    promised = np.where(certificate.labels == ABSTAIN, VOID, certificate.labels).astype(np.uint8)
    before = base_prediction(street, image)
    attack = AttackSettings(budget=certificate.radius, loss="ce", steps=4)
    for trial, target, options in (
        (result.trials[2], truth, {"victim": BASE}),
        (result.trials[3], promised, {"victim": SMOOTHED, "sigma": 0.25, "draws": 2}),
    ):
        seed = settings.fresh(trial.victim, 0).streams.number()
        own = replace(attack, steps=4 if trial.victim == BASE else 2, seed=seed)
        found = attack_input(street, image, aim_at(street, image, truth=target), own, **options)
        after = prediction(street, found.adversarial)
        assert trial.norm == found.norm
        assert trial.norm == pytest.approx(certificate.radius, rel=1e-3)
        assert trial.flipped_share == flipped(before, after, (before == truth) & (truth < 11))
        assert trial.verdict.certified == certificate.certified_count
        assert trial.verdict.inside


def test_an_attack_with_losses_of_its_own_is_made_once(street: BaseModel, camvid_root: Path) -> None:
    plan = replace(PLAN, attacks=("pgd", "sea"), losses=("ce", "js"), smoothed_losses=("ce",))
    assert plan.tried_on(BASE) == (("pgd", "ce"), ("pgd", "js"), ("sea", "own"))
    source = datasets["camvid"].open(camvid_root, "val")
    result = audit_attacks(image_cases(street, street, source, size=64, limit=1), SETTINGS, plan)
    assert [trial.tried for trial in result.trials] == [
        (BASE, "pgd", "ce"), (BASE, "pgd", "js"), (BASE, "sea", "own"), (SMOOTHED, "pgd", "ce"),
        (SMOOTHED, "sea", "own"),
    ]  # fmt: skip
    assert all(trial.verdict.inside for trial in result.trials)


def test_the_edge_is_looked_for_on_the_first_inputs(
    street: BaseModel, camvid_root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick = EdgeSearch(limit=1.3, halvings=0, steps=2)
    monkeypatch.setattr(
        "engine.audits.attacks.run.empirical_radius",
        lambda *given, **options: empirical_radius(*given, quick, **options),
    )
    source, plan = datasets["camvid"].open(camvid_root, "val"), replace(PLAN, edges=1)
    cases = image_cases(street, street, source, size=64, limit=2)
    made = []
    for _ in range(2):
        with Journal(tmp_path / "kept.jsonl", {"what": "edges"}) as journal:
            made.append(audit_attacks(cases, SETTINGS, plan, journal=journal))
    assert made[0] == made[1]
    (edge,) = made[0].edges
    assert (edge.name, edge.flipped) == (cases.names[0], None)
    assert SETTINGS.radius < edge.tried <= 1.3 * SETTINGS.radius
    with pytest.raises(InvalidSetting, match="edges must be 0"):
        replace(PLAN, edges=-1)


def test_edges_are_told_by_the_smallest_and_the_median() -> None:
    found = [(0.4, 0.3), (None, 0.5), (0.6, 0.2)]
    edges = tuple(Edge(name=f"{a}", flipped=a, lost=b, tried=1.0) for a, b in found)
    row = AuditResult(kind="image", count=3, radius=0.2, trials=(trial("a", BASE, 0.1),), edges=edges).as_dict()
    told = row["empirical_radius"]
    assert (told["inputs"], told["certified"]) == (3, 0.2)
    assert told["flipped"] == {"smallest": 0.4, "median": 0.6, "found": 2}
    assert told["lost_majority"] == {"smallest": 0.2, "median": 0.3, "found": 3}
    assert [one["name"] for one in told["by_input"]] == ["0.4", "None", "0.6"]
    none = AuditResult(kind="image", count=1, radius=0.2, trials=(trial("a", BASE, 0.1),)).as_dict()
    assert none["empirical_radius"] is None


def trial(name: str, victim: str, share: float, violations: int = 0, **changes: object) -> Trial:
    verdict = Verdict(certified=10 if name == "a" else 20, violations=violations, now_abstain=3, inside=True)
    values = {"name": name, "victim": victim, "attack": "pgd", "loss": "ce", "norm": 0.1, "flipped_share": share}
    return Trial(verdict=verdict, **(values | changes))


def test_the_report_by_hand() -> None:
    """The worst attack of each image, against the base model only; sums over trials; each image's pixels once."""
    result = AuditResult(
        kind="image",
        count=2,
        radius=0.2,
        trials=(
            trial("a", BASE, 0.1),
            trial("a", BASE, 0.3, loss="js", norm=0.15),
            trial("b", BASE, 0.5, violations=1),
            trial("b", BASE, 0.2, loss="js"),
            trial("a", SMOOTHED, 0.9),
            trial("b", SMOOTHED, 0.9, violations=2),
        ),
        components={"a": 40, "b": 40},
    )
    row = result.as_dict()
    assert row["by_input"] == [
        {"name": "a", "flipped_share": 0.3, "certified_fraction": 0.25, "violations": 0},
        {"name": "b", "flipped_share": 0.5, "certified_fraction": 0.5, "violations": 3},
    ]
    assert row["flipped_share"] == pytest.approx((0.3 + 0.5) / 2)
    assert row["flipped_share_worst_by_image"] == {"a": 0.3, "b": 0.5}
    assert (row["norm_max"], row["certified_components"], row["violations"]) == (0.15, 30, 3)
    assert (row["now_abstain"], row["inside"]) == (18, True)
    assert row["strongest"] == {"attack": "pgd", "loss": "ce", "at_least_plain_pgd": 1.0}
    assert (row["alone"], row["alone_flipped_share"]) == (0, None)
    names = ("victim", "attack", "loss", "flipped_share", "at_least_plain_pgd", "violations", "now_abstain")
    assert [tuple(found[name] for name in names) for found in row["by_attack"]] == [
        (BASE, "pgd", "ce", 0.3, 1.0, 1, 6),
        (BASE, "pgd", "js", 0.25, 0.5, 0, 6),
        (SMOOTHED, "pgd", "ce", None, None, 2, 6),
    ]


def test_the_strongest_attack_is_compared_image_by_image() -> None:
    trials = [trial(image, BASE, 0.3) for image in "abcd"]
    trials += [trial(image, BASE, share, loss="js") for image, share in zip("abcd", (0.2, 0.9, 0.3, 0.4), strict=True)]
    trials += [trial("a", SMOOTHED, 1.0, loss="cospgd")]
    row = AuditResult(
        kind="image", count=4, radius=0.2, trials=tuple(trials), alone=(True, False, False, False)
    ).as_dict()
    assert row["strongest"] == {"attack": "pgd", "loss": "js", "at_least_plain_pgd": 0.75}
    assert (row["alone"], row["alone_flipped_share"]) == (4, 0.25)
    unplain = AuditResult(
        kind="image", count=4, radius=0.2, trials=tuple(one for one in trials if one.loss != "ce")
    ).as_dict()
    assert unplain["strongest"] == {"attack": "pgd", "loss": "js", "at_least_plain_pgd": None}


def test_pixels_attacked_by_themselves(street: BaseModel, camvid_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attack is about one correct pixel, another every time; then at least as many fall as where all share."""
    source = datasets["camvid"].open(camvid_root, "val")
    wide = replace(SETTINGS, sigma=2.0)
    masks: list[np.ndarray] = []

    def watched(*arguments: Any, **options: Any) -> AttackResult:
        masks.append(arguments[2].mask)
        return attack_input(*arguments, **options)

    monkeypatch.setattr("engine.audits.attacks.run.attack_input", watched)
    cases = image_cases(street, street, source, size=64, every=2, limit=0)
    result = audit_attacks(cases, wide, replace(PLAN, alone=3))
    assert result.count == 1
    assert len(result.alone) == 3
    image, truth = read_example(source, source.items()[0], 64)
    correct = base_prediction(street, image) == truth
    places = [np.flatnonzero(mask) for mask in masks[-3:]]
    assert [len(place) for place in places] == [1, 1, 1]
    assert len(np.unique(places)) == 3
    assert correct.flat[np.concatenate(places)].all()
    assert result.as_dict()["alone_flipped_share"] >= result.trials[0].flipped_share
    with pytest.raises(InvalidSetting, match=r"alone must lie in \[0, 10000\], got -1"):
        replace(PLAN, alone=-1)
    with pytest.raises(InvalidSetting, match="every must be 1 or more, got 0"):
        image_cases(street, street, source, size=64, every=0)
