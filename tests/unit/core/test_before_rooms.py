"""Files made before the engine's modules moved into rooms are read, hold, and are gone on with.

How they were made: tests/material/before_rooms/README.md. Of numbers that arithmetic on another processor may end in
other digits, or on another side of an edge, only nearness is asked.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.certification import Certificate, ledger_of, verify
from engine.core.version import SAME_ANSWERS
from engine.evaluation.sweep import Row
from engine.inputs import Subject, datasets, decode_cloud, decode_image
from engine.models import zoo
from engine.training.shape_pools import find_sources, load_pools
from tests.material.commands import run
from tests.material.tiny_parts import KNOWN, SPEC, tiny

FOLDER = Path(__file__).resolve().parents[2] / "material" / "before_rooms"
MADE = json.loads((FOLDER / "made.json").read_text("utf-8"))
PICTURES = ("fixed", "anytime", "explore", "free", "fdr", "budget", "laplace", "uniform", "denoised")
CLOUDS = ("cloud", "turned", "axis")


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_zoo: None) -> Iterator[Path]:  # noqa: ARG001
    """A copy of the folder: examples as old as its journals say, and its own models, packages and number of threads."""
    shutil.copytree(FOLDER, tmp_path / "before")
    for path in [*tmp_path.glob("before/camvid/**/*"), *tmp_path.glob("before/psb/**/*")]:
        os.utime(path, (MADE["changed_at"], MADE["changed_at"]))
    monkeypatch.setattr(zoo, "FOLDER", tmp_path / "before" / "models")
    for package, version in zip(("torch", "np", "scipy"), MADE["packages"], strict=True):
        monkeypatch.setattr(f"engine.core.journal.{package}.__version__", version)
    threads = torch.get_num_threads()
    torch.set_num_threads(MADE["threads"])
    yield tmp_path / "before"
    torch.set_num_threads(threads)


def subject_of(certificate: Certificate) -> Subject:
    if certificate.kind == "cloud":
        return decode_cloud((FOLDER / "cube.off").read_bytes(), suffix=".off", points=certificate.settings.points)
    return decode_image((FOLDER / "street.png").read_bytes(), size=certificate.settings.size)


def test_the_sources_of_then_are_among_those_with_the_same_answers() -> None:
    assert MADE["source_sha256"] in SAME_ANSWERS[""]


@pytest.mark.parametrize("name", [*PICTURES, *CLOUDS])
def test_certificates_load_and_verify(name: str, before: Path) -> None:
    made = Certificate.load(before / f"{name}.npz")
    assert made.certified_count > 0
    outcome = verify(made, subject=subject_of(made))
    assert outcome.passed, [check for check in outcome.checks if not check.passed]
    again = before / "again.npz"
    made.save(again)
    loaded = Certificate.load(again)
    for array in ("labels", "top", "votes", "hits"):
        np.testing.assert_array_equal(getattr(loaded, array), getattr(made, array))
    assert (loaded.settings, loaded.provenance) == (made.settings, made.provenance)


def test_they_stand_for_what_they_are_named_for(before: Path) -> None:
    settings = {name: Certificate.load(before / f"{name}.npz").settings for name in (*PICTURES, *CLOUDS)}
    assert [settings[name].mode for name in PICTURES[:4]] == ["fixed", "anytime", "explore", "free"]
    assert [settings[name].correction for name in ("fixed", "fdr", "budget")] == ["holm", "fdr-by", "k-step-down"]
    assert settings["budget"].budget == 8
    families = [settings[name].family for name in ("fixed", "laplace", "uniform", *CLOUDS)]
    assert families == ["l2", "l1-laplace", "l1-uniform", "l2", "so3", "rotation-axis"]
    assert Certificate.load(before / "denoised.npz").provenance.model == "street-noise25+scale:0.5+single"
    claims = ledger_of((name, Certificate.load(before / f"{name}.npz")) for name in ("fixed", "free"))
    assert claims.alpha == pytest.approx(0.2)


@pytest.mark.parametrize("name", ["fixed", "free", "denoised", "turned"])
def test_drawing_again_agrees(name: str, before: Path) -> None:
    """To the last count on the processor that made them; elsewhere a draw at the edge of two classes may differ."""
    made = Certificate.load(before / f"{name}.npz")
    check = verify(made, subject=subject_of(made), resample=True).checks[-1]
    assert check.name == "resample"
    differing = 0 if check.passed else int(check.detail.split()[2].replace(",", ""))
    assert differing <= 0.01 * made.labels.size, check.detail


def test_the_weights_that_ship_still_give_what_they_gave() -> None:
    made = Certificate.load(FOLDER / "shipped.npz")
    assert verify(made, subject=subject_of(made)).passed
    check = verify(made, subject=subject_of(made), resample=True).checks[-1]
    differing = 0 if check.passed else int(check.detail.split()[2].replace(",", ""))
    assert differing <= 0.01 * made.labels.size, check.detail


def near(found: Any, recorded: Any, place: str = "") -> None:
    """The same record, but for times, and for scores by what a pixel or two do to them."""
    assert type(found) is type(recorded), place
    if isinstance(recorded, dict):
        assert found.keys() == recorded.keys(), place
        for key in recorded.keys() - {"seconds", "seconds_per_image", "version", "command"}:
            near(found[key], recorded[key], f"{place}.{key}")
    elif isinstance(recorded, list):
        assert len(found) == len(recorded), place
        for number, (one, other) in enumerate(zip(found, recorded, strict=True)):
            near(one, other, f"{place}[{number}]")
    elif isinstance(recorded, float):
        assert found == pytest.approx(recorded, abs=0.01), place
    else:
        assert found == recorded, place


def command(name: str, before: Path, *more: object) -> list[object]:
    dataset = "psb" if name == "evaluate-shapes" else "camvid"
    return [*MADE["commands"][name], "--root", before / dataset, *more]


def test_a_sweep_is_gone_on_with(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = json.loads((before / "sweep.json").read_text("utf-8"))
    out = before / "out"
    out.mkdir()
    half = (before / "sweep-half.jsonl").read_bytes()
    (out / "images.jsonl").write_bytes(half)
    code, rows, _ = run(capsys, *command("sweep", before, "--out", out))
    assert code == 0
    near(rows, recorded["rows"])
    near(json.loads((out / "result.json").read_text("utf-8")), recorded)
    lines = (out / "images.jsonl").read_bytes().splitlines()
    assert lines[:2] == half.splitlines()[:2]  # what was done is not done again
    assert [json.loads(line)["name"] for line in lines[1:]] == ["0", "1", "2"]
    assert {Row(**row).images for row in recorded["rows"]} == {3}


def test_an_evaluation_of_shapes_is_gone_on_with(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = (before / "shapes-half.jsonl").read_bytes()
    (before / "kept.jsonl").write_bytes(half)
    code, (row,), _ = run(capsys, *command("evaluate-shapes", before, "--keep", before / "kept.jsonl"))
    assert code == 0
    near(row, json.loads((before / "shapes.json").read_text("utf-8")))
    lines = (before / "kept.jsonl").read_bytes().splitlines()
    assert lines[:2] == half.splitlines()[:2]
    assert [json.loads(line)["name"] for line in lines[1:]] == ["Cup_1", "Cup_2", "Cup_3"]


@pytest.mark.parametrize("change", ["--seed=1", "--alpha=0.2"])
def test_another_run_is_refused_as_before(change: str, before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = before / "shapes-half.jsonl"
    whole = kept.read_bytes()
    code, rows, lines = run(capsys, *command("evaluate-shapes", before, "--keep", kept, change))
    assert (code, rows) == (2, [])
    assert f"belongs to another run (other {change[2:].split('=')[0]}" in lines[-1]
    assert kept.read_bytes() == whole


def test_an_evaluation_gives_what_it_gave(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (row,), _ = run(capsys, *command("evaluate", before))
    assert code == 0
    near(row, json.loads((before / "evaluate.json").read_text("utf-8")))


def test_examples_are_the_ones_of_then(before: Path) -> None:
    source = datasets["camvid"].open(before / "camvid", "val")
    assert [item.name for item in source.items()] == ["0", "1", "2"]


def test_pools_of_points_are_read(before: Path) -> None:
    plan = tiny(
        spec=replace(SPEC, parts=2, categories=1), categories={"Cup": KNOWN["Cup"]},
        points=16, pool=32, own_count=1, split="all",
    )  # fmt: skip
    sources = find_sources(plan, before / "psb")
    pools = load_pools(plan, sources, before / "pools.npz", lambda said: pytest.fail(said))
    assert pools.points.shape == (4, 32, 3)
    fresh = load_pools(plan, sources, before / "fresh.npz", lambda _: None)
    np.testing.assert_allclose(pools.points, fresh.points, atol=1e-5)
    np.testing.assert_array_equal(pools.labels, fresh.labels)
