"""How much memory a result takes: the bytes of its arrays, files and texts, each counted once."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np


def bytes_of(result: object) -> int:
    """Bytes of all arrays, byte strings and texts that a result holds, through dataclasses, mappings and sequences."""
    return _bytes_of(result, set())


def _bytes_of(thing: object, seen: set[int]) -> int:
    if thing is None or isinstance(thing, int | float | bool) or id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        if isinstance(thing.base, np.ndarray):  # a view keeps the whole array that it looks at
            return _bytes_of(thing.base, seen)
        return int(thing.nbytes)
    if isinstance(thing, bytes | str):
        return len(thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return sum(_bytes_of(getattr(thing, field.name), seen) for field in fields(thing))
    if isinstance(thing, Mapping):
        return sum(_bytes_of(value, seen) for value in thing.values())
    if isinstance(thing, tuple | list | set | frozenset):
        return sum(_bytes_of(each, seen) for each in thing)
    return 0
