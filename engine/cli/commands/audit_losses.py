"""audit-losses: which attack with which loss flips most of an undefended model, by budget."""

import argparse
from dataclasses import asdict

from engine.cli.command import Command
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_dataset, dataset_of, list_of
from engine.cli.output import counting, made_by, print_json, write_json
from engine.core.bounds import BOUNDS

_DESCRIPTION = """Budgets are absolute, in the norm. Of each image the pixels that the model has right are attacked,
with the same number of steps by all. What `attack` and the app choose by themselves follows such a table."""


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.attacks.search import attacks, losses, norms
    from engine.audits.attacks.losses import LossPlan

    plan = LossPlan(budgets=(0.17, 0.34, 0.64, 1.16, 2.0))
    add_dataset(parser, limit=10)
    add_keep(parser)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--undefended", default="street-clean", metavar="MODEL")
    parser.add_argument("--budgets", default=",".join(f"{one:g}" for one in plan.budgets), metavar="A,B")
    parser.add_argument("--losses", default=",".join(plan.losses), metavar="A,B", help=f"of {', '.join(losses)}")
    parser.add_argument("--attacks", default=",".join(plan.attacks), metavar="A,B", help=f"of {', '.join(attacks)}")
    parser.add_argument("--norm", default=plan.norm, choices=sorted(norms))
    parser.add_argument("--steps", type=int, default=plan.steps)
    parser.add_argument("--seed", type=int, default=plan.seed)
    parser.add_argument("--size", type=int, default=320, help=f"of the working image, in {BOUNDS['size']}; default 320")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")


def run(options: argparse.Namespace) -> int:
    from engine.audits.attacks.losses import LossPlan, measure_losses
    from engine.core.device import choose_compute
    from engine.models.catalogue import load_model

    source = dataset_of(options)
    plan = LossPlan(
        budgets=list_of(options.budgets, float), losses=list_of(options.losses, str),
        attacks=list_of(options.attacks, str), norm=options.norm, steps=options.steps, seed=options.seed,
    )  # fmt: skip
    model = load_model(options.undefended, choose_compute(options.device, options.precision))
    weights = {model.info.name: model.info.weights_sha256}
    with journal_of(options, source.items(), weights, source.labels.classes) as journal:
        table = measure_losses(
            model, source, plan, size=options.size, every=options.every, limit=options.limit, journal=journal,
            progress=counting("images"),
        )  # fmt: skip
    row = {
        "undefended": model.info.name,
        **made_by(options),
        "weights": weights,
        "size": options.size,
        "plan": asdict(plan),
        **table.as_dict(),
    }
    print_json(row)
    write_json(options.json, row)
    return 0


COMMAND = Command(
    name="audit-losses",
    help="compare the losses of attacks on an undefended model, budget by budget",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
