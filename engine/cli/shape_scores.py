"""Certifying and scoring a dataset of shapes, which `evaluate` and `evaluate-shapes` do."""

import argparse
from dataclasses import replace

from engine.cli.draws import check_shapes
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import list_of, model_name, part_model_of, settings_of, shapes_of
from engine.cli.output import counting, made_by, print_json, write_json
from engine.core.errors import InvalidSetting


def add_own(parser: argparse.ArgumentParser) -> None:
    """What an evaluation of images does not have: --keep, --taus, --every, --base."""
    add_keep(parser)
    parser.add_argument(
        "--taus", default="", metavar="A,B", help="for shapes: decided besides --tau, on the same draws"
    )
    parser.add_argument("--every", type=int, default=1, metavar="K", help="for shapes: only the first of every K")
    parser.add_argument("--base", action="store_true", help="for shapes: score the base model alone, certify nothing")


def score_shapes(options: argparse.Namespace) -> int:
    """The whole command; returns its exit code."""
    from engine.evaluation.shapes import evaluate_shapes
    from engine.models.catalogue import model_info
    from engine.models.part_models import of_category

    settings, source, model_of = settings_of(options), shapes_of(options), part_model_of(options)
    taus = list_of(options.taus, float) if options.taus else ()
    if options.base and taus:
        raise InvalidSetting("--base certifies nothing, so there is nothing to decide for --taus: give one of the two")
    if not options.base:
        check_shapes((replace(settings, tau=tau) for tau in (settings.tau, *taus)), source)
    name = model_name(options)
    weights = model_info(of_category(name, next(iter(source.categories)))).weights_sha256
    with journal_of(options, source.items(), {name: weights}, source.categories) as journal:
        made = evaluate_shapes(
            model_of, source, settings, taus=taus, base_only=options.base, every=options.every, limit=options.limit,
            journal=journal, progress=counting("shapes"),
        )  # fmt: skip
    result = {
        "model": name,
        "weights": weights,
        **made_by(options),
        "radius_unit": settings.noise.unit,
        **made.as_dict(),
    }
    print_json(result)
    write_json(options.json, result)
    return 0
