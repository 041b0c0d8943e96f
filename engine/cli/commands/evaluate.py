"""evaluate: certify a dataset, of images or of shapes, and score it against its ground truth."""

import argparse

from engine.cli.command import Command
from engine.cli.draws import check_images
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting, print_json, write_json
from engine.cli.shape_scores import add_own, score_shapes
from engine.core.errors import InvalidSetting
from engine.inputs.shape_datasets import shape_datasets


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=0, shapes=True)
    add_settings(parser)
    add_own(parser)


def run(options: argparse.Namespace) -> int:
    from engine.evaluation.images import evaluate

    if options.dataset in shape_datasets:
        return score_shapes(options)
    if options.taus or options.every != 1 or options.keep is not None or options.base:
        raise InvalidSetting("--taus, --every, --keep and --base are for datasets of shapes; for images there is sweep")
    settings, source = settings_of(options), dataset_of(options)
    check_images([settings], source)
    model = model_of(options)
    result = evaluate(model, source, settings, limit=options.limit, progress=counting("images")).as_dict()
    print_json(result)
    write_json(options.json, result)
    return 0


COMMAND = Command(
    name="evaluate",
    help="certify a dataset of images or shapes and score it; for many settings of images, see sweep",
    configure=configure,
    run=run,
)
