"""price: how many draws the anytime and the free mode need for what the paper's fixed n certifies."""

import argparse

from engine.cli.command import Command
from engine.cli.draws import check_images
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting, print_json, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=20)
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.evaluation.stopping import price

    settings, source = settings_of(options), dataset_of(options)
    check_images([settings], source)
    model = model_of(options)
    result = price(model, source, settings, limit=options.limit, progress=counting("images")).as_dict()
    print_json({key: value for key, value in result.items() if key != "images"})
    write_json(options.json, result)
    return 0


COMMAND = Command(
    name="price", help="what looking at any time and at any tau costs in draws", configure=configure, run=run
)
