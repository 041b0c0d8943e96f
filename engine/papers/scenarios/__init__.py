"""Attacks that are finished before anybody asks: named, bundled with their certificates, one per file.

Each file declares `SCENARIO`: what is attacked and how. What came of it lies under assets/scenarios, made by
`make_scenario`.
"""

from engine.core.registry import Registry, entries_of
from engine.papers.scenarios._make import Told, check_scenario, make_scenario
from engine.papers.scenarios._store import SCENARIOS, open_scenario, save_scenario
from engine.papers.scenarios.base import Scenario, Staged

__all__ = [
    "SCENARIOS",
    "Scenario",
    "Staged",
    "Told",
    "check_scenario",
    "make_scenario",
    "open_scenario",
    "save_scenario",
    "scenarios",
]


scenarios = Registry(
    "scenario",
    lambda: dict(sorted(entries_of(__name__, "SCENARIO", Scenario).items(), key=lambda item: item[1].place)),
)
"""All scenarios by name, in the order in which they are shown."""
