"""A sweep that was stopped goes on where it was: no picture is done twice, and no file of another run is used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.certification import Settings
from engine.core import Cancelled, Compute, InvalidInput
from engine.evaluation.sweep import Row, SweepPlan, SweepResult, sweep
from engine.inputs import SegmentationDataset, datasets
from engine.models import BaseModel
from tests.material.tiny_models import toy_model

PASSES = 1 + 1 + 1 + 1  # of one model over one picture: clean, one noisy draw, stage 1, stage 2


class Sweeping:
    """One plan over one dataset with a fresh toy each time; `passes` counts how often that toy ran."""

    def __init__(self, source: SegmentationDataset, settings: Settings, compute: Compute, kept: Path) -> None:
        self.source, self.compute, self.kept = source, compute, kept
        self.plan = SweepPlan(models=("toy",), sigmas=(0.05,), taus=(0.6,), settings=settings)
        self.passes = 0

    def __call__(
        self, *, plan: SweepPlan | None = None, model: BaseModel | None = None, name: str = "camvid/val", cancelled=None
    ) -> SweepResult:
        model = model or toy_model(self.compute)
        try:
            return sweep(
                {"toy": model}, self.source, name, plan or self.plan, self.kept, cancelled=cancelled or (lambda: False)
            )
        finally:
            self.passes = model.network.passes

    def lines(self) -> list[str]:
        return self.kept.read_text().splitlines()


@pytest.fixture
def sweeping(source: SegmentationDataset, few: Settings, compute: Compute, tmp_path: Path) -> Sweeping:
    return Sweeping(source, few, compute, tmp_path / "new" / "images.jsonl")


def scores(made: SweepResult) -> list[Row]:
    return [replace(row, seconds=0.0) for row in made.rows]


def test_a_finished_sweep_is_read_back(sweeping: Sweeping) -> None:
    made = sweeping()
    assert sweeping.passes == 2 * PASSES
    before = sweeping.kept.read_bytes()
    again = sweeping()
    assert sweeping.passes == 0
    assert again == made  # times too: they are those of the work that was done
    assert sweeping.kept.read_bytes() == before
    assert [json.loads(line)["name"] for line in sweeping.lines()[1:]] == ["a_001", "b_002"]


def test_stopped_and_resumed_gives_the_same_rows(sweeping: Sweeping) -> None:
    def one_done() -> bool:
        return len(sweeping.lines()) == 2

    with pytest.raises(Cancelled):
        sweeping(cancelled=one_done)
    assert len(sweeping.lines()) == 2
    resumed = sweeping()
    assert sweeping.passes == PASSES  # the second picture only
    sweeping.kept.unlink()
    assert scores(sweeping()) == scores(resumed)


@pytest.mark.parametrize("kept", [1, 30, -1])
def test_a_line_cut_off_by_a_stop_is_done_again(sweeping: Sweeping, kept: int) -> None:
    made = sweeping()
    whole = sweeping.kept.read_text()
    first, second, last = whole.splitlines(keepends=True)
    sweeping.kept.write_text(first + second + last[:kept])  # -1: all but the end of the line
    assert scores(sweeping()) == scores(made)
    assert sweeping.passes == PASSES
    assert [json.loads(line)["name"] for line in sweeping.lines()[1:]] == ["a_001", "b_002"]
    sweeping()
    assert sweeping.passes == 0


def test_a_radius_that_differs_in_its_last_digit_makes_no_row_of_its_own(sweeping: Sweeping) -> None:
    """As where a sweep that one processor began is ended by another."""
    made = sweeping()
    radius = next(row.radius for row in made.rows if row.radius)
    first, second, _ = sweeping.kept.read_text().splitlines(keepends=True)
    assert str(radius) in second
    sweeping.kept.write_text(first + second.replace(str(radius), str(radius * (1 + 1e-15))))
    again = sweeping()
    assert [row.images for row in again.rows] == [2] * len(made.rows)
    assert [replace(row, radius=0.0) for row in scores(again)] == [replace(row, radius=0.0) for row in scores(made)]


def test_a_file_of_another_sweep_is_refused(sweeping: Sweeping, compute: Compute) -> None:
    sweeping()
    before, plan = sweeping.kept.read_bytes(), sweeping.plan
    toy = toy_model(compute)
    others = [
        {"plan": replace(plan, taus=(0.7,))},
        {"plan": replace(plan, sigmas=(0.06,))},
        {"plan": replace(plan, corrections=("bonferroni",))},
        {"plan": replace(plan, settings=replace(plan.settings, seed=6))},
        {"plan": replace(plan, settings=replace(plan.settings, n=21))},
        {"plan": replace(plan, limit=1)},
        {"plan": replace(plan, every=2)},
        {"model": replace(toy, info=replace(toy.info, weights_sha256="f" * 64))},
        {"model": replace(toy, compute=Compute(device=compute.device, precision="bf16"))},
        {"name": "camvid/test"},
    ]
    for other in others:
        with pytest.raises(
            InvalidInput, match=r"belongs to another run \(other .*\); delete it or choose another file"
        ):
            sweeping(**other)
        assert sweeping.passes == 0
        assert sweeping.kept.read_bytes() == before


def test_other_pictures_are_another_sweep(sweeping: Sweeping, camvid_root: Path) -> None:
    sweeping()
    for folder, suffix in (("images", "jpg"), ("labels", "png")):
        path = camvid_root / "val" / folder / f"b_002.{suffix}"
        path.rename(path.with_stem("c_003"))
    sweeping.source = datasets["camvid"].open(camvid_root, "val")
    with pytest.raises(InvalidInput, match="belongs to another run"):
        sweeping()


@pytest.mark.parametrize("content", ["\n", '{"ru', "not json\n", "[]\n", '{"run": 1}\n'])
def test_what_is_no_record_is_refused(sweeping: Sweeping, content: str) -> None:
    sweeping.kept.parent.mkdir()
    sweeping.kept.write_text(content)
    with pytest.raises(InvalidInput, match="belongs to another run"):
        sweeping()
    assert sweeping.kept.read_text() == content


@pytest.mark.parametrize("line", ["{", "3", '{"name": "a_001"}', '{"name": "a_001", "made": [{}]}'])
def test_a_damaged_line_is_refused_in_one_sentence(sweeping: Sweeping, line: str) -> None:
    sweeping()
    first, _, second = sweeping.lines()
    sweeping.kept.write_text(f"{first}\n{line}\n{second}\n")
    with pytest.raises(InvalidInput, match="has a line that cannot be read; delete it to start again"):
        sweeping()
