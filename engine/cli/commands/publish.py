"""publish: put trained weights into the zoo."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import print_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.training import tasks

    parser.add_argument("task", choices=sorted(tasks))
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--weights", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    from engine.models.publish import publish
    from engine.models.zoo import FOLDER
    from engine.training import recipe, tasks

    plan = recipe(options.task, options.recipe)
    publish(options.weights, tasks[options.task].manifest_row(plan), FOLDER)
    print_json({"published": options.recipe})
    return 0


COMMAND = Command(
    name="publish",
    help="put trained weights into the zoo; the card is written by hand",
    configure=configure,
    run=run,
)
