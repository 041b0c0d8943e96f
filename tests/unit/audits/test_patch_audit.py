"""The audit of patches: what it tries, what it sums, and that it goes on where it was stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.audits.attacks.cases import image_cases
from engine.audits.patches.plan import UNDEFENDED, WATCHED, PatchPlan
from engine.audits.patches.run import PatchAudit, PatchTrial, audit_patches
from engine.core import Compute, InvalidSetting, UnknownName
from engine.core.journal import Journal
from engine.inputs.datasets import datasets
from engine.models import load_model
from engine.patches import PatchVerdict

PLAN = PatchPlan(patch=8, stride=16, size=64, places=2, steps=2, watched_steps=1, looks=1, losses=("js", "ce"))


@pytest.fixture
def cases(camvid_root: Path, compute: Compute):
    return image_cases(
        load_model("street-plain", compute), load_model("street-clean", compute),
        datasets["camvid"].open(camvid_root, "val"), size=64, limit=1,
    )  # fmt: skip


def test_everything_planned_is_tried_at_every_place(cases, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with Journal(kept, {}) as journal:
        found = audit_patches(cases, PLAN, journal=journal)
    tried = [(trial.made_for, trial.loss) for trial in found.trials]
    each = [("photograph", ""), (UNDEFENDED, "js"), (WATCHED, "js"), (UNDEFENDED, "ce"), (WATCHED, "ce")]
    assert tried == each * 2
    assert len({(trial.x, trial.y) for trial in found.trials}) == 2
    assert found.violations == 0
    assert (found.stride, found.passes) == (16, 12)
    with Journal(kept, {}) as journal:
        again = audit_patches(replace(cases, read=lambda _: pytest.fail("done before")), PLAN, journal=journal)
    assert again == found


def trial(image: str, made_for: str, flipped: float, **counts: int) -> PatchTrial:
    none = dict.fromkeys(("violations", "alarms", "new_alarms", "changed", "unnoticed"), 0)
    values = {"pixels": 100, "certified": 50, **none}
    return PatchTrial(
        image=image, x=0, y=0, made_for=made_for, loss="js", flipped_share=flipped,
        verdict=PatchVerdict(**(values | counts)),
    )  # fmt: skip


def test_sums_by_hand() -> None:
    audit = PatchAudit(
        images=2, stride=5, passes=9,
        trials=(
            trial("a", UNDEFENDED, 0.1, alarms=60, new_alarms=10, changed=20, unnoticed=3),
            trial("a", UNDEFENDED, 0.3, alarms=50, new_alarms=0, changed=0),
            trial("a", WATCHED, 0.0, alarms=70, new_alarms=20, changed=40, unnoticed=5, violations=2),
            trial("b", UNDEFENDED, 0.2, certified=70, alarms=30, new_alarms=0),
        ),
    )  # fmt: skip
    row = audit.as_dict()
    assert (row["trials"], row["violations"], row["certified_components"]) == (4, 2, 120)
    assert row["certified_fraction"] == pytest.approx(120 / 200)
    assert row["flipped_share_worst"] == pytest.approx((0.3 + 0.2) / 2)
    assert row["flipped_share_max"] == pytest.approx(0.3)
    alone, watched = row["rows"]
    assert (alone["made_for"], alone["trials"], alone["violations"]) == (UNDEFENDED, 3, 0)
    assert alone["flipped_share"] == pytest.approx(0.2)
    assert alone["alarm_share"] == pytest.approx((0.6 + 0.5 + 0.3) / 3)
    assert alone["new_alarm_share"] == pytest.approx((10 / 50 + 0 + 0) / 3)
    assert alone["changed_share"] == pytest.approx(0.2 / 3)
    assert alone["unnoticed_share"] == pytest.approx(0.03 / 3)
    assert (watched["violations"], watched["unnoticed_share"]) == (2, pytest.approx(0.05))


def test_plans_that_try_nothing_are_refused() -> None:
    for changes in ({"places": 0}, {"losses": ()}, {"looks": 0}, {"steps": 0}, {"watched_steps": 0}):
        with pytest.raises(InvalidSetting):
            PatchPlan(**changes)
    with pytest.raises(UnknownName):
        PatchPlan(plain=("no-such",))


def test_the_stickers_of_a_plan_follow_from_its_seed() -> None:
    assert PLAN.sticker("js", 3, watched=True) == PLAN.sticker("js", 3, watched=True)
    assert PLAN.sticker("js", 3, watched=True).seed != PLAN.sticker("js", 4, watched=True).seed
    assert PLAN.sticker("js", 3, watched=True).steps == 1
    assert replace(PLAN, stride=None).settings(240, 320).stride == 47  # ceil(233 / 47) * ceil(313 / 47) = 5 * 7
