"""crossval: what a recipe of part models reaches on shapes that it has not seen, fold by fold."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.certification.settings import Settings
from engine.certification.useful import check_useful
from engine.cli.command import Command
from engine.cli.options import list_of
from engine.cli.output import check_file, check_folder, made_by, print_json, write_json
from engine.core.errors import InvalidSetting
from engine.perturbations import families, families_for

if TYPE_CHECKING:
    from engine.training.part_recipe import PartsRecipe

_DATASET, _SPLIT = "psb", "all"


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.training.parts import RECIPES

    parser.add_argument("--recipe", required=True, help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="the benchmark, psb")
    parser.add_argument("--folds", default="0,1,2,3,4", metavar="A,B")
    parser.add_argument("--steps", type=int, default=0, help="of each training; default: the recipe's")
    parser.add_argument("--noise", type=float, metavar="S", help="sigma of each training; default: the recipe's")
    parser.add_argument(
        "--certified", type=int, default=0, metavar="N",
        help="also certify every shape, with N draws; 0: do not",
    )  # fmt: skip
    parser.add_argument(
        "--family", default="l2", help="of the certificates: one of " + ", ".join(families_for("cloud"))
    )
    parser.add_argument("--sigma", type=float, metavar="S", help="of the certificates; default: the training's")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda; for the scores")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the trainings, which resume there")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.set_defaults(dataset=_DATASET, split=_SPLIT)


def run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from engine.core.device import choose_compute
    from engine.training import recipe
    from engine.training.folds import cross_validate
    from engine.training.part_recipe import PartsRecipe

    check_folder(options.out)
    check_file(options.json)
    plan = recipe("parts", options.recipe)
    assert isinstance(plan, PartsRecipe)
    if options.steps < 0:
        raise InvalidSetting(f"steps must be 0 (the recipe's) or more, got {options.steps}")
    if options.steps:
        plan = replace(plan, steps=options.steps)
    if options.noise is not None:
        if not 0.0 <= options.noise <= 1.0:
            raise InvalidSetting(f"noise must lie in [0, 1] radii of the shape, got {options.noise}")
        plan = replace(plan, sigma=options.noise)
    certify = _certificates(options, plan) if options.certified else None
    compute = choose_compute(options.device, options.precision)
    made = cross_validate(plan, options.root, options.out, compute, folds=list_of(options.folds, int), settings=certify)
    row = {
        "recipe": plan.name, "steps": plan.steps, "points": plan.points, "noise": plan.sigma, **made_by(options),
        "settings": None if certify is None else certify.as_dict(), **made.as_dict(),
    }  # fmt: skip
    print_json(row)
    write_json(options.json, row)
    return 0


def _certificates(options: argparse.Namespace, plan: PartsRecipe) -> Settings:
    sigma = plan.sigma if options.sigma is None else options.sigma
    if not sigma and options.sigma is None:
        raise InvalidSetting(f"{plan.name} is trained without noise: give the certificates' as --sigma")
    families[options.family].check_input("cloud")
    settings = Settings(sigma=sigma, n=options.certified, points=plan.points, family=options.family)
    check_useful(settings, plan.points, option="--certified")
    return settings


COMMAND = Command(
    name="crossval",
    help="train a part model without each fold of the benchmark, and score it on that fold",
    configure=configure,
    run=run,
)
