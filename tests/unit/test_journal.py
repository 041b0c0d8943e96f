"""A run that was stopped goes on where it was, by what its journal has; another run's journal is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import BaseModel, Cancelled, Compute, InvalidInput, Settings, dataset
from engine.attack_audit import audit_attacks
from engine.attack_cases import image_cases, shape_cases
from engine.attack_plan import AttackPlan
from engine.journal import NOWHERE, Journal
from engine.rotation_audit import TurnPlan, audit_turns
from engine.shape_datasets import ShapeItem
from engine.shape_evaluation import ShapeEvaluation, evaluate_shapes
from tests.balls import Ball
from tests.tiny_models import toy_cloud_model

SETTINGS = Settings(sigma=0.3, tau=0.75, n0=10, n=100, points=200, seed=4)
ATTACKS = AttackPlan(
    losses=("ce",), attacks=("pgd",), steps=3, smoothed_steps=2, draws=2, again=30, alone=2, beyond=3.0
)
TURNS = TurnPlan(inside=2, outside=1)


class TwoBalls(Ball):
    """The ball, twice."""

    def items(self) -> tuple[ShapeItem, ...]:
        return tuple(replace(super(TwoBalls, self).items()[0], name=f"Ball_{number}") for number in range(2))


def one(journal: Journal, value: int) -> int:
    return journal.keep("one", lambda: value, write=lambda made: [made], read=lambda row: row[0])


def test_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.jsonl"
    assert one(Journal(path, {"a": 1}), 3) == 3
    assert one(Journal(path, {"a": 1}), 4) == 3
    with pytest.raises(InvalidInput, match="belongs to another run; delete it or choose another file to go on with"):
        Journal(path, {"a": 2})
    assert one(Journal(path, {"a": 1}), 5) == 3
    assert one(NOWHERE, 6) == 6
    assert one(NOWHERE, 7) == 7


def test_another_version_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Journal(tmp_path / "kept", {})
    monkeypatch.setattr("engine.journal.VERSION", "another")
    with pytest.raises(InvalidInput, match="belongs to another run"):
        Journal(tmp_path / "kept", {})


def scored(model: BaseModel, journal: Journal, **watch: Any) -> Any:
    watch.pop("cancelled", None)
    made = evaluate_shapes(lambda _: model, TwoBalls(), SETTINGS, taus=(0.9,), journal=journal, **watch)
    return ShapeEvaluation(settings=made.settings, rows=tuple(replace(row, seconds=0.0) for row in made.rows))


def turned(model: BaseModel, journal: Journal, **watch: Any) -> Any:
    settings = replace(SETTINGS, family="so3")
    return audit_turns(lambda _: model, TwoBalls(), settings, TURNS, journal=journal, **watch)


def shifted(model: BaseModel, journal: Journal, **watch: Any) -> Any:
    cases = shape_cases(lambda _: model, lambda _: model, TwoBalls(), points=200)
    return audit_attacks(cases, SETTINGS, ATTACKS, journal=journal, **watch)


@pytest.mark.parametrize("run", [scored, turned, shifted])
def test_a_run_goes_on_after_the_first_shape(run: Callable[..., Any], compute: Compute, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped(f"{done}/{total}")

    path, whole = tmp_path / "kept.jsonl", run(toy_cloud_model(compute), NOWHERE)
    with pytest.raises(Stopped, match="1/2"):
        run(toy_cloud_model(compute), Journal(path), progress=stop)
    assert len(path.read_text().splitlines()) == 2
    assert run(toy_cloud_model(compute), Journal(path)) == whole
    assert len(path.read_text().splitlines()) == 3
    seen: list[int] = []
    mute = replace(toy_cloud_model(compute), network=torch.nn.Identity())  # all of it is read: this gives no logits
    assert run(mute, Journal(path), progress=lambda done, _: seen.append(done)) == whole
    assert seen == [1, 2]


def test_a_run_that_is_cancelled_keeps_what_was_done(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with pytest.raises(Cancelled):
        turned(toy_cloud_model(compute), Journal(path), cancelled=lambda: len(path.read_text().splitlines()) == 2)
    assert turned(toy_cloud_model(compute), Journal(path)) == turned(toy_cloud_model(compute), NOWHERE)


@pytest.mark.parametrize("run", [scored, turned, shifted])
@pytest.mark.parametrize("row", ["3", "{}", "[{}]"])
def test_what_is_damaged_is_refused(run: Callable[..., Any], row: str, compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    run(toy_cloud_model(compute), Journal(path))
    first, _, last = path.read_text().splitlines()
    path.write_text(f'{first}\n{{"name": "Ball_0", "made": {row}}}\n{last}\n')
    with pytest.raises(InvalidInput, match="has a line that cannot be read; delete it to start again"):
        run(toy_cloud_model(compute), Journal(path))


def test_images_go_on_too(street: BaseModel, camvid_root: Path, tmp_path: Path) -> None:
    settings = Settings(sigma=0.25, n0=5, n=40, alpha=0.05, tau=0.6, size=64, seed=7)
    plan = replace(ATTACKS, again=0)
    cases = image_cases(street, street, dataset("camvid", camvid_root, "val"), size=64, limit=2)
    made = audit_attacks(cases, settings, plan, journal=Journal(tmp_path / "kept"))
    deaf = replace(cases, read=lambda _: pytest.fail("read again"))
    assert audit_attacks(deaf, settings, plan, journal=Journal(tmp_path / "kept")) == made
