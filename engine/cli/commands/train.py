"""train: make a model by its recipe, resuming where it stopped."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import print_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.training import tasks

    known = "; ".join(f"{name}: {', '.join(task.recipes)}" for name, task in tasks.items())
    parser.add_argument("task", choices=sorted(tasks))
    parser.add_argument("--recipe", required=True, help=known)
    parser.add_argument(
        "--root",
        type=Path,
        required=True,
        metavar="DIR",
        help="CamVid, or for parts the recipe's dataset: psb or shapenet-part",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights that the recipe goes on with")


def run(options: argparse.Namespace) -> int:
    from engine.training import recipe, tasks

    plan = recipe(options.task, options.recipe)
    weights = tasks[options.task].train(plan, options.root, options.out, start=options.start)
    print_json({"weights": str(weights), "recipe": options.recipe})
    return 0


COMMAND = Command(
    name="train", help="train a model by its recipe, resuming where it stopped", configure=configure, run=run
)
