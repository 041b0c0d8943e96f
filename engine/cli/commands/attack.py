"""attack: look for the worst change of an image within a budget."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import add_settings, model_of, read_image, settings_of
from engine.cli.output import check_folder, counting, print_json
from engine.errors import UnknownName

_DESCRIPTION = """Writes attacked.npy (float32, exactly what was attacked with), attacked.png (8 bits: another norm,
reported), difference.png (amplified) and the model's answers before and after. With --certify the clean and the
attacked image are certified as well, and the verdict says how many certified pixels were flipped."""


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.attacks import LOSSES, NORMS, attacks
    from engine.contest import VICTIMS

    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_settings(parser)
    parser.set_defaults(model="street-clean")
    parser.add_argument("--attack", default="pgd", choices=sorted(attacks()))
    parser.add_argument("--loss", default="ce", choices=sorted(LOSSES))
    parser.add_argument("--norm", default="l2", choices=sorted(NORMS))
    parser.add_argument("--victim", default="base", choices=sorted(VICTIMS))
    parser.add_argument("--budget-share", type=float, default=0.95, metavar="X", help="of the radius R; default 0.95")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--restarts", type=int, default=1)
    parser.add_argument("--draws", type=int, default=4, help="noisy copies a step, against the smoothed model")
    parser.add_argument("--only", metavar="CLASS", help="attack only pixels that the model gives this class")
    parser.add_argument("--towards", metavar="CLASS", help="a class that they shall become")
    parser.add_argument("--certify", metavar="MODEL", help="certify both images with this model, and compare")


def run(options: argparse.Namespace) -> int:
    import numpy as np

    from engine.attacks import AttackSettings
    from engine.certify import base_prediction, prediction, segcertify
    from engine.contest import (
        aim_at,
        attack_input,
        attacked_input,
        budget_within,
        certify_attacked,
        change_between,
        flipped,
        judge,
    )
    from engine.device import choose_compute
    from engine.models.catalogue import load_model
    from engine.pictures import difference_png, labels_png, png

    settings, model = settings_of(options), model_of(options)
    image = read_image(options.image, settings.size)
    check_folder(options.out)
    radius = budget_within(settings, options.norm, image.pixels.size)
    names = model.info.labels.classes
    before = base_prediction(model, image)
    only = None if options.only is None else before == _class(options.only, names)
    towards = None if options.towards is None else _class(options.towards, names)
    wanted = AttackSettings(
        budget=options.budget_share * radius, norm=options.norm, loss=options.loss, steps=options.steps,
        restarts=options.restarts, seed=settings.seed,
    )  # fmt: skip
    count = counting("steps")
    result = attack_input(
        model, image, aim_at(model, image, only=only, towards=towards), wanted, name=options.attack,
        victim=options.victim, noise=settings.family, sigma=settings.sigma, draws=options.draws,
        watch=lambda step: count(step.number + 1, wanted.restarts * (wanted.steps + 1)),
    )  # fmt: skip
    after = prediction(model, result.adversarial)
    eight_bits = np.rint(result.adversarial * 255.0).astype(np.uint8)
    rounded = float(np.linalg.norm(eight_bits.astype(np.float64) / 255.0 - image.pixels.astype(np.float64)))
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / "attacked.npy", result.adversarial)
    (options.out / "attacked.png").write_bytes(png(eight_bits))
    difference, factor = difference_png(image.pixels, result.adversarial)
    (options.out / "difference.png").write_bytes(difference)
    for name, answer in (("before", before), ("after", after)):
        (options.out / f"{name}.png").write_bytes(labels_png(answer, model.info.labels))
    row: dict[str, object] = {
        "model": model.info.name,
        "attack": options.attack,
        "loss": options.loss,
        "victim": options.victim,
        "norm": options.norm,
        "budget": wanted.budget,
        "radius": radius,
        "size_float32": result.norm,
        "l2_8bit": rounded,
        "amplified": factor,
        "flipped_share": flipped(before, after, only),
        "steps": len(result.history),
        "seconds": round(result.seconds, 3),
        "seed": settings.seed,
        "out": str(options.out),
    }
    if options.certify:
        certified = load_model(options.certify, choose_compute(options.device, options.precision))
        clean = segcertify(certified, image, settings)
        attacked = certify_attacked(certified, clean, attacked_input(image, result))
        verdict = judge(clean, attacked, change_between(settings, image.pixels, result.adversarial))
        clean.save(options.out / "clean.npz")
        attacked.save(options.out / "attacked.npz")
        row |= {
            "certified_by": options.certify,
            "certified_components": verdict.certified,
            "violations": verdict.violations,
            "now_abstain": verdict.now_abstain,
            "inside": verdict.inside,
        }
    print_json(row)
    return 0


def _class(name: str, names: tuple[str, ...]) -> int:
    found = {known.casefold(): number for number, known in enumerate(names)}
    if name.casefold() not in found:
        raise UnknownName(f"unknown class {name!r:.60}; known: {', '.join(names)}")
    return found[name.casefold()]


COMMAND = Command(
    name="attack",
    help="look for the worst change of an image within a budget",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
