"""What is done of a long run, kept as it comes, so that a run that was stopped goes on where it was."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import scipy
import torch

from engine.core.errors import InvalidInput
from engine.core.version import VERSION, source_sha256

if sys.platform != "win32":
    import fcntl

Made = TypeVar("Made")


class Journal(AbstractContextManager["Journal"]):
    """A file of JSON lines; the first says what run the others belong to, each of which is one thing that is done.

    run: all that decides the answers, ready for JSON, by name; what computes them and on how many threads is added.
    Without a path nothing is kept. The file is this journal's alone until it is closed, as at the end of `with`.
    Raises InvalidInput for a file that another run is writing, that belongs to another run, or that is damaged: such a
    file is left as it is.
    """

    def __init__(self, path: Path | None = None, run: Mapping[str, Any] | None = None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._found: dict[str, Any] = {}
        self._names: set[str] = set()
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        try:
            self._lock()
            self._read(_heading(run or {}))
        except BaseException:
            self._file.close()
            raise

    def keep(
        self, name: str, make: Callable[[], Made], *, write: Callable[[Made], Any], read: Callable[[Any], Made]
    ) -> Made:
        """What was made under that name, once for all: `write` makes it ready for JSON, `read` brings it back.

        Raises ValueError for a name that stands for two things.
        """
        if self._file is None:
            return make()
        if name in self._names:
            raise ValueError(f"{name!r} was kept before")
        self._names.add(name)
        if name not in self._found:
            made = make()
            self._append({"name": name, "made": write(made)})
            return made
        try:
            again = read(self._found[name])
            whole = json.dumps(write(again)) == json.dumps(self._found[name])
        except (ValueError, TypeError, KeyError):
            whole = False
        if not whole:
            raise self._damaged()
        return again

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _lock(self) -> None:
        assert self._file is not None
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InvalidInput(
                    f"{self._path} is being written by another run; wait for it or choose another file"
                ) from None

    def _read(self, heading: dict[str, str]) -> None:
        """Take up what is done. What a stop cut off is cut off, and done again."""
        assert self._file is not None
        self._file.seek(0)
        content = self._file.read()
        whole, _, rest = content.rpartition(b"\n")
        start = json.dumps(heading).encode()
        if not whole and start.startswith(rest) and rest == content:  # new, or stopped at its first line
            self._file.truncate(0)
            self._append(heading)
            return
        first, *lines = whole.split(b"\n")
        if first != start:
            raise InvalidInput(
                f"{self._path} belongs to another run{_difference(first, heading)}; delete it or choose another file "
                "to go on with"
            )
        for line in lines:
            try:
                row = json.loads(line)
                self._found[row["name"]] = row["made"]
            except (ValueError, TypeError, KeyError):
                raise self._damaged() from None
        self._file.truncate(len(content) - len(rest))

    def _append(self, row: Mapping[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(row).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _damaged(self) -> InvalidInput:
        return InvalidInput(f"{self._path} has a line that cannot be read; delete it to start again")


NOWHERE = Journal()
"""Keeps nothing."""


def _heading(run: Mapping[str, Any]) -> dict[str, str]:
    """By name the beginning of the sha256 of everything that decides the answers."""
    told = {
        **run,
        "version": [VERSION, source_sha256()],
        "packages": [package.__version__ for package in (torch, np, scipy)],
        "threads": torch.get_num_threads(),
    }
    return {name: _digest(what) for name, what in told.items()}


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _difference(first: bytes, heading: Mapping[str, str]) -> str:
    """Where the first line of another run's journal differs, as far as can be told."""
    try:
        found = json.loads(first)
        names = sorted(name for name in {*heading, *found} if heading.get(name) != found.get(name))
    except (ValueError, TypeError, AttributeError):
        return ""
    return f" (other {', '.join(names)})" if names else ""
