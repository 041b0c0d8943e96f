"""evaluate: certify a dataset and score it against its ground truth."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_settings, model_of, settings_of
from engine.cli.output import check_file, print_json, write_json
from engine.datasets import dataset, datasets


def configure(parser: argparse.ArgumentParser) -> None:
    layouts = "; ".join(f"{name}: {source.layout}" for name, source in datasets().items())
    parser.add_argument("--dataset", choices=sorted(datasets()), required=True, help=layouts)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")
    parser.add_argument("--limit", type=int, default=0, help="only the first K images")
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.evaluation import evaluate

    settings = settings_of(options)
    source = dataset(options.dataset, options.root, options.split)
    check_file(options.json)
    model = model_of(options)

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total} images", end="" if done < total else "\n", file=sys.stderr, flush=True)

    result = evaluate(model, source, settings, limit=options.limit, progress=progress).as_dict()
    print_json(result)
    write_json(options.json, result)
    return 0


COMMAND = Command(name="evaluate", help="certify a dataset and score it", configure=configure, run=run)
