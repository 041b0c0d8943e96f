"""bench: speed against the bare forward passes."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_compute, model_of
from engine.cli.output import check_file, print_json, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_compute(parser)


def run(options: argparse.Namespace) -> int:
    from engine.audits.speed import bench

    check_file(options.json)
    result = bench(model_of(options))
    print_json(result)
    write_json(options.json, result)
    return 0


COMMAND = Command(name="bench", help="measure speed against the bare forward passes", configure=configure, run=run)
