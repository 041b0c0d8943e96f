"""The papers' figures and tables, computed again, beside the bundled records."""

from engine.papers.figures import Experiment, ExperimentResult, Finding, Quality, experiments
from engine.papers.records import ATTACKS, SHIFTS, TURNS, attack_grid, audit_records, turn_grid
from engine.papers.tables import Cell, Grid, PaperTable, files_of, model_scores, own_grid, own_results, paper_tables

__all__ = [
    "ATTACKS",
    "SHIFTS",
    "TURNS",
    "Cell",
    "Experiment",
    "ExperimentResult",
    "Finding",
    "Grid",
    "PaperTable",
    "Quality",
    "attack_grid",
    "audit_records",
    "experiments",
    "files_of",
    "model_scores",
    "own_grid",
    "own_results",
    "paper_tables",
    "turn_grid",
]
