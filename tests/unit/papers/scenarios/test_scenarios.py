"""Bundled attacks: made, saved and opened they are the same, and files that were tampered with are told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.attacks import RotationResult
from engine.certification import Certificate
from engine.core import InvalidInput
from engine.core.grid import GRID
from engine.export import fine_png, read_fine_png
from engine.inputs.labels import VOID
from engine.papers import Scenario, Staged, check_scenario, make_scenario, open_scenario, save_scenario
from tests.material.tiny_scenarios import PICTURE, SHAPE

BOTH = (PICTURE, SHAPE)


@pytest.fixture(scope="module")
def made() -> dict[str, Staged]:
    return {scenario.name: make_scenario(scenario) for scenario in BOTH}


@pytest.fixture(scope="module")
def saved(made: dict[str, Staged], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the files of both; not to be changed."""
    folder = tmp_path_factory.mktemp("scenarios")
    for name, staged in made.items():
        save_scenario(staged, folder / name)
    return folder


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    """The picture's files, which a test may spoil."""
    shutil.copytree(saved / PICTURE.name, tmp_path / "copied")
    return tmp_path / "copied"


def failed(staged: Staged) -> set[str]:
    return {told.name for told in check_scenario(staged) if not told.passed}


def write_arrays(folder: Path, **changes: np.ndarray) -> None:
    with np.load(folder / "arrays.npz") as held:
        arrays = {name: held[name] for name in held} | changes
    np.savez_compressed(folder / "arrays.npz", **{name: one for name, one in arrays.items() if one.size})  # type: ignore[arg-type]


def write_record(folder: Path, **changes: Any) -> None:
    path = folder / "record.json"
    record = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: one for key, one in record.items() if one is not None}), encoding="utf-8")


@pytest.mark.parametrize("scenario", BOTH, ids=lambda one: one.name)
def test_what_is_opened_is_what_was_made(scenario: Scenario, made: dict[str, Staged], saved: Path) -> None:
    first, again = made[scenario.name], open_scenario(scenario, saved / scenario.name)
    assert again.subject.sha256 == first.subject.sha256
    np.testing.assert_array_equal(again.truth, first.truth)
    old, new = first.duel, again.duel
    for name in ("before", "after"):
        np.testing.assert_array_equal(getattr(new, name), getattr(old, name))
    np.testing.assert_array_equal(new.changed.values, old.changed.values)
    assert new.changed.sha256 == old.changed.sha256
    for one, other in ((new.clean, old.clean), (new.attacked, old.attacked)):
        assert one.to_bytes() == other.to_bytes()
    assert new.verdict == old.verdict
    assert not isinstance(new.result, RotationResult)
    assert not isinstance(old.result, RotationResult)
    assert new.result.size == pytest.approx(old.result.size)
    assert new.result.settings == old.result.settings
    np.testing.assert_array_equal(new.result.adversarial, old.result.adversarial)
    assert [step.share for step in new.result.history] == pytest.approx(
        [step.share for step in old.result.history], abs=1e-4
    )
    assert new.result.attack == old.result.attack
    assert failed(again) == set()


@pytest.mark.parametrize("scenario", BOTH, ids=lambda one: one.name)
def test_an_attack_keeps_its_budget_and_other_noise_certifies_it(scenario: Scenario, made: dict[str, Staged]) -> None:
    staged, duel = made[scenario.name], made[scenario.name].duel
    moved = duel.changed.values[..., :3].astype(np.float64) - staged.subject.values[..., :3]
    assert 0.0 < float(np.sqrt((moved**2).sum())) <= 0.99 * scenario.settings.radius
    assert duel.clean.settings == scenario.settings
    assert duel.attacked.settings == scenario.settings.fresh("attacked")
    assert duel.verdict.inside
    assert duel.verdict.violations == 0
    row = staged.as_row()
    aimed = duel.before == 2 if scenario is SHAPE else np.ones(duel.before.shape, dtype=bool)
    assert row["undefended_flipped"] == pytest.approx(np.mean((duel.before != duel.after)[aimed]))
    assert row["flipped_of_all"] == pytest.approx(np.mean(duel.before != duel.after))
    known = staged.truth != VOID
    assert row["right_before"] == pytest.approx(np.mean(duel.before[known] == staged.truth[known]))
    assert row["certified_fraction"] == pytest.approx(np.mean(duel.clean.certified))


def test_every_attacked_pixel_lies_on_the_grid_of_base_models(made: dict[str, Staged]) -> None:
    pixels = made[PICTURE.name].duel.changed.values.astype(np.float64)
    np.testing.assert_array_equal(np.rint(pixels / GRID) * GRID, pixels)
    assert pixels.min() >= 0.0
    assert pixels.max() < 1.0


def _larger(folder: Path) -> None:
    path = folder / "attacked.png"
    pixels = read_fine_png(path.read_bytes())
    pixels[:8] = (1.0 - GRID) - pixels[:8]
    path.write_bytes(fine_png(pixels))


def _counts(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        certificate = Certificate.load(folder / name)
        hits = certificate.hits.copy()
        hits[0, 0] = certificate.draws if hits[0, 0] < certificate.draws else 0
        replace(certificate, hits=hits).save(folder / name)

    return spoil


def _answers(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with np.load(folder / "arrays.npz") as held:
            other = (held[name] + 1) % 11
        write_arrays(folder, **{name: other})

    return spoil


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_larger, "budget"),
        (_counts("clean.npz"), "clean certificate"),
        (_counts("attacked.npz"), "attacked certificate"),
        (_answers("before"), "undefended before"),
        (_answers("after"), "undefended after"),
    ],
)
def test_what_was_tampered_with_fails(spoil: Callable[[Path], None], check: str, copied: Path) -> None:
    spoil(copied)
    assert check in failed(open_scenario(PICTURE, copied))


@pytest.mark.parametrize(
    "other",
    [
        replace(PICTURE, settings=replace(PICTURE.settings, seed=12)),
        replace(PICTURE, settings=replace(PICTURE.settings, tau=0.7)),
        replace(PICTURE, certified="street-noise50"),
    ],
)
def test_files_of_another_scenario_fail(other: Scenario, saved: Path) -> None:
    assert "settings" in failed(open_scenario(other, saved / PICTURE.name))


def test_files_of_another_picture_fail(saved: Path) -> None:
    told = failed(open_scenario(replace(PICTURE, sample="street-92"), saved / PICTURE.name))
    assert {"budget", "clean certificate", "undefended before"} <= told


def test_the_attacked_certificate_has_the_scenarios_settings_too(made: dict[str, Staged]) -> None:
    """With a stream of its own; with another tau nothing might be seen to flip."""
    staged = made[PICTURE.name]
    for settings in (PICTURE.settings, replace(staged.duel.attacked.settings, tau=0.9)):
        attacked = replace(staged.duel.attacked, settings=settings)
        assert "settings" in failed(replace(staged, duel=replace(staged.duel, attacked=attacked)))


def _missing(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _cut(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        *(one(name) for name in ("attacked.png", "clean.npz", "attacked.npz", "arrays.npz", "record.json")
          for one in (_missing, _cut)),
        lambda folder: write_record(folder, settings=None),
        lambda folder: write_record(folder, settings={"budget": -1.0}),
        lambda folder: write_record(folder, settings={"colour": 1}),
        lambda folder: write_record(folder, history=[[1.0]]),
        lambda folder: write_record(folder, history=5),
        lambda folder: (folder / "record.json").write_text("[]", encoding="utf-8"),
        lambda folder: (folder / "record.json").write_bytes(b"\xff\xfe"),
        lambda folder: write_arrays(folder, before=np.zeros((0,), dtype=np.uint8)),
        lambda folder: write_arrays(folder, after=np.zeros((4, 4), dtype=np.uint8)),
        lambda folder: write_arrays(folder, truth=np.zeros((48, 64, 3), dtype=np.uint8)),
        lambda folder: (folder / "attacked.png").write_bytes(fine_png(np.zeros((8, 8, 3), dtype=np.float32))),
    ],
)  # fmt: skip
def test_damaged_files_are_refused_in_a_sentence(spoil: Callable[[Path], object], copied: Path) -> None:
    spoil(copied)
    with pytest.raises(InvalidInput, match=r"^the files of tiny (cannot be used|are damaged): \S"):
        open_scenario(PICTURE, copied)


def test_a_sample_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match="tiny needs the sample street-9, which this copy lacks"):
        replace(PICTURE, sample="street-9").input()
