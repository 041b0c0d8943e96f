"""Registries filled from the modules of a package: a new entry is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import TypeVar

Entry = TypeVar("Entry")


def entries_of(package: ModuleType, attribute: str, kind: type[Entry]) -> Mapping[str, Entry]:
    """Import every public module of `package` and collect its `attribute`, keyed by the entry's name.

    Modules without the attribute (bases, shared pieces) are passed over. Raises TypeError for an attribute of another
    type and ValueError for a name given twice.
    """
    found: dict[str, Entry] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        entry = getattr(module, attribute, None)
        if entry is None:
            continue
        if not isinstance(entry, kind):
            raise TypeError(f"{module.__name__}.{attribute} is not a {kind.__name__}")
        name: str = entry.name  # type: ignore[attr-defined]
        if name in found:
            raise ValueError(f"two entries of {package.__name__} are named {name!r}")
        found[name] = entry
    return found
