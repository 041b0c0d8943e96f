"""train: make a model by its recipe, resuming where it stopped."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import print_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", choices=["street"])
    parser.add_argument("--recipe", default="street-noise25")
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="CamVid, with DIR/train")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    from engine.training.street import recipe, train_street

    weights = train_street(recipe(options.recipe), options.root, options.out)
    print_json({"weights": str(weights), "recipe": options.recipe})
    return 0


COMMAND = Command(
    name="train", help="train a model by its recipe, resuming where it stopped", configure=configure, run=run
)
