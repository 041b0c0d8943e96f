"""audit-turns: rotation certificates checked by rotating."""

import argparse
from dataclasses import asdict

from engine.cli.command import Command
from engine.cli.draws import check_shapes
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_shapes, model_name, part_model_of, settings_of, shapes_of
from engine.cli.output import counting, made_by, print_json, verdict_of, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.audits.rotations import TurnPlan

    plan = TurnPlan()
    add_shapes(parser)
    add_keep(parser)
    parser.add_argument("--limit", type=int, default=20, metavar="K", help="so many shapes, spread over the dataset")
    parser.add_argument("--inside", type=int, default=plan.inside, help="turns of each shape within the angle")
    parser.add_argument("--outside", type=int, default=plan.outside, help="turns of each shape beyond it")
    parser.add_argument("--factor", type=float, default=plan.factor, help="times the angle, for those beyond it")
    parser.add_argument("--turned-n", type=int, default=plan.n, help="fresh draws for each turned shape")


def run(options: argparse.Namespace) -> int:
    from engine.audits.rotations import TurnPlan, audit_turns
    from engine.models.catalogue import model_info
    from engine.models.part_models import of_category

    settings, source, model_of = settings_of(options), shapes_of(options), part_model_of(options)
    plan = TurnPlan(inside=options.inside, outside=options.outside, factor=options.factor, n=options.turned_n)
    check_shapes([settings], source)
    name = model_name(options)
    weights = model_info(of_category(name, next(iter(source.categories)))).weights_sha256
    with journal_of(options, source.items(), {name: weights}, source.categories) as journal:
        made = audit_turns(
            model_of, source, settings, plan, limit=options.limit, journal=journal, progress=counting("shapes")
        )
    row = {
        "model": name,
        "weights": weights,
        **made_by(options),
        "radius_unit": settings.noise.unit,
        "settings": settings.as_dict(),
        "plan": asdict(plan),
        **made.as_dict(),
    }
    print_json({key: value for key, value in row.items() if key != "rows"})
    write_json(options.json, row)
    return verdict_of(row["inside"]["certified_points_turned"], made.violations)


COMMAND = Command(
    name="audit-turns",
    help="check rotation certificates by turning the shapes; fails if a certified point was flipped",
    configure=configure,
    run=run,
)
