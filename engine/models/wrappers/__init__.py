"""Networks around a network: denoisers in front, several scales at once. One per file; each declares `WRAPPER`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.models.wrappers._denoised import DenoisedAt
from engine.models.wrappers.base import Wrapped, Wrapper

__all__ = ["DenoisedAt", "Wrapped", "Wrapper", "wrapper", "wrappers"]


@cache
def wrappers() -> Mapping[str, Wrapper]:
    """All wrappers by name."""
    return entries_of(sys.modules[__name__], "WRAPPER", Wrapper)


def wrapper(name: str) -> Wrapper:
    """The wrapper of that name. Raises UnknownName."""
    if name not in wrappers():
        raise unknown_name("wrapper", name, wrappers())
    return wrappers()[name]
