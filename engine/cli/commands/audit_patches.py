"""audit-patches: patches against their certificates over a dataset."""

import argparse
from dataclasses import asdict

from engine.cli.command import Command
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_dataset, dataset_of, list_of, model_of
from engine.cli.output import counting, made_by, print_json, verdict_of, write_json
from engine.cli.patch_options import add_patches, stride_of


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.audits.patches.plan import PatchPlan

    default = PatchPlan()
    add_dataset(parser, limit=20)
    parser.add_argument("--size", type=int, default=default.patch, metavar="P", help="of the patch, in pixels")
    add_patches(parser)
    add_keep(parser)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--undefended", default="street-plain", metavar="MODEL")
    parser.add_argument("--places", type=int, default=default.places, metavar="K", help="random places of each image")
    parser.add_argument("--contents", default=",".join(default.plain), metavar="A,B", help="also tried as they are")
    parser.add_argument("--losses", default=",".join(default.losses), metavar="A,B")
    parser.add_argument("--attack", default=default.attack, metavar="A")
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--watched-steps", type=int, default=default.watched_steps)
    parser.add_argument("--looks", type=int, default=default.looks, metavar="K", help="windows at each of these steps")
    parser.add_argument("--seed", type=int, default=default.seed)


def run(options: argparse.Namespace) -> int:
    from engine.audits.attacks.cases import image_cases
    from engine.audits.patches.plan import PatchPlan
    from engine.audits.patches.run import audit_patches
    from engine.core.device import choose_compute
    from engine.models.catalogue import load_model

    source = dataset_of(options)
    plan = PatchPlan(
        patch=options.size, stride=stride_of(options), fill=options.fill, size=options.image_size,
        places=options.places, plain=list_of(options.contents, str), losses=list_of(options.losses, str),
        attack=options.attack, steps=options.steps, watched_steps=options.watched_steps, looks=options.looks,
        seed=options.seed,
    )  # fmt: skip
    undefended = load_model(options.undefended, choose_compute(options.device, options.precision))
    certified = model_of(options)
    cases = image_cases(
        undefended, certified, source, size=options.image_size, every=options.every, limit=options.limit
    )  # fmt: skip
    weights = {model.info.name: model.info.weights_sha256 for model in (undefended, certified)}
    with journal_of(options, source.items(), weights, source.labels.classes) as journal:
        result = audit_patches(cases, plan, journal=journal, progress=counting("images"))
    row = {
        "undefended": undefended.info.name,
        "certified": certified.info.name,
        "weights": weights,
        **made_by(options),
        "plan": asdict(plan),
        **result.as_dict(),
    }
    print_json(row)
    write_json(options.json, row)
    return verdict_of(result.certified, result.violations, advice="choose a smaller patch or stride")


COMMAND = Command(
    name="audit-patches",
    help="stick patches on the images of a dataset; fails if a certified pixel was changed unnoticed",
    configure=configure,
    run=run,
)
