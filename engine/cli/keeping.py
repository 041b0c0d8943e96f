"""--keep: long runs that go on where they were stopped."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.output import check_file, made_by
from engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from engine.core.journal import Journal
    from engine.inputs.datasets.base import DatasetItem
    from engine.inputs.shape_datasets import ShapeItem

_PLACES = ("arguments", "run", "root", "json", "keep")  # the examples say by themselves what they are


def add_keep(parser: argparse.ArgumentParser) -> None:
    """The option."""
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="what is done is kept there; the same command goes on from it"
    )


def journal_of(
    options: argparse.Namespace,
    items: Iterable[DatasetItem | ShapeItem],
    weights: Mapping[str, str],
    labels: Sequence[str] | Mapping[str, Sequence[str]],
) -> Journal:
    """The journal asked for, of a run over these examples, which stand for these classes or parts, by models of these
    weights. All other options are part of what the run is. Raises InvalidInput, also for another run's.
    """
    from engine.core.journal import Journal
    from engine.inputs.fingerprint import told_of

    check_file(options.keep)
    if options.keep is None:
        return Journal()
    if options.json is not None and options.json.resolve() == options.keep.resolve():
        raise InvalidInput(f"--keep and --json both name {options.keep}; give each a file of its own")
    asked = {name: str(value) for name, value in vars(options).items() if name not in _PLACES}
    meaning = dict(labels) if isinstance(labels, Mapping) else list(labels)
    told = {"examples": told_of(items), "labels": meaning, "weights": dict(weights)}
    return Journal(options.keep, {**asked, **told, "compute": made_by(options)["compute"]})
