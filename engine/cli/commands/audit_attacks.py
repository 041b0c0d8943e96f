"""audit-attacks: attacks against certificates over a dataset, worst case over losses and victims."""

import argparse

from engine.cli.command import Command
from engine.cli.draws import check_images
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.cli.attack_options import add_attack_plan

    add_dataset(parser, limit=30)
    add_settings(parser)
    add_keep(parser)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--undefended", default="street-clean", metavar="MODEL")
    add_attack_plan(parser, again=0)


def run(options: argparse.Namespace) -> int:
    from engine.audits.attacks.cases import image_cases
    from engine.audits.attacks.run import audit_attacks
    from engine.cli.attack_options import attack_plan_of, tell_audit
    from engine.core.device import choose_compute
    from engine.models.catalogue import load_model

    settings, source, plan = settings_of(options), dataset_of(options), attack_plan_of(options)
    check_images([settings], source)
    undefended = load_model(options.undefended, choose_compute(options.device, options.precision))
    certified = model_of(options)
    cases = image_cases(
        undefended, certified, source, size=settings.size, every=options.every, limit=options.limit
    )  # fmt: skip
    names = {"undefended": undefended.info.name, "certified": certified.info.name}
    weights = {model.info.name: model.info.weights_sha256 for model in (undefended, certified)}
    with journal_of(options, source.items(), weights, source.labels.classes) as journal:
        result = audit_attacks(cases, settings, plan, journal=journal, progress=counting("images"))
    return tell_audit(options, {**names, "weights": weights}, settings, plan, result)


COMMAND = Command(
    name="audit-attacks",
    help="attack the certificates of a dataset; fails if a certified pixel was flipped",
    configure=configure,
    run=run,
)
