"""Multiple-testing procedures, one per file; each declares `CORRECTION`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.stats.corrections.base import Correction

__all__ = ["Correction", "correction", "corrections"]


@cache
def corrections() -> Mapping[str, Correction]:
    """All procedures by name."""
    return entries_of(sys.modules[__name__], "CORRECTION", Correction)


def correction(name: str) -> Correction:
    """The procedure of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in corrections():
        raise unknown_name("correction", name, corrections())
    return corrections()[name]
