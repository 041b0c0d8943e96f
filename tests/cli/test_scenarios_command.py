"""python -m engine scenarios: the bundled attacks listed, verified and made again."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.core.registry import Registry
from engine.export import fine_png, read_fine_png
from engine.papers import make_scenario, open_scenario, save_scenario, scenarios
from tests.material.commands import refused, run
from tests.material.tiny_scenarios import PICTURE, SHAPE

MODULE = sys.modules["engine.papers.scenarios"]  # `engine.papers` has the registry under that name
ROW = {"name", "undefended_flipped", "certified_fraction", "violations", "radius", "norm"}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry holds two scenarios that are made in a second."""
    known = {one.name: one for one in (PICTURE, SHAPE)}
    monkeypatch.setattr(MODULE, "scenarios", Registry("scenario", lambda: known))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the picture's; not to be changed."""
    folder = tmp_path_factory.mktemp("bundle")
    save_scenario(make_scenario(PICTURE), folder / PICTURE.name)
    return folder


def test_a_row_for_each_and_a_file_of_all(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.json"
    code, rows, _ = run(capsys, "scenarios", PICTURE.name, "--out", bundle, "--json", out)
    assert code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == {"rows": rows}
    (row,) = rows
    assert set(row) >= ROW
    assert "verified" not in row
    assert (row["name"], row["violations"], row["inside"]) == (PICTURE.name, 0, True)
    assert 0.0 < row["norm"] <= row["radius"] == pytest.approx(PICTURE.settings.radius)
    assert row["norm"] == pytest.approx(open_scenario(PICTURE, bundle / PICTURE.name).duel.result.size)


def test_without_names_all_are_made_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, _ = run(capsys, "scenarios", "--make", "--verify", "--out", tmp_path / "made")
    assert code == 0
    assert [row["name"] for row in rows] == [PICTURE.name, SHAPE.name]
    assert all(row["verified"] and all(check["passed"] for check in row["checks"]) for row in rows)
    assert {path.name for path in (tmp_path / "made").iterdir()} == {PICTURE.name, SHAPE.name}
    code, again, _ = run(capsys, "scenarios", "--verify", "--out", tmp_path / "made")
    assert (code, again) == (0, rows)


def test_files_that_were_tampered_with_end_it_with_1(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staged = open_scenario(PICTURE, bundle / PICTURE.name)
    save_scenario(staged, tmp_path / PICTURE.name)
    picture = tmp_path / PICTURE.name / "attacked.png"
    picture.write_bytes(fine_png(read_fine_png(picture.read_bytes())[::-1]))
    out = tmp_path / "rows.json"
    code, rows, _ = run(capsys, "scenarios", PICTURE.name, "--verify", "--out", tmp_path, "--json", out)
    assert code == 1
    assert not rows[0]["verified"]
    wrong = {check["name"] for check in rows[0]["checks"] if not check["passed"]}
    assert wrong >= {"budget", "attacked certificate"}
    assert json.loads(out.read_text(encoding="utf-8"))["rows"] == rows
    code, listed, _ = run(capsys, "scenarios", PICTURE.name, "--out", tmp_path)
    assert code == 0  # listed without a check
    assert not listed[0]["inside"]


def test_files_are_made_again_over_others(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown after it is what was made, not what was read before."""
    other = replace(PICTURE, how=replace(PICTURE.how, share=0.5))
    save_scenario(make_scenario(other), tmp_path / PICTURE.name)
    before = open_scenario(PICTURE, tmp_path / PICTURE.name).duel.result.size
    code, (row,), _ = run(capsys, "scenarios", PICTURE.name, "--make", "--out", tmp_path)
    assert code == 0
    assert row["norm"] > 1.5 * before
    assert row["norm"] == pytest.approx(open_scenario(PICTURE, bundle / PICTURE.name).duel.result.size)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "unknown scenario 'nope'; known: tiny, tiny-shape"),
        (["tiny", "--out", "EMPTY"], "the files of tiny cannot be used: "),
        (["tiny", "--make", "--out", "FILE"], "FILE"),
        (["tiny", "--json", "EMPTY"], "is a folder"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "FILE").write_bytes(b"")
    placed = [str(tmp_path / word) if word.isupper() else word for word in arguments]
    assert words in refused(capsys, "scenarios", *placed)


def test_the_registry_of_the_bundle_is_what_it_lists_by_default(
    monkeypatch: pytest.MonkeyPatch, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(MODULE, "scenarios", scenarios)
    monkeypatch.setattr(MODULE, "SCENARIOS", bundle)
    assert f"the files of {next(iter(scenarios))} cannot be used" in refused(capsys, "scenarios")
