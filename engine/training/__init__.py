"""Trainings by recipe: one task per file; each declares `TASK`."""

from engine.core.errors import unknown_name
from engine.core.registry import Registry, entries_of
from engine.training.base import Recipe, Task
from engine.training.loop import TrainingPlan

__all__ = ["Recipe", "Task", "TrainingPlan", "recipe", "tasks"]


tasks = Registry("task", lambda: entries_of(__name__, "TASK", Task))
"""All tasks by name."""


def recipe(task_name: str, name: str) -> TrainingPlan:
    """A recipe of a task. Raises UnknownName."""
    recipes = tasks[task_name].recipes
    if name not in recipes:
        raise unknown_name(f"{task_name} recipe", name, recipes)
    found: TrainingPlan = recipes[name]
    return found
