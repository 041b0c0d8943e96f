"""attack: look for the worst change of an image or a shape within a budget."""

from __future__ import annotations

import argparse
import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.certification.useful import check_useful
from engine.cli.command import Command
from engine.cli.draws import OPTION
from engine.cli.options import add_category, add_settings, list_of, model_of, read_subject, settings_of
from engine.cli.output import check_folder, counting, left_open, note_empty, print_json
from engine.core.errors import InvalidSetting, UnknownName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.attacks.attempt import Found
    from engine.certification.certificates import Certificate
    from engine.certification.settings import Settings
    from engine.inputs.subject import Subject
    from engine.models.base import BaseModel

_DESCRIPTION = """Writes attacked.npy (float32, exactly what was attacked with) and the model's answers before and
after; of an image also attacked.png (8 bits: another norm, reported) and difference.png (amplified). With --certify
what stood and what was attacked are certified as well, and the verdict says how many certified components were flipped;
if any was, by a change within the radius, the promise is broken and the exit code 1.
Shapes are attacked by shifts of their points, or in a family of rotations by the worst rotation that is found."""


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.attacks.attempt import ALL_LOSSES, AUTO, ROTATION
    from engine.attacks.search import attacks, losses, norms
    from engine.attacks.victims import VICTIMS

    parser.add_argument("file", type=Path, metavar="FILE", help="an image or a shape")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_settings(parser)
    parser.set_defaults(image_model="street-clean")
    add_category(parser)
    parser.add_argument(
        "--attack", choices=sorted([*attacks, ROTATION]),
        help="default: with --loss auto the strongest at the budget, else pgd; in a family of rotations rotation",
    )  # fmt: skip
    parser.add_argument(
        "--loss", default=AUTO, choices=[*sorted(losses), ALL_LOSSES, AUTO],
        help="all: the worst over losses; auto, the default: the strongest at the budget",
    )  # fmt: skip
    parser.add_argument("--norm", default="l2", choices=sorted(norms), help="not of a rotation")
    parser.add_argument("--victim", default="base", choices=sorted(VICTIMS))
    parser.add_argument("--budget-share", type=float, default=0.95, metavar="X", help="of the radius R; default 0.95")
    parser.add_argument("--steps", type=int, default=100, help="of a rotation: how many are tried")
    parser.add_argument("--restarts", type=int, default=1, help="not of a rotation")
    parser.add_argument("--draws", type=int, default=4, help="noisy copies a step, against the smoothed model")
    parser.add_argument("--only", metavar="CLASS", help="attack only components that the model gives this class")
    parser.add_argument("--region", metavar="L,T,R,B", help="only this part of an image, in percent of its sides")
    parser.add_argument("--towards", metavar="CLASS", help="a class that they shall become")
    parser.add_argument("--certify", metavar="MODEL", help="certify both inputs with this model, and compare")
    parser.add_argument(
        "--empirical-radius", action="store_true",
        help="with --certify: also look for the smallest change beyond R that flips what is certified",
    )  # fmt: skip
    parser.add_argument(
        "--transfer", action="store_true", help="also give what was found to all models with the same classes"
    )


def run(options: argparse.Namespace) -> int:
    from engine.attacks.aims import aim_at
    from engine.attacks.attempt import Attempt, attacked_input, attempt
    from engine.attacks.promises import check_promise
    from engine.attacks.verdicts import flipped
    from engine.attacks.victims import BASE, POSITIONS
    from engine.certification.pipeline import base_prediction

    settings, model = settings_of(options), model_of(options)
    subject = read_subject(options.file, settings)
    model.info.check_kind(subject.kind)
    settings.noise.check_input(subject.kind)
    if model.info.denoised and options.victim == BASE:
        raise InvalidSetting("a denoiser works on noise: attack the model behind it with --victim smoothed")
    check_folder(options.out)
    if options.certify:
        check_promise(settings)
        check_useful(settings, math.prod(subject.shape), option=OPTION)
    elif options.empirical_radius:
        raise InvalidSetting("an empirical radius stands beside a certified one: name the model with --certify")
    names = model.info.labels.classes
    before = base_prediction(model, subject)
    only = _only(options, before, names)
    towards = None if options.towards is None else _class(options.towards, names)
    aim = aim_at(model, subject, only=only, towards=towards)
    how = Attempt(
        share=options.budget_share, victim=options.victim, name=options.attack or "", norm=options.norm,
        loss=options.loss, steps=options.steps, restarts=options.restarts, draws=options.draws,
    )  # fmt: skip
    count, told = counting("steps"), itertools.count(1)
    tried = attempt(model, subject, aim, settings, how, watch=lambda _: count(next(told), how.looks(settings)))
    result, radius = tried.result, replace(how, share=1.0).budget(settings, subject.values[..., :POSITIONS].size)
    attacked = attacked_input(subject, result)
    after = base_prediction(model, attacked)
    options.out.mkdir(parents=True, exist_ok=True)
    written = _write(options.out, model, (subject, attacked), (before, after))
    row: dict[str, object] = {
        "model": model.info.name,
        "attack": result.attack,
        "loss": result.settings.loss,
        "by_loss": tried.by_loss,
        "victim": options.victim,
        "compute": str(model.compute),
        **_found(result),
        "budget": result.settings.budget,
        "radius": radius,
        "inside": result.size <= radius,
        **written,
        "share": result.share,
        "flipped_share": flipped(before, after, only),
        "steps": len(result.history),
        "seconds": round(result.seconds, 3),
        "seed": settings.seed,
        "out": str(options.out),
    }
    if options.transfer:
        row["transfer"] = _transferred(model, subject, attacked)
    if options.certify:
        row |= _verdict(options, settings, (subject, attacked), result)
    print_json(row)
    return 1 if options.certify and row["inside"] and row["violations"] else 0


def _found(result: Found) -> dict[str, object]:
    """What is known of the change itself."""
    from engine.attacks.changes import ChangeResult
    from engine.attacks.rotation import RotationResult

    if isinstance(result, ChangeResult):
        return {"norm": "region", "amounts": dict(result.amounts)}
    if isinstance(result, RotationResult):
        return {"norm": "angle", "angle": result.angle, "rotation": result.rotation.tolist()}
    return {"norm": result.settings.norm, "size_float32": result.norm}


def _write(
    out: Path, model: BaseModel, inputs: tuple[Subject, Subject], answers: tuple[NDArray[np.uint8], NDArray[np.uint8]]
) -> dict[str, object]:
    """Files of the attacked input and of both answers; what else is known of them."""
    import numpy as np

    from engine.export.ply import labels_ply
    from engine.export.png import difference_png, labels_png, png
    from engine.inputs.clouds import Cloud

    clean, attacked = inputs
    space = model.info.labels
    np.save(out / "attacked.npy", attacked.values)
    for name, subject, answer in zip(("before", "after"), inputs, answers, strict=True):
        if isinstance(subject, Cloud):
            (out / f"{name}.ply").write_bytes(labels_ply(subject, answer, space))
        else:
            (out / f"{name}.png").write_bytes(labels_png(answer, space))
    if isinstance(clean, Cloud):
        return {}
    eight_bits = np.rint(attacked.values.clip(0.0, 1.0) * 255.0).astype(np.uint8)
    rounded = float(np.linalg.norm(eight_bits.astype(np.float64) / 255.0 - clean.values.astype(np.float64)))
    (out / "attacked.png").write_bytes(png(eight_bits))
    difference, factor = difference_png(clean.values, attacked.values)
    (out / "difference.png").write_bytes(difference)
    return {"l2_8bit": rounded, "amplified": factor}


def _verdict(
    options: argparse.Namespace,
    settings: Settings,
    inputs: tuple[Subject, Subject],
    result: Found,
) -> dict[str, object]:
    """Both inputs certified, and compared."""
    from engine.attacks.duel import change_of, settle
    from engine.certification.pipeline import certify
    from engine.core.device import choose_compute
    from engine.models.catalogue import load_model
    from engine.models.part_models import of_category

    before, after = inputs
    name = of_category(options.certify, options.category) if options.category else options.certify
    certified = load_model(name, choose_compute(options.device, options.precision))
    clean = certify(certified, before, settings)
    attacked, verdict = settle(certified, clean, after, change_of(settings, before, after, result))
    note_empty(clean)
    clean.save(options.out / "clean.npz")
    attacked.save(options.out / "attacked.npz")  # verify --working attacked.npy checks it
    edge = {"empirical_radius": _edge(certified, before, clean)} if options.empirical_radius else {}
    return {
        "certified_by": name,
        "certified_components": verdict.certified,
        **left_open(settings, clean.labels.size),
        "violations": verdict.violations,
        "now_abstain": verdict.now_abstain,
        "inside": verdict.inside,
        **edge,
    }


def _edge(model: BaseModel, subject: Subject, clean: Certificate) -> dict[str, Any]:
    """How far the certified model stands beyond its radius."""
    from engine.attacks.empirical import empirical_radius

    return empirical_radius(model, subject, clean, progress=counting("probes")).as_dict()


def _transferred(model: BaseModel, clean: Subject, attacked: Subject) -> list[dict[str, object]]:
    """What was found, given to all models with the same classes."""
    from dataclasses import asdict

    from engine.attacks.other_models import transfers

    return [asdict(row) for row in transfers(model.info, clean, attacked, model.compute)]


def _only(options: argparse.Namespace, before: NDArray[np.uint8], names: tuple[str, ...]) -> NDArray[np.bool_] | None:
    """The components to attack, bool (*N); None for all."""
    from engine.attacks.aims import region_mask

    masks = []
    if options.only is not None:
        masks.append(before == _class(options.only, names))
    if options.region is not None:
        sides = list_of(options.region, float)
        if len(sides) != 4:
            raise InvalidSetting(f"a region is left,top,right,bottom in percent, got {options.region!r:.60}")
        masks.append(region_mask(before.shape, (sides[0], sides[1], sides[2], sides[3])))
    return None if not masks else masks[0] & masks[-1]


def _class(name: str, names: tuple[str, ...]) -> int:
    found = {known.casefold(): number for number, known in enumerate(names)}
    if name.casefold() not in found:
        raise UnknownName(f"unknown class {name!r:.60}; known: {', '.join(names)}")
    return found[name.casefold()]


COMMAND = Command(
    name="attack",
    help="look for the worst change of an image or a shape within a budget",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
