"""Modes of testing, one per file; each declares `MODE`."""

from engine.core.registry import Registry, entries_of
from engine.stats.modes.base import Mode

__all__ = ["Mode", "modes"]


modes = Registry("mode", lambda: entries_of(__name__, "MODE", Mode))
"""All modes by name."""
