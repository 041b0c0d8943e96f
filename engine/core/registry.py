"""Registries filled from the modules of a package: a new entry is one new file."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from engine.core.errors import unknown_name

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry]):
    """Entries by name, read-only, found when they are first asked for; a name that it lacks raises UnknownName.

    noun: what an entry is, for the error. entries: finds them; for those of a package see `entries_of`.

    >>> primes = Registry("prime", lambda: {"two": 2, "three": 3})
    >>> primes["two"], list(primes)
    (2, ['two', 'three'])
    >>> primes["four"]
    Traceback (most recent call last):
        ...
    engine.core.errors.UnknownName: unknown prime 'four'; known: three, two
    """

    def __init__(self, noun: str, entries: Callable[[], Mapping[str, Entry]]) -> None:
        self._noun = noun
        self._find = entries

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return self._find()

    def __getitem__(self, name: str) -> Entry:
        if name not in self:
            raise unknown_name(self._noun, name, self._entries)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{self._noun} registry: {', '.join(self._entries)}>"


def entries_of(package: str, attribute: str, kind: type[Entry]) -> Mapping[str, Entry]:
    """Import every public module of the package of that name and collect its `attribute`, keyed by the entry's name.

    Modules without the attribute (bases, shared pieces) are passed over. Raises TypeError for an attribute of another
    type and ValueError for a name given twice.
    """
    found: dict[str, Entry] = {}
    for info in pkgutil.iter_modules(sys.modules[package].__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        entry = getattr(module, attribute, None)
        if entry is None:
            continue
        if not isinstance(entry, kind):
            raise TypeError(f"{module.__name__}.{attribute} is not a {kind.__name__}")
        name: str = entry.name  # type: ignore[attr-defined]
        if name in found:
            raise ValueError(f"two entries of {package} are named {name!r}")
        found[name] = entry
    return found
