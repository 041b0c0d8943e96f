"""Exact toy pictures for the lessons."""

from engine.teaching import coins, plane, same_size

__all__ = ["coins", "plane", "same_size"]
