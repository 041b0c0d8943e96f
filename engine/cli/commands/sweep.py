"""sweep: certify a dataset with many models, noises and settings in one pass."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import DEFAULTS, add_source, add_strength, denoiser_part, list_of
from engine.cli.output import check_folder, counting, made_by, print_json, write_json
from engine.core.bounds import BOUNDS
from engine.perturbations import families_for

_DESCRIPTION = """Every model sees the same noisy draws, and every tau and correction is decided on the same counts.
Writes images.jsonl (what is done; the same command goes on from there), result.json, rows.csv and rows.md."""
_SHARED = {"n0": int, "n": int, "alpha": float, "seed": int, "size": int}


def configure(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--models", required=True, metavar="A,B", help="names, with +WRAPPER where wanted")
    parser.add_argument(
        "--denoise", default="none", metavar="A,B", help="every model also so: none, single, multi, ..."
    )
    parser.add_argument("--sigmas", default="0.25", metavar="A,B")
    parser.add_argument("--taus", default="0.75", metavar="A,B")
    parser.add_argument("--corrections", default="holm", metavar="A,B")
    parser.add_argument(
        "--family", default=DEFAULTS.family, metavar="F", help=f"one of {', '.join(families_for('image'))}"
    )
    add_strength(parser)
    for name, kind in _SHARED.items():
        default = getattr(DEFAULTS, name)
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"in {BOUNDS[name]}, default {default}")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only the first of every K images")
    parser.add_argument("--limit", type=int, default=0, metavar="K", help="of these only K, 0 for all")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    from engine.certification.settings import Settings
    from engine.cli.draws import check_images
    from engine.core.device import choose_compute
    from engine.evaluation.sweep import SweepPlan, as_csv, as_markdown, sweep
    from engine.inputs.datasets import datasets
    from engine.models.catalogue import full_name, load_model

    check_folder(options.out)
    names = [
        full_name(model, denoiser_part(denoise))
        for model in list_of(options.models, str)
        for denoise in list_of(options.denoise, str)
    ]
    plan = SweepPlan(
        models=tuple(dict.fromkeys(names)),
        sigmas=list_of(options.sigmas, float),
        taus=list_of(options.taus, float),
        corrections=list_of(options.corrections, str),
        settings=Settings(**{name: getattr(options, name) for name in (*_SHARED, "family", "strength")}),
        every=options.every,
        limit=options.limit,
    )
    source = datasets[options.dataset].open(options.root, options.split)
    check_images((each for sigma in plan.sigmas for each in plan.variants(sigma)), source)
    compute = choose_compute(options.device, options.precision)
    models = {name: load_model(name, compute) for name in plan.models}
    name = f"{options.dataset}/{options.split}"
    result = sweep(models, source, name, plan, options.out / "images.jsonl", progress=counting("images"))
    for row in result.rows:
        print_json(row.as_dict())
    write_json(
        options.out / "result.json",
        result.as_dict() | {name: made_by(options)[name] for name in ("threads", "command")},
    )
    (options.out / "rows.csv").write_text(as_csv(result.rows), encoding="utf-8")
    (options.out / "rows.md").write_text(as_markdown(result.rows), encoding="utf-8")
    return 0


COMMAND = Command(
    name="sweep",
    help="certify a dataset with many models, noises and settings at once",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
