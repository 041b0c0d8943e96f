"""Changes that happen to pictures and shapes, one per file. No model, no promise.

A file declares `CHANGE` where numbers alone decide what happens, `RANDOM` where it takes a random field.
"""

from engine.changes.base import Change, Parameter, RandomChange
from engine.core.registry import Registry, entries_of

__all__ = ["Change", "Parameter", "RandomChange", "changes", "random_changes"]


changes = Registry("change", lambda: entries_of(__name__, "CHANGE", Change))
"""All changes that numbers decide, by name."""

random_changes = Registry("random change", lambda: entries_of(__name__, "RANDOM", RandomChange))
"""All changes with random fields, by name."""
