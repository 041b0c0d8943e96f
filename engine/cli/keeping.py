"""--keep: long runs that go on where they were stopped."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.output import check_file, made_by

if TYPE_CHECKING:
    from engine.journal import Journal

_NO_ANSWERS = ("arguments", "run", "root", "json", "keep")  # where things are; they decide nothing


def add_keep(parser: argparse.ArgumentParser) -> None:
    """The option."""
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="what is done is kept there; the same command goes on from it"
    )


def journal_of(options: argparse.Namespace, names: Iterable[str], weights: Mapping[str, str]) -> Journal:
    """The journal asked for, of a run over the examples of these names by models of these weights, by name.

    All other options are part of what the run is. Raises InvalidInput, also for another run's.
    """
    from engine.journal import Journal

    check_file(options.keep)
    if options.keep is None:
        return Journal()
    asked = {name: str(value) for name, value in vars(options).items() if name not in _NO_ANSWERS}
    run = {**asked, "names": list(names), "weights": dict(weights), "compute": made_by(options)["compute"]}
    return Journal(options.keep, run)
