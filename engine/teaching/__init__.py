"""Exact toy pictures for the lessons."""

from engine.teaching import coins, plane

__all__ = ["coins", "plane"]
