"""Modes of testing, one per file; each declares `MODE`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.stats.modes.base import Mode

__all__ = ["Mode", "mode", "modes"]


@cache
def modes() -> Mapping[str, Mode]:
    """All modes by name."""
    return entries_of(sys.modules[__name__], "MODE", Mode)


def mode(name: str) -> Mode:
    """The mode of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in modes():
        raise unknown_name("mode", name, modes())
    return modes()[name]
