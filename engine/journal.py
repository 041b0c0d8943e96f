"""What is done of a long run, kept as it comes, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch

from engine.errors import InvalidInput
from engine.version import VERSION

Made = TypeVar("Made")


class Journal:
    """A file of JSON lines; the first says what run the others belong to, each of which is one thing that is done.

    run: all that decides the answers, ready for JSON; this version and that of torch are added. Without a path nothing
    is kept. Raises InvalidInput for the file of another run, or one that cannot be read; it is left as it is.
    """

    def __init__(self, path: Path | None = None, run: Mapping[str, Any] | None = None) -> None:
        self._path = path
        self._made: dict[str, Any] = {}
        if path is None:
            return
        told = json.dumps({**(run or {}), "versions": [VERSION, torch.__version__]}, sort_keys=True)
        heading = json.dumps({"run": hashlib.sha256(told.encode()).hexdigest()})
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{heading}\n")
            return
        first, *lines = path.read_text(errors="replace").split("\n")
        if first != heading:
            raise InvalidInput(f"{path} belongs to another run; delete it or choose another file to go on with")
        whole = [line for line in lines[:-1] if line]  # a line cut off by a stop is done again
        for line in whole:
            try:
                row = json.loads(line)
                self._made[row["name"]] = row["made"]
            except (ValueError, TypeError, KeyError):
                raise self._damaged() from None
        path.write_text("".join(f"{line}\n" for line in [first, *whole]))

    def keep(
        self, name: str, make: Callable[[], Made], *, write: Callable[[Made], Any], read: Callable[[Any], Made]
    ) -> Made:
        """What was made under that name, once for all: `write` makes it ready for JSON, `read` brings it back."""
        if name in self._made:
            kept = self._made[name]
            try:
                again = read(kept)
                whole = json.dumps(write(again)) == json.dumps(kept)
            except (ValueError, TypeError, KeyError):
                whole = False
            if not whole:
                raise self._damaged()
            return again
        made = make()
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(json.dumps({"name": name, "made": write(made)}) + "\n")
        return made

    def _damaged(self) -> InvalidInput:
        return InvalidInput(f"{self._path} has a line that cannot be read; delete it to start again")


NOWHERE = Journal()
"""Keeps nothing."""
