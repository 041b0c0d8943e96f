"""The paper's synthetic experiments, recomputed; one per file, each declares `EXPERIMENT`."""

from engine.core.registry import Registry, entries_of
from engine.papers.figures.base import Experiment, ExperimentResult, Finding, Quality, Series

__all__ = ["Experiment", "ExperimentResult", "Finding", "Quality", "Series", "experiments"]


experiments = Registry("experiment", lambda: entries_of(__name__, "EXPERIMENT", Experiment))
"""All experiments by name, in the order of their figures."""
