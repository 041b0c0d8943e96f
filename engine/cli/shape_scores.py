"""Certifying and scoring a dataset of shapes, which `evaluate` and `evaluate-shapes` do."""

import argparse
from dataclasses import replace

from engine.cli.draws import check_shapes
from engine.cli.keeping import add_keep, journal_of
from engine.cli.options import list_of, model_name, part_model_of, settings_of, shapes_of
from engine.cli.output import counting, made_by, print_json, write_json


def add_own(parser: argparse.ArgumentParser) -> None:
    """What an evaluation of images does not have: --keep, --taus, --every."""
    add_keep(parser)
    parser.add_argument(
        "--taus", default="", metavar="A,B", help="for shapes: decided besides --tau, on the same draws"
    )
    parser.add_argument("--every", type=int, default=1, metavar="K", help="for shapes: only the first of every K")


def score_shapes(options: argparse.Namespace) -> int:
    """The whole command; returns its exit code."""
    from engine.evaluation.shapes import evaluate_shapes
    from engine.models.catalogue import model_info
    from engine.models.part_models import of_category

    settings, source, model_of = settings_of(options), shapes_of(options), part_model_of(options)
    taus = list_of(options.taus, float) if options.taus else ()
    check_shapes((replace(settings, tau=tau) for tau in (settings.tau, *taus)), source)
    name = model_name(options)
    weights = model_info(of_category(name, next(iter(source.categories)))).weights_sha256
    with journal_of(options, source.items(), {name: weights}, source.categories) as journal:
        made = evaluate_shapes(
            model_of, source, settings, taus=taus, every=options.every, limit=options.limit, journal=journal,
            progress=counting("shapes"),
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
