"""audit-turns: rotation certificates checked by rotating."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_settings, settings_of
from engine.cli.output import check_file, counting, print_json, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.rotation_audit import TurnPlan
    from engine.shape_datasets import shape_datasets

    plan = TurnPlan()
    parser.add_argument("--dataset", choices=sorted(shape_datasets()), required=True)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")
    parser.add_argument("--limit", type=int, default=20, metavar="K", help="so many shapes, spread over the dataset")
    parser.add_argument("--inside", type=int, default=plan.inside, help="turns of each shape within the angle")
    parser.add_argument("--outside", type=int, default=plan.outside, help="turns of each shape beyond it")
    parser.add_argument("--factor", type=float, default=plan.factor, help="times the angle, for those beyond it")
    parser.add_argument("--turned-n", type=int, default=plan.n, help="fresh draws for each turned shape")
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    from engine.device import choose_compute
    from engine.models.catalogue import load_model
    from engine.models.part_models import of_category
    from engine.rotation_audit import TurnPlan, audit_turns
    from engine.shape_datasets import shape_dataset

    settings = settings_of(options)
    check_file(options.json)
    compute = choose_compute(options.device, options.precision)
    made = audit_turns(
        lambda category: load_model(of_category(options.model, category), compute),
        shape_dataset(options.dataset, options.root, options.split),
        settings,
        TurnPlan(inside=options.inside, outside=options.outside, factor=options.factor, n=options.turned_n),
        limit=options.limit,
        progress=counting("shapes"),
    )
    row = {"model": options.model, "settings": settings.as_dict(), **made.as_dict()}
    print_json({key: value for key, value in row.items() if key != "rows"})
    write_json(options.json, row)
    return 1 if made.violations else 0


COMMAND = Command(
    name="audit-turns",
    help="check rotation certificates by turning the shapes; fails if a certified point was flipped",
    configure=configure,
    run=run,
)
