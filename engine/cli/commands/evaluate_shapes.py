"""evaluate-shapes: certify a dataset of shapes and score it against its parts."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_settings, settings_of
from engine.cli.output import check_file, counting, print_json, write_json
from engine.errors import InvalidSetting


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.shape_datasets import shape_datasets

    layouts = "; ".join(f"{name}: {source.layout}" for name, source in shape_datasets().items())
    parser.add_argument("--dataset", choices=sorted(shape_datasets()), required=True, help=layouts)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")
    parser.add_argument("--taus", default="", metavar="A,B", help="decided besides --tau, on the same draws")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K shapes")
    parser.add_argument("--limit", type=int, default=0, metavar="K", help="of these only K, 0 for all")
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.device import choose_compute
    from engine.models.catalogue import load_model
    from engine.models.part_models import of_category
    from engine.shape_datasets import shape_dataset
    from engine.shape_evaluation import evaluate_shapes

    settings = settings_of(options)
    check_file(options.json)
    source = shape_dataset(options.dataset, options.root, options.split)
    compute = choose_compute(options.device, options.precision)
    made = evaluate_shapes(
        lambda category: load_model(of_category(options.model, category), compute),
        source,
        settings,
        taus=_numbers(options.taus),
        every=options.every,
        limit=options.limit,
        progress=counting("shapes"),
    )
    result = {"model": options.model, "dataset": f"{options.dataset}/{options.split}", **made.as_dict()}
    print_json(result)
    write_json(options.json, result)
    return 0


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.split(",") if word)
    except ValueError:
        raise InvalidSetting(f"--taus takes numbers with commas between them, got {text!r:.40}") from None


COMMAND = Command(name="evaluate-shapes", help="certify a dataset of shapes and score it", configure=configure, run=run)
