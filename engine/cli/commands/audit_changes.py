"""audit-changes: certificates of known changes checked by changing the pictures."""

import argparse
from dataclasses import asdict

from engine.cli.command import Command
from engine.cli.draws import check_images
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting, made_by, print_json, verdict_of, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.audits.changes import ChangePlan

    plan = ChangePlan()
    add_dataset(parser, limit=20)
    add_settings(parser)
    parser.set_defaults(family="brightness")
    add_keep(parser)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--undefended", default="street-plain", metavar="MODEL")
    parser.add_argument("--passes", type=int, default=plan.passes, help="of each search for the worst change")
    parser.add_argument("--edge", type=int, default=plan.edge, help="changes along the region's edge, and beyond it")
    parser.add_argument("--random", type=int, default=plan.random, help="changes spread over its inside")
    parser.add_argument("--factor", type=float, default=plan.factor, help="times the extent, for those beyond it")
    parser.add_argument("--changed-n", type=int, default=plan.n, help="fresh draws for each changed picture")


def run(options: argparse.Namespace) -> int:
    from engine.audits.attacks.cases import image_cases
    from engine.audits.changes import ChangePlan, audit_changes
    from engine.core.device import choose_compute
    from engine.models.catalogue import load_model

    settings, source = settings_of(options), dataset_of(options)
    plan = ChangePlan(
        passes=options.passes, edge=options.edge, random=options.random, factor=options.factor, n=options.changed_n
    )  # fmt: skip
    check_images([settings], source)
    undefended = load_model(options.undefended, choose_compute(options.device, options.precision))
    certified = model_of(options)
    cases = image_cases(
        undefended, certified, source, size=settings.size, every=options.every, limit=options.limit
    )  # fmt: skip
    weights = {model.info.name: model.info.weights_sha256 for model in (undefended, certified)}
    with journal_of(options, source.items(), weights, source.labels.classes) as journal:
        made = audit_changes(cases, settings, plan, journal=journal, progress=counting("images"))
    row = {
        "undefended": undefended.info.name,
        "certified": certified.info.name,
        "weights": weights,
        **made_by(options),
        "region": settings.region.sentence,
        "settings": settings.as_dict(),
        "plan": asdict(plan),
        **made.as_dict(),
    }
    print_json({key: value for key, value in row.items() if key != "rows"})
    write_json(options.json, row)
    return verdict_of(made.certified, made.violations)


COMMAND = Command(
    name="audit-changes",
    help="check certificates of known changes by changing the pictures; fails if a certified pixel was flipped",
    configure=configure,
    run=run,
)
