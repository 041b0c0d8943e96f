"""The papers' figures and tables, computed again, beside the bundled records."""

from engine.papers.figures import Experiment, ExperimentResult, Finding, Quality, experiments
from engine.papers.records import ATTACKS, SHIFTS, TURNS, attack_grid, audit_records, turn_grid
from engine.papers.scenarios import (
    SCENARIOS,
    Scenario,
    Staged,
    check_scenario,
    make_scenario,
    open_scenario,
    save_scenario,
    scenarios,
)
from engine.papers.tables import Cell, Grid, PaperTable, files_of, model_scores, own_grid, own_results, paper_tables

__all__ = [
    "ATTACKS",
    "SCENARIOS",
    "SHIFTS",
    "TURNS",
    "Cell",
    "Experiment",
    "ExperimentResult",
    "Finding",
    "Grid",
    "PaperTable",
    "Quality",
    "Scenario",
    "Staged",
    "attack_grid",
    "audit_records",
    "check_scenario",
    "experiments",
    "files_of",
    "make_scenario",
    "model_scores",
    "open_scenario",
    "own_grid",
    "own_results",
    "paper_tables",
    "save_scenario",
    "scenarios",
    "turn_grid",
]
