"""publish: put trained weights into the zoo."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import print_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", choices=["street"])
    parser.add_argument("--recipe", default="street-noise25")
    parser.add_argument("--weights", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    from engine.models.publish import publish
    from engine.models.zoo import ASSETS
    from engine.training.street import manifest_row, recipe

    publish(options.weights, manifest_row(recipe(options.recipe)), ASSETS / "models")
    print_json({"published": options.recipe})
    return 0


COMMAND = Command(
    name="publish",
    help="put trained weights into the zoo; the card is written by hand",
    configure=configure,
    run=run,
)
