"""evaluate-patches: certify a dataset against patches and score it against its ground truth."""

import argparse

from engine.cli.command import Command
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import add_dataset, dataset_of, list_of, model_of
from engine.cli.output import counting, made_by, print_json, write_json
from engine.cli.patch_options import add_patches, stride_of


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=0)
    parser.add_argument("--sizes", default="16,32,48", metavar="P,Q", help="longer sides of patches, in pixels")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    add_patches(parser)
    add_keep(parser)


def run(options: argparse.Namespace) -> int:
    from engine.evaluation.patches import PatchPlan, evaluate_patches

    source, model = dataset_of(options), model_of(options)
    plan = PatchPlan(
        sizes=list_of(options.sizes, int), stride=stride_of(options), fill=options.fill, size=options.image_size
    )
    weights = {model.info.name: model.info.weights_sha256}
    with journal_of(options, source.items(), weights, source.labels.classes) as journal:
        result = evaluate_patches(
            model, source, plan, every=options.every, limit=options.limit, journal=journal, progress=counting("images")
        )
    row = {"model": model.info.name, "weights": weights, **made_by(options), **result.as_dict()}
    print_json(row)
    write_json(options.json, row)
    return 0


COMMAND = Command(
    name="evaluate-patches",
    help="certify a dataset against patches and score it",
    configure=configure,
    run=run,
)
