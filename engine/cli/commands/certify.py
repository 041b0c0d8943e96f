"""certify: one image in, a certificate and its pictures out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.certify import StopRule, base_prediction, segcertify
from engine.cli.command import Command
from engine.cli.options import add_settings, model_of, read_image, settings_of
from engine.cli.output import check_folder, print_json
from engine.errors import InvalidSetting
from engine.stats.corrections import correction
from engine.stats.modes import mode

_DESCRIPTION = """Writes certificate.npz, certified.png (abstentions white) and segmentation.png (the base model's
answer on the clean image, which nothing is promised about)."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_settings(parser)
    parser.add_argument("--stop-at", type=float, metavar="SHARE", help="anytime modes: end at this certified share")
    parser.add_argument("--patience", type=int, metavar="DRAWS", help="anytime modes: end after so many without gain")


def run(options: argparse.Namespace) -> int:
    from engine.pictures import labels_png

    settings, stop = settings_of(options), _stop_rule(options)
    model = model_of(options)
    image = read_image(options.image, settings.size)
    check_folder(options.out)
    options.out.mkdir(parents=True, exist_ok=True)
    certificate = segcertify(model, image, settings, stop=stop)
    certificate.save(options.out / "certificate.npz")
    base = base_prediction(model, image)
    (options.out / "segmentation.png").write_bytes(labels_png(base, model.info.labels))
    (options.out / "certified.png").write_bytes(labels_png(certificate.labels, model.info.labels))
    fraction, provenance = certificate.certified_fraction, certificate.provenance
    needed = settings.smallest_useful_n(image.components)
    print_json(
        {
            "certificate": correction(settings.correction).certifies,
            "radius": certificate.radius,
            "certified_fraction": fraction,
            "abstain_fraction": 1.0 - fraction,
            "components": image.components,
            "draws": certificate.draws,
            "stopped": provenance.stopped,
            "smallest_useful_n": needed,
            "working_size": [image.width, image.height],
            "seconds_sampling": provenance.seconds_sampling,
            "seconds_testing": provenance.seconds_testing,
            "model": provenance.model,
            "compute": f"{provenance.device}/{provenance.precision}",
            "settings": settings.as_dict(),
            "out": str(options.out),
        }
    )
    if settings.n < needed:
        note = f"note: with n = {settings.n} nothing can be certified here; at least {needed} are needed"
        print(note, file=sys.stderr)
    return 0


def _stop_rule(options: argparse.Namespace) -> StopRule:
    if options.stop_at is None and options.patience is None:
        return StopRule()
    if not mode(options.mode).anytime:
        raise InvalidSetting(
            f"mode {options.mode} draws exactly n; --stop-at and --patience need --mode anytime or free"
        )
    return StopRule(target=1.0 if options.stop_at is None else options.stop_at, patience=options.patience or 0)


COMMAND = Command(
    name="certify", help="certify the pixels of an image", description=_DESCRIPTION, configure=configure, run=run
)
