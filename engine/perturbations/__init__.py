"""Perturbation families, one per file; each declares `FAMILY`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.inputs.subject import Kind
from engine.perturbations._rotation_law import certifies_all, published_angle, rotation_curve
from engine.perturbations._turning import rotation_angle, rotation_of
from engine.perturbations.base import Family

__all__ = [
    "Family",
    "certifies_all",
    "families",
    "families_for",
    "family",
    "published_angle",
    "rotation_angle",
    "rotation_curve",
    "rotation_of",
]


@cache
def families() -> Mapping[str, Family]:
    """All families by name."""
    return entries_of(sys.modules[__name__], "FAMILY", Family)


def families_for(kind: Kind) -> Mapping[str, Family]:
    """The families that can perturb this kind of input, by name."""
    return {name: entry for name, entry in families().items() if kind in entry.inputs}


def family(name: str) -> Family:
    """The family of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in families():
        raise unknown_name("perturbation family", name, families())
    return families()[name]
