"""Promises against patches: part of a picture replaced by anything at all. No noise, no draws, no alpha."""

from engine.patches.fills import Fill, fills
from engine.patches.windows import Window, covered, window_count, windows

__all__ = ["Fill", "Window", "covered", "fills", "window_count", "windows"]
