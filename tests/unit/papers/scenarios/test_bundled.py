"""The bundled scenarios' files: all there, small, sound in themselves, and as convincing as they are meant to be."""

from __future__ import annotations

import pytest

from engine.attacks import SMOOTHED
from engine.papers import SCENARIOS, check_scenario, open_scenario, scenarios

MOST_BYTES = 6_000_000


def test_places_are_in_order() -> None:
    assert [scenario.place for scenario in scenarios.values()] == list(range(1, len(scenarios) + 1))
    assert len({scenario.title for scenario in scenarios.values()}) == len(scenarios)
    assert len({scenario.settings.seed for scenario in scenarios.values()}) == len(scenarios)


def test_every_scenario_has_its_files_and_nothing_else_lies_there() -> None:
    assert {path.name for path in SCENARIOS.iterdir()} == set(scenarios)
    assert sum(path.stat().st_size for path in SCENARIOS.rglob("*")) < MOST_BYTES


@pytest.mark.parametrize("name", list(scenarios))
def test_the_files_hold_what_they_claim(name: str) -> None:
    staged = open_scenario(scenarios[name])
    wrong = [f"{told.name}: {told.detail}" for told in check_scenario(staged) if not told.passed]
    assert wrong == []


@pytest.mark.parametrize("name", list(scenarios))
def test_inside_the_radius_nothing_certified_flips(name: str) -> None:
    scenario = scenarios[name]
    staged = open_scenario(scenario)
    row, how = staged.as_row(), scenario.how
    assert row["inside"] == (how.share <= 1.0)
    assert row["violations"] == 0 or not row["inside"]
    assert 0.0 < staged.duel.result.size <= how.share * scenario.settings.radius
    assert row["radius"] == pytest.approx(scenario.settings.radius)
    assert staged.duel.result.settings.steps == how.steps
    assert staged.duel.clean.certified_fraction > 0.0
    if how.victim != SMOOTHED:
        assert staged.as_row()["undefended_flipped"] > 0.0  # type: ignore[operator]


def test_the_papers_figure_convinces() -> None:
    """The undefended model visibly destroyed, most of the picture certified."""
    row = open_scenario(scenarios["figure-1"]).as_row()
    assert row["undefended_flipped"] >= 0.4  # type: ignore[operator]
    assert row["certified_fraction"] >= 0.6  # type: ignore[operator]
