"""Segmenters that do not ship with the project: optional, opened from local files, fetched on explicit request only.

One source per file; each declares `SOURCE`. Which files to open is written in a configuration, see `config`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.models.external._weights import sha256_of
from engine.models.external.base import ModelSource, Offer, Opened, Option

__all__ = ["ModelSource", "Offer", "Opened", "Option", "sha256_of", "source", "sources"]


@cache
def sources() -> Mapping[str, ModelSource]:
    """All sources by name; none of the packages they need is imported."""
    return entries_of(sys.modules[__name__], "SOURCE", ModelSource)


def source(name: str) -> ModelSource:
    """The source of that name. Raises UnknownName."""
    if not isinstance(name, str) or name not in sources():
        raise unknown_name("model source", name, sources())
    return sources()[name]
