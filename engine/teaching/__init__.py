"""Exact toy pictures for the lessons."""

from engine.teaching import coins, margins, plane, same_size, strip

__all__ = ["coins", "margins", "plane", "same_size", "strip"]
