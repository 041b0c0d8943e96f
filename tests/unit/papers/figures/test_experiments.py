"""Every experiment of the registry at draft quality: shapes, findings, determinism, cancelling, the bundled results."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import Cancelled, InvalidInput, InvalidSetting, UnknownName
from engine.papers.figures import Experiment, ExperimentResult, Quality, Series, experiments
from engine.papers.figures._judge import tiny
from engine.papers.figures._sweeps import HOLM, INDIV, JOINT, METHODS, tolerated

BUNDLED = Path(__file__).resolve().parents[4] / "assets" / "experiments"
NAMES = sorted(experiments)


def silent(done: int, total: int) -> None:
    assert 0 <= done <= total


@cache
def draft(name: str) -> ExperimentResult:
    return experiments[name].run(seed=1, quality=Quality.DRAFT, progress=silent, cancelled=lambda: False)


def test_all_figures_of_the_paper_are_there() -> None:
    figures = {f"figure-{number}" for number in ("2a", "2b", "2c", "5a", "5b", "6a", "6b")}
    assert set(NAMES) == figures | {"which-draws"}
    with pytest.raises(UnknownName, match="figure-2a"):
        experiments["figure-3"]


@pytest.mark.parametrize("name", NAMES)
def test_entries_speak_to_people(name: str) -> None:
    entry = experiments[name]
    assert isinstance(entry, Experiment)
    assert entry.question.endswith("?")
    assert entry.published
    assert len({other.label for other in experiments.values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_results_are_shares_over_increasing_points(name: str) -> None:
    result = draft(name)
    assert result.name == name
    assert 2 <= len(result.series) <= 4  # as many as the chart has styles
    for series in result.series:
        assert series.x.shape == series.y.shape == series.raw.shape
        assert (np.diff(series.x) > 0).all()
        assert min(series.raw.min(), series.y.min()) >= 0.0
        assert max(series.raw.max(), series.y.max()) <= 1.0
    assert result.findings
    assert all(row.statement and row.published and row.measured for row in result.findings)


@pytest.mark.parametrize("name", NAMES)
def test_bundled_results_say_what_a_draft_says(name: str) -> None:
    """The committed result is of this code: same statements, same verdicts, and the curves agree within noise."""
    stored = ExperimentResult.from_dict(json.loads((BUNDLED / f"{name}.json").read_text()))
    made = draft(name)
    assert (stored.name, stored.quality, stored.seed) == (name, Quality.PAPER, 0)
    verdicts = [(row.statement, row.published, row.holds) for row in stored.findings]
    assert verdicts == [(row.statement, row.published, row.holds) for row in made.findings]
    assert dict(stored.settings) == dict(made.settings)
    for old, new in zip(stored.series, made.series, strict=True):
        assert old.name == new.name
        assert old.x.tolist() == pytest.approx(new.x.tolist())
        # The largest standard error is that of an all-or-nothing rate of 1/2 over 60 runs: 0.065.
        assert np.abs(old.raw - new.raw).max() < 0.3
        assert np.abs(old.raw - new.raw).mean() < 0.02


def test_results_survive_json() -> None:
    made = draft("figure-2a")
    again = ExperimentResult.from_dict(json.loads(json.dumps(made.as_dict())))
    assert again.as_dict() == made.as_dict()
    assert again.findings == made.findings


@pytest.mark.parametrize("damage", [{"series": [{"name": "x"}]}, {"quality": "fine"}, {"seed": "a"}])
def test_damaged_results_are_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        ExperimentResult.from_dict(draft("figure-2a").as_dict() | damage)
    with pytest.raises(InvalidInput):
        ExperimentResult.from_dict({})


def test_same_seed_same_curves_and_another_seed_others() -> None:
    entry = experiments["figure-2a"]
    again = entry.run(seed=1, quality=Quality.DRAFT, progress=silent, cancelled=lambda: False)
    other = entry.run(seed=2, quality=Quality.DRAFT, progress=silent, cancelled=lambda: False)
    first = draft("figure-2a").curve(HOLM).raw
    assert (again.curve(HOLM).raw == first).all()
    assert (other.curve(HOLM).raw != first).any()


def test_figure_5a_is_figure_2b_unsmoothed() -> None:
    for name in METHODS:
        smooth, plain = draft("figure-2b").curve(name), draft("figure-5a").curve(name)
        assert (smooth.raw == plain.raw).all()
        assert (plain.y == plain.raw).all()


def test_crossings_of_figure_2a() -> None:
    """JointClass: (1-g)^99 (1-5g) = 0.66 (66 hits of 100 give a bound above 1/2) at g = 0.0040 by bisection.

    IndivClass: 72 hits of 100 on the bad component; P(Bin(100, 1-5g) >= 72) = 1/2 at g = 0.0571 by bisection.
    """
    result = draft("figure-2a")
    assert result.curve(JOINT).falls_below(0.5) == pytest.approx(0.0040, abs=0.001)
    assert result.curve(INDIV).falls_below(0.5) == pytest.approx(0.0571, abs=0.004)


@pytest.mark.parametrize("seed", [-1, 2**53, True, 0.5, "1"])
def test_seeds_outside_their_bound_are_refused(seed: object) -> None:
    with pytest.raises(InvalidSetting, match="seed"):
        experiments["figure-6a"].run(
            seed=seed,  # type: ignore[arg-type]
            quality=Quality.DRAFT,
            progress=silent,
            cancelled=lambda: False,
        )


@pytest.mark.parametrize("name", NAMES)
def test_runs_report_and_stop_between_points(name: str) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        experiments[name].run(
            seed=0,
            quality=Quality.DRAFT,
            progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: seen[-1][0] >= 3,
        )
    assert [done for done, _ in seen] == [0, 1, 2, 3]
    assert len({total for _, total in seen}) == 1


def test_falls_below_interpolates() -> None:
    values = np.array([1.0, 0.8, 0.4, 0.0])
    curve = Series(name="c", x=np.arange(4.0), raw=values, y=values)
    assert curve.falls_below(0.6) == pytest.approx(1.5)
    assert curve.falls_below(2.0) == 0.0
    assert curve.falls_below(-1.0) is None
    assert curve.at(0.5) == pytest.approx(0.9)


def test_budgets_and_small_numbers_in_words() -> None:
    assert [tolerated(b, 1999) for b in (0, 1, 0.001, 0.01)] == [0, 1, 1, 19]
    assert [tiny(value) for value in (0.25, 2e-8, 1e-30)] == ["0.25", "2 × 10⁻⁸", "less than 10⁻¹²"]
