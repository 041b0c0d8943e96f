"""price: how many draws the anytime and the free mode need for what the paper's fixed n certifies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_settings, model_of, settings_of
from engine.cli.output import check_file, print_json, write_json
from engine.datasets import dataset, datasets


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", choices=sorted(datasets()), required=True)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")
    parser.add_argument("--limit", type=int, default=20, help="only the first K images, 0 for all")
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.price import price

    source = dataset(options.dataset, options.root, options.split)
    check_file(options.json)

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total} images", end="" if done < total else "\n", file=sys.stderr, flush=True)

    result = price(model_of(options), source, settings_of(options), limit=options.limit, progress=progress).as_dict()
    print_json({key: value for key, value in result.items() if key != "images"})
    write_json(options.json, result)
    return 0


COMMAND = Command(
    name="price", help="what looking at any time and at any tau costs in draws", configure=configure, run=run
)
