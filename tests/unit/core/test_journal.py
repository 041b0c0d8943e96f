"""A run that was stopped goes on where it was, by what its journal has; another run's journal is left alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import engine
from engine.audits.attacks.cases import image_cases, shape_cases
from engine.audits.attacks.plan import AttackPlan
from engine.audits.attacks.run import audit_attacks
from engine.audits.rotations import TurnPlan, audit_turns
from engine.certification import Settings
from engine.core import Cancelled, Compute, InvalidInput
from engine.core.journal import NOWHERE, Journal
from engine.core.version import source_sha256
from engine.evaluation.shapes import ShapeEvaluation, evaluate_shapes
from engine.inputs import datasets
from engine.inputs.fingerprint import told_of
from engine.inputs.shape_datasets import ShapeItem
from engine.models import BaseModel
from tests.material.ball_datasets import TwoBalls
from tests.material.tiny_models import toy_cloud_model

SETTINGS = Settings(sigma=0.3, tau=0.75, n0=10, n=100, points=200, seed=4)
ATTACKS = AttackPlan(
    losses=("ce",), attacks=("pgd",), steps=3, smoothed_steps=2, draws=2, again=30, alone=2, beyond=3.0
)
TURNS = TurnPlan(inside=2, outside=1)


def kept(path: Path, value: int) -> int:
    with Journal(path, {"a": 1}) as journal:
        return one(journal, value)


def one(journal: Journal, value: int) -> int:
    return journal.keep("one", lambda: value, write=lambda made: [made], read=lambda row: row[0])


def test_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.jsonl"
    assert kept(path, 3) == 3
    assert kept(path, 4) == 3
    before = path.read_bytes()
    words = r"belongs to another run \(other a\); delete it or choose another file to go on with"
    with pytest.raises(InvalidInput, match=words) as refused:
        Journal(path, {"a": 2})
    with pytest.raises(InvalidInput, match=r"belongs to another run \(other a, b\)"):
        Journal(path, {"b": 1})
    assert path.read_bytes() == before
    assert kept(path, 5) == 3
    assert refused.traceback  # what was refused is still known here, and yet holds no lock
    assert one(NOWHERE, 6) == 6
    assert one(NOWHERE, 7) == 7


@pytest.mark.parametrize(
    ("where", "what", "name"),
    [
        ("VERSION", "another", "version"),
        ("source_sha256", lambda: "another", "version"),
        ("torch.__version__", "another", "packages"),
        ("np.__version__", "another", "packages"),
        ("scipy.__version__", "another", "packages"),
        ("torch.get_num_threads", lambda: 99, "threads"),
    ],
)
def test_what_computes_is_part_of_the_run(
    where: str, what: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path / "kept", 1)
    monkeypatch.setattr(f"engine.core.journal.{where}", what)
    with pytest.raises(InvalidInput, match=rf"another run \(other {name}\)"):
        Journal(tmp_path / "kept", {"a": 1})


@pytest.mark.parametrize("package", ["", "synthetic/shapes"])
def test_the_source_is_told_by_all_of_its_files(package: str) -> None:
    root, digest = Path(engine.__file__).parent / package, hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    assert source_sha256(package) == digest.hexdigest()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with Journal(path, {"a": 1}) as journal:
        with pytest.raises(InvalidInput, match="is being written by another run; wait for it or choose another file"):
            Journal(path, {"a": 1})
        assert one(journal, 3) == 3
    assert kept(path, 4) == 3


@pytest.mark.parametrize("size", [0, 1, 20, -1])
def test_a_first_line_that_was_cut_off_is_written_again(size: int, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with Journal(path, {"a": 1}):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[:size])  # of a stop or a full disk
    assert kept(path, 3) == 3
    assert path.read_bytes().startswith(whole)
    assert kept(path, 4) == 3


def test_every_entry_is_on_disk_when_the_next_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "kept", list[bytes]()
    monkeypatch.setattr("engine.core.journal.os.fsync", lambda _: synced.append(path.read_bytes()))
    with Journal(path) as journal:
        one(journal, 3)
        before = path.read_bytes()
        assert before.endswith(b'{"name": "one", "made": [3]}\n')
        assert synced == [before[: before.index(b"\n") + 1], before]
        with pytest.raises(ValueError, match="'one' was kept before"):
            one(journal, 4)
    inode = path.stat().st_ino
    with Journal(path):
        assert (path.read_bytes(), path.stat().st_ino) == (before, inode)  # whole lines are never written again


def test_examples_are_told_by_their_files(tmp_path: Path) -> None:
    shape = tmp_path / "Cup_1.npz"
    shape.write_bytes(b"12345")
    os.utime(shape, ns=(1, 2))
    item = ShapeItem(name="Cup_1", category="Cup", path=shape)
    first = told_of([item])
    assert first == told_of([replace(item)])
    os.utime(shape, ns=(1, 3))
    later = told_of([item])
    shape.write_bytes(b"123456")
    os.utime(shape, ns=(1, 3))
    larger = told_of([item])
    labels = told_of([replace(item, label_path=shape)])
    shape.unlink()
    told = [first, later, larger, labels, told_of([item]), told_of([replace(item, name="Cup_2")])]
    assert len({str(row) for row in told}) == len(told)


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
    with Journal(path) as journal, pytest.raises(Stopped, match="1/2"):
        run(toy_cloud_model(compute), journal, progress=stop)
    assert len(path.read_text().splitlines()) == 2
    with Journal(path) as journal:
        assert run(toy_cloud_model(compute), journal) == whole
    assert len(path.read_text().splitlines()) == 3
    seen: list[int] = []
    mute = replace(toy_cloud_model(compute), network=torch.nn.Identity())  # all of it is read: this gives no logits
    with Journal(path) as journal:
        assert run(mute, journal, progress=lambda done, _: seen.append(done)) == whole
    assert seen == [1, 2]


def test_a_run_that_is_cancelled_keeps_what_was_done(compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with Journal(path) as journal, pytest.raises(Cancelled):
        turned(toy_cloud_model(compute), journal, cancelled=lambda: len(path.read_text().splitlines()) == 2)
    with Journal(path) as journal:
        assert turned(toy_cloud_model(compute), journal) == turned(toy_cloud_model(compute), NOWHERE)


@pytest.mark.parametrize("run", [scored, turned, shifted])
@pytest.mark.parametrize("row", ["3", "{}", "[{}]"])
def test_what_is_damaged_is_refused(run: Callable[..., Any], row: str, compute: Compute, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with Journal(path) as journal:
        run(toy_cloud_model(compute), journal)
    first, _, last = path.read_text().splitlines()
    path.write_text(f'{first}\n{{"name": "Ball_0", "made": {row}}}\n{last}\n')
    before = path.read_bytes()
    words = "has a line that cannot be read; delete it to start again"
    with Journal(path) as journal, pytest.raises(InvalidInput, match=words):
        run(toy_cloud_model(compute), journal)
    assert path.read_bytes() == before


def test_images_go_on_too(street: BaseModel, camvid_root: Path, tmp_path: Path) -> None:
    settings = Settings(sigma=0.25, n0=5, n=40, alpha=0.05, tau=0.6, size=64, seed=7)
    plan = replace(ATTACKS, again=0)
    cases = image_cases(street, street, datasets["camvid"].open(camvid_root, "val"), size=64, limit=2)
    with Journal(tmp_path / "kept") as journal:
        made = audit_attacks(cases, settings, plan, journal=journal)
    deaf = replace(cases, read=lambda _: pytest.fail("read again"))
    with Journal(tmp_path / "kept") as journal:
        assert audit_attacks(deaf, settings, plan, journal=journal) == made
