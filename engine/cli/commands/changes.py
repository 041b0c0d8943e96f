"""changes: how often a model keeps its answers under random changes, without smoothing."""

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.certification.settings import Settings
from engine.cli.command import Command
from engine.cli.options import DEFAULTS, add_category, add_compute, model_of, read_subject
from engine.cli.output import check_file, check_folder, counting, labels_file, print_json, write_json
from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting
from engine.frequency import ChangeLaw, HowOften, cc_cert, check_draws, draws_for, how_often
from engine.inputs.labels import ABSTAIN, LabelSpace
from engine.inputs.subject import Subject

_DESCRIPTION = """Asks the model, without smoothing, about so many randomly changed copies of an
image or a shape, and bounds from below how often each pixel or point keeps the answer it has on the unchanged one: all
bounds hold at once with probability at least 1 - alpha. The changes are random, not adversarial: they are done in the
order of the law, their numbers are uniform on its ranges, and pictures are clipped to [0, 1] after each. With --out it
writes how-often.npz (answers, hits, bounds), the answers as segmentation, those that are shown to stay often enough as
kept, the others white, and of an image the bounds as grey levels."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="an image or a shape")
    parser.add_argument("--law", required=True, metavar="TEXT", help=_law_help())
    parser.add_argument("--eight-bit", action="store_true", help="round the changed pictures to 8 bits")
    add_compute(parser)
    add_category(parser)
    parser.add_argument("--draws", type=int, metavar="N", help="default: as many as --share is worth")
    parser.add_argument(
        "--share", type=float, default=0.99, metavar="S", help="of the changes an answer must survive; default 0.99"
    )
    for name, kind in (("alpha", float), ("seed", int), ("size", int), ("points", int)):
        default = getattr(DEFAULTS, name)
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"in {BOUNDS[name]}, default {default}")
    parser.add_argument("--anytime", action="store_true", help="bounds that hold at every moment, so that it may stop")
    parser.add_argument(
        "--stop-at", type=float, metavar="PART", help="with --anytime: end when this part of the pixels is shown"
    )
    parser.add_argument("--published", action="store_true", help="CC-Cert's figure too, from 1,000 draws of its own")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--out", type=Path, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    law = ChangeLaw.parse(options.law, eight_bit=options.eight_bit)
    if options.stop_at is not None and not options.anytime:
        raise InvalidSetting("without --anytime the bounds hold after the last draw only: --stop-at needs --anytime")
    settings = Settings(alpha=options.alpha, seed=options.seed, size=options.size, points=options.points)
    subject = read_subject(options.file, settings)
    components = math.prod(subject.shape)
    asked = {"alpha": settings.alpha, "anytime": options.anytime}
    needed = {share: draws_for(components, share=share, **asked)[0] for share in (0.99, 0.95)}
    draws = draws_for(components, share=options.share, **asked)[1] if options.draws is None else options.draws
    check_draws(draws, components, share=options.share, **asked)
    check_file(options.json)
    if options.out is not None:
        check_folder(options.out)
    model = model_of(options)
    if model.info.denoised:
        raise InvalidSetting(f"changes asks models without a denoiser: name {model.info.name} without what denoises")

    def shown(made: HowOften) -> bool:
        return made.share_kept(options.share) >= options.stop_at

    made = how_often(
        model, subject, law, draws=draws, seed=settings.seed, progress=counting("changes"),
        stop=None if options.stop_at is None else shown, **asked,
    )  # fmt: skip
    bounds = made.bounds()
    result: dict[str, Any] = {
        "law": str(law),
        "eight_bit": law.eight_bit,
        "share_kept_99": made.share_kept(0.99),
        "share_kept_95": made.share_kept(0.95),
        "share": options.share,
        "share_kept": made.share_kept(options.share),
        "mean_lower_bound": float(bounds.mean()),
        "mean_estimate": float(made.estimates().mean()),
        "draws": made.draws,
        "draws_needed_99": needed[0.99],
        "draws_needed_95": needed[0.95],
        "alpha": made.alpha,
        "anytime": made.anytime,
        "seed": made.seed,
        "sure": made.claim,
        "components": components,
        "working_size": list(subject.shape[::-1]),
        "model": model.info.name,
        "weights": model.info.weights_sha256,
        "compute": str(model.compute),
    }
    if options.published:
        figure = cc_cert(model, subject, law, seed=settings.seed)
        result["as_published"] = {
            "share_kept_99": figure.share_kept(0.99),
            "share_kept_95": figure.share_kept(0.95),
            "draws": figure.draws,
            "label": figure.label,
            "source": figure.source,
            "assumes": figure.assumes,
        }
    if options.out is not None:
        _write(options.out, subject, made, bounds >= options.share, model.info.labels)
    print_json(result)
    write_json(options.json, result)
    return 0


def _write(folder: Path, subject: Subject, made: HowOften, kept: NDArray[np.bool_], space: LabelSpace) -> None:
    from engine.export.png import png

    folder.mkdir(parents=True, exist_ok=True)
    bounds = made.bounds()
    np.savez_compressed(folder / "how-often.npz", answers=made.answers, hits=made.hits, bounds=bounds)
    shown = np.where(kept, made.answers.astype(np.int16), ABSTAIN)
    for name, labels in (("segmentation", made.answers), ("kept", shown)):
        suffix, data = labels_file(subject, labels, space)
        (folder / f"{name}{suffix}").write_bytes(data)
    if subject.kind == "image":
        (folder / "bounds.png").write_bytes(png(np.floor(255.0 * bounds).astype(np.uint8)))


def _law_help() -> str:
    from engine.changes import changes, random_changes

    known = [
        f"{name} ({', '.join(f'{one.name} in [{one.low:g}, {one.high:g}]' for one in entry.parameters)})"
        for name, entry in [*changes.items(), *random_changes.items()]
    ]
    return f"NAME=LOW:HIGH,... or NAME=LOW:HIGH/LOW:HIGH,..., of {'; '.join(known)}"


COMMAND = Command(
    name="changes",
    help="how often a model keeps its answers under random changes, without smoothing",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
