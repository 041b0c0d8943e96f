"""Perturbation families, one per file; each declares `FAMILY`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.errors import unknown_name
from engine.perturbations.base import Family
from engine.registry import entries_of

__all__ = ["Family", "families", "family"]


@cache
def families() -> Mapping[str, Family]:
    """All families by name."""
    return entries_of(sys.modules[__name__], "FAMILY", Family)


def family(name: str) -> Family:
    """The family of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in families():
        raise unknown_name("perturbation family", name, families())
    return families()[name]
