"""evaluate: certify a dataset and score it against its ground truth."""

from __future__ import annotations

import argparse

from engine.cli.command import Command
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting, print_json, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=0)
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.evaluation import evaluate

    settings, source = settings_of(options), dataset_of(options)
    model = model_of(options)
    result = evaluate(model, source, settings, limit=options.limit, progress=counting("images")).as_dict()
    print_json(result)
    write_json(options.json, result)
    return 0


COMMAND = Command(
    name="evaluate", help="certify a dataset and score it; for many settings, see sweep", configure=configure, run=run
)
