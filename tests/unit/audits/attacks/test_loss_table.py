"""The table of losses by budget: what is attacked, how it is averaged, and that a journal goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.attacks import aim_at, attack_input, flipped
from engine.audits.attacks.losses import LossPlan, LossShare, LossTable, measure_losses
from engine.certification import base_prediction
from engine.certification.pipeline import prediction
from engine.core.errors import InvalidSetting, UnknownName
from engine.core.journal import Journal
from engine.evaluation.examples import read_example
from engine.inputs import datasets
from engine.models import BaseModel

PLAN = LossPlan(budgets=(0.5, 3.0), losses=("ce", "js"), attacks=("pgd", "sea"), steps=3)


def test_every_cell_is_one_attack_with_the_absolute_budget(street: BaseModel, camvid_root: Path) -> None:
    source = datasets["camvid"].open(camvid_root, "val")
    table = measure_losses(street, source, PLAN, size=64, limit=2)
    assert PLAN.pairs == (("pgd", "ce"), ("pgd", "js"), ("sea", "own"))
    names = [item.name for item in source.items()]
    assert [(one.image, one.budget, one.attack, one.loss) for one in table.shares] == [
        (name, budget, *pair) for name in names[:2] for budget in PLAN.budgets for pair in PLAN.pairs
    ]
    image, truth = read_example(source, source.items()[1], 64)
    wanted = PLAN.settings(3.0, "js", 1)
    assert (wanted.budget, wanted.steps, wanted.norm) == (3.0, 3, "l2")
    found = attack_input(street, image, aim_at(street, image, truth=truth), wanted)
    before = base_prediction(street, image)
    lost = flipped(before, prediction(street, found.adversarial), (before == truth) & (truth < 11))
    assert table.shares[10] == LossShare(image=names[1], budget=3.0, attack="pgd", loss="js", flipped=lost)


def test_means_and_worst_by_hand() -> None:
    plan = LossPlan(budgets=(0.5,), losses=("ce", "js"), attacks=("pgd",))
    cells = {("a", "ce"): 0.1, ("a", "js"): 0.3, ("b", "ce"): 0.5, ("b", "js"): 0.4}
    shares = tuple(
        LossShare(image=name, budget=0.5, attack="pgd", loss=loss, flipped=share)
        for (name, loss), share in cells.items()
    )
    row = LossTable(plan=plan, shares=shares).as_dict()
    assert row["images"] == 2
    assert [(one["loss"], pytest.approx(one["flipped_share"])) for one in row["rows"]] == [("js", 0.35), ("ce", 0.3)]
    assert row["by_budget"] == [
        {"budget": 0.5, "attack": "pgd", "loss": "js", "flipped_share": pytest.approx(0.35), "worst_of_all": 0.4}
    ]


def test_a_journal_has_what_is_done(street: BaseModel, camvid_root: Path, tmp_path: Path) -> None:
    source, kept = datasets["camvid"].open(camvid_root, "val"), tmp_path / "kept.jsonl"
    made = []
    for _ in range(2):
        with Journal(kept, {"what": "losses"}) as journal:
            made.append(measure_losses(street, source, PLAN, size=64, limit=1, journal=journal))
        lines = kept.read_text().splitlines()
    assert made[0] == made[1]
    assert len(lines) == 2  # the heading and one image


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"losses": ("nope",)}, UnknownName), ({"attacks": ("nope",)}, UnknownName), ({"budgets": ()}, InvalidSetting),
     ({"budgets": (-1.0,)}, InvalidSetting), ({"steps": 0}, InvalidSetting)],
)  # fmt: skip
def test_plans_that_make_no_table(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        LossPlan(**({"budgets": (0.1,)} | changes))  # type: ignore[arg-type]
