"""Multiple-testing procedures, one per file; each declares `CORRECTION`."""

from engine.core.registry import Registry, entries_of
from engine.stats.corrections.base import Correction

__all__ = ["Correction", "corrections"]


corrections = Registry("correction", lambda: entries_of(__name__, "CORRECTION", Correction))
"""All procedures by name."""
