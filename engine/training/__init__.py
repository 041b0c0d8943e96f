"""Trainings by recipe: one task per file; each declares `TASK`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.training.base import Recipe, Task
from engine.training.loop import Plan

__all__ = ["Plan", "Recipe", "Task", "recipe", "task", "tasks"]


@cache
def tasks() -> Mapping[str, Task]:
    """All tasks by name."""
    return entries_of(sys.modules[__name__], "TASK", Task)


def task(name: str) -> Task:
    """The task of that name. Raises UnknownName."""
    if name not in tasks():
        raise unknown_name("task", name, tasks())
    return tasks()[name]


def recipe(task_name: str, name: str) -> Plan:
    """A recipe of a task. Raises UnknownName."""
    recipes = task(task_name).recipes
    if name not in recipes:
        raise unknown_name(f"{task_name} recipe", name, recipes)
    found: Plan = recipes[name]
    return found
