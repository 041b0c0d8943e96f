"""The paper's synthetic experiments, recomputed; one per file, each declares `EXPERIMENT`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.papers.figures.base import Experiment, ExperimentResult, Finding, Quality, Series

__all__ = ["Experiment", "ExperimentResult", "Finding", "Quality", "Series", "experiment", "experiments"]


@cache
def experiments() -> Mapping[str, Experiment]:
    """All experiments by name, in the order of their figures."""
    return entries_of(sys.modules[__name__], "EXPERIMENT", Experiment)


def experiment(name: str) -> Experiment:
    """The experiment of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in experiments():
        raise unknown_name("experiment", name, experiments())
    return experiments()[name]
