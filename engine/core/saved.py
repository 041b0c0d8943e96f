"""Certificates of every kind as files: one NPZ of plain arrays beside a record in JSON, and where it comes from."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import EngineError, InvalidInput
from engine.core.files import read_bytes
from engine.core.npz import arrays_of

Made = TypeVar("Made")
Build = Callable[[dict[str, Any], dict[str, NDArray[Any]]], Made]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a certificate comes from, whatever it promises. Kinds add fields of their own; all are checked by their
    types. Raises InvalidInput."""

    model: str
    weights_sha256: str
    classes: tuple[str, ...]
    input_sha256: str
    source_sha256: str
    source_size: tuple[int, int]
    device: str
    precision: str
    versions: dict[str, str]
    created: str

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for field in fields(self):
            wanted = get_origin(hints[field.name]) or hints[field.name]
            if not isinstance(getattr(self, field.name), wanted):
                raise InvalidInput(f"its {field.name} is not a {wanted.__name__}")
        words = [*self.classes, *self.versions, *self.versions.values()]
        if not self.classes or not all(isinstance(word, str) for word in words):
            raise InvalidInput("its classes and versions must be words")
        if len(self.source_size) != 2 or not all(isinstance(side, int) for side in self.source_size):
            raise InvalidInput("its source size is not two whole numbers")

    @classmethod
    def of_record(cls, stored: Mapping[str, Any]) -> Self:
        """From what JSON made of it. Raises InvalidInput, and TypeError or KeyError for other names."""
        classes, size = tuple(stored["classes"]), tuple(stored["source_size"])
        return cls(**{**stored, "classes": classes, "source_size": size})


def save_record(target: Path | io.BytesIO, record: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write one .npz; every entry is a plain array, the record is JSON text."""
    np.savez_compressed(target, record=np.array(json.dumps(record)), **dict(arrays))  # type: ignore[arg-type]


def load_record(source: Path | bytes, names: Iterable[str], build: Build[Made], what: str) -> Made:
    """What `build` makes of the record and the named arrays of a saved file; nothing is unpickled.

    what: what it should be, for the sentence where it is none. Raises InvalidInput.

    >>> load_record(b"something else", (), lambda record, arrays: record, "certificate")
    Traceback (most recent call last):
    engine.core.errors.InvalidInput: this is not a certificate: the file is not an NPZ file...
    """
    data = source if isinstance(source, bytes) else read_bytes(source)
    try:
        arrays = arrays_of(data, "the file", ("record", *names))
    except InvalidInput as error:
        raise InvalidInput(f"this is not a {what}: {error}") from None
    try:
        return build(json.loads(str(arrays.pop("record"))), arrays)
    except EngineError as error:
        raise InvalidInput(f"this certificate cannot be used: {error}") from None
    except Exception as error:  # whatever a damaged or hostile file provokes in zip, JSON or NumPy
        raise InvalidInput(f"this is not a {what} ({f'{type(error).__name__}: {error}'[:120]})") from None
