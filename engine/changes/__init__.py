"""Changes that happen to pictures and shapes, one per file; each declares `CHANGE`. No noise, no model, no promise."""

from engine.changes.base import Change, Parameter
from engine.core.registry import Registry, entries_of

__all__ = ["Change", "Parameter", "changes"]


changes = Registry("change", lambda: entries_of(__name__, "CHANGE", Change))
"""All changes by name."""
