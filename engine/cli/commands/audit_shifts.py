"""audit-shifts: certificates of shapes under attacks that shift their points."""

import argparse

from engine.cli.command import Command
from engine.cli.draws import check_shapes
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_shapes, model_name, part_model_named, part_model_of, settings_of, shapes_of
from engine.cli.output import counting

_MAJORITY = 32


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.cli.attack_options import add_attack_plan

    add_shapes(parser)
    add_keep(parser)
    parser.add_argument("--limit", type=int, default=20, metavar="K", help="so many shapes, spread over the dataset")
    parser.add_argument("--undefended", default="", metavar="MODEL", help="attacked as it is; default: --model itself")
    add_attack_plan(parser, again=_MAJORITY)


def run(options: argparse.Namespace) -> int:
    from engine.audits.attacks.cases import shape_cases
    from engine.audits.attacks.run import audit_attacks
    from engine.cli.attack_options import attack_plan_of, tell_audit
    from engine.models.catalogue import model_info
    from engine.models.part_models import of_category

    settings, source, plan = settings_of(options), shapes_of(options), attack_plan_of(options)
    certified = part_model_of(options)
    check_shapes([settings], source)
    undefended = part_model_named(options.undefended, options) if options.undefended else certified
    cases = shape_cases(undefended, certified, source, points=settings.points, limit=options.limit)
    name = model_name(options)
    names = {"undefended": options.undefended or name, "certified": name}
    some = next(iter(source.categories))
    weights = {one: model_info(of_category(one, some)).weights_sha256 for one in names.values()}
    with journal_of(options, source.items(), weights, source.categories) as journal:
        result = audit_attacks(cases, settings, plan, journal=journal, progress=counting("shapes"))
    return tell_audit(options, {**names, "weights": weights}, settings, plan, result)


COMMAND = Command(
    name="audit-shifts",
    help="attack the certificates of shapes by shifting points; fails if a certified point was flipped",
    configure=configure,
    run=run,
)
