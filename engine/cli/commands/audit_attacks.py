"""audit-attacks: attacks against certificates over a dataset, worst case over losses and victims."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from engine.cli.command import Command
from engine.cli.options import add_dataset, add_settings, dataset_of, list_of, model_of, settings_of
from engine.cli.output import counting, made_by, print_json, write_json


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.attack_audit import AttackPlan

    plan = AttackPlan()
    add_dataset(parser, limit=30)
    add_settings(parser)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--undefended", default="street-clean", metavar="MODEL")
    parser.add_argument("--losses", default=",".join(plan.losses), metavar="A,B")
    parser.add_argument("--attacks", default=",".join(plan.attacks), metavar="A,B")
    parser.add_argument("--steps", type=int, default=plan.steps)
    parser.add_argument("--smoothed-steps", type=int, default=plan.smoothed_steps)
    parser.add_argument("--smoothed-losses", default="", metavar="A,B", help="on the smoothed model; default: the same")
    parser.add_argument("--draws", type=int, default=plan.draws)
    parser.add_argument("--restarts", type=int, default=plan.restarts)
    parser.add_argument(
        "--alone",
        type=int,
        default=plan.alone,
        metavar="K",
        help="also attack K random pixels of each image, each alone",
    )


def run(options: argparse.Namespace) -> int:
    from engine.attack_audit import AttackPlan, audit_attacks
    from engine.device import choose_compute
    from engine.models.catalogue import load_model

    settings, source = settings_of(options), dataset_of(options)
    plan = AttackPlan(
        losses=list_of(options.losses, str),
        attacks=list_of(options.attacks, str),
        steps=options.steps,
        smoothed_steps=options.smoothed_steps,
        smoothed_losses=list_of(options.smoothed_losses, str) if options.smoothed_losses else (),
        draws=options.draws,
        restarts=options.restarts,
        alone=options.alone,
    )
    undefended = load_model(options.undefended, choose_compute(options.device, options.precision))
    certified = model_of(options)
    result = audit_attacks(
        undefended, certified, source, settings, plan, every=options.every, limit=options.limit,
        progress=counting("images"),
    )  # fmt: skip
    row = {
        "undefended": undefended.info.name,
        "certified": certified.info.name,
        "weights": {model.info.name: model.info.weights_sha256 for model in (undefended, certified)},
        **made_by(options),
        "settings": settings.as_dict(),
        "plan": asdict(plan),
        **result.as_dict(),
    }
    print_json(row)
    write_json(options.json, row)
    return 1 if result.violations else 0


COMMAND = Command(
    name="audit-attacks",
    help="attack the certificates of a dataset; fails if a certified pixel was flipped",
    configure=configure,
    run=run,
)
