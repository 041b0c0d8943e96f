"""The images of a sweep that are done, kept as they come, so that a stopped sweep goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from engine.datasets.base import DatasetItem
from engine.device import Compute
from engine.errors import InvalidInput
from engine.sweep.plan import Plan
from engine.version import VERSION

Key = tuple[str, str, float, float, str, float]
"""model, kind, sigma, tau, correction, radius of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row's share of one image: confusion as flat indices and counts, of shape (classes, classes + 1)."""

    key: Key
    index: tuple[int, ...]
    count: tuple[int, ...]
    seconds: float


def identity(name: str, plan: Plan, weights: Mapping[str, str], compute: Compute, items: Iterable[DatasetItem]) -> str:
    told = {
        "dataset": name,
        "plan": asdict(plan),
        "weights": dict(weights),
        "compute": str(compute),  # another device or precision gives other counts: one result must not mix them
        "items": [item.name for item in items],
        "versions": [VERSION, torch.__version__],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Record:
    """Images that are done, in a file of JSON lines whose first names what they belong to."""

    def __init__(self, path: Path | None, identity: str) -> None:
        self._path = path
        self.done: dict[str, list[Cell]] = {}
        if path is None:
            return
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"sweep": identity}) + "\n")
            return
        first, *lines = path.read_text().split("\n")
        if first != json.dumps({"sweep": identity}):
            raise InvalidInput(f"{path} belongs to another sweep; delete it or choose another file to go on with")
        whole = lines if path.read_text().endswith("\n") else lines[:-1]  # a line cut off by a stop is done again
        for line in filter(None, whole):
            try:
                row = json.loads(line)
                self.done[row["image"]] = [_cell(cell) for cell in row["cells"]]
            except (ValueError, TypeError, KeyError):
                raise InvalidInput(f"{path} has a line that cannot be read; delete it to start again") from None
        path.write_text("".join(f"{line}\n" for line in [first, *filter(None, whole)]))

    def add(self, image: str, cells: list[Cell]) -> None:
        self.done[image] = cells
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(json.dumps({"image": image, "cells": [asdict(cell) for cell in cells]}) + "\n")


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(key=tuple(row["key"]), index=tuple(row["index"]), count=tuple(row["count"]), seconds=row["seconds"])
