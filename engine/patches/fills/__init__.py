"""What is put in the place of hidden pixels, one way a file; each declares `FILL`."""

from engine.core.registry import Registry, entries_of
from engine.patches.fills.base import Fill, Rectangle

__all__ = ["Fill", "Rectangle", "fills"]


fills = Registry("fill", lambda: entries_of(__name__, "FILL", Fill))
"""All ways of filling by name."""
