"""certify: one image or shape in, a certificate and its pictures out."""

import argparse
import math
from pathlib import Path

from engine.certification.pipeline import StopRule, base_prediction, certify
from engine.certification.useful import check_useful
from engine.cli.command import NO_CERTIFICATE, Command
from engine.cli.draws import OPTION
from engine.cli.options import add_category, add_settings, model_of, read_subject, settings_of
from engine.cli.output import check_folder, labels_file, left_open, note_empty, print_json
from engine.core.errors import InvalidSetting
from engine.stats.modes import modes

_DESCRIPTION = """Writes certificate.npz and, with abstentions white, what is certified, beside segmentation, the base
model's answer on the clean input, which nothing is promised about: PNG pictures of an image, PLY clouds of a shape. A
model of shapes is named with its category, as in MODEL@Chair. With a false discovery rate (fdr-bh, fdr-by) there is no
certificate: the files are selection.npz and selected, no radius is told, and the exit code is 3."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="an image or a shape")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_settings(parser)
    add_category(parser)
    parser.add_argument("--stop-at", type=float, metavar="SHARE", help="anytime modes: end at this certified share")
    parser.add_argument("--patience", type=int, metavar="DRAWS", help="anytime modes: end after so many without gain")


def run(options: argparse.Namespace) -> int:
    settings, stop = settings_of(options), _stop_rule(options)
    model = model_of(options)
    subject = read_subject(options.file, settings)
    check_useful(settings, math.prod(subject.shape), option=OPTION)
    check_folder(options.out)
    certificate = certify(model, subject, settings, stop=stop)
    options.out.mkdir(parents=True, exist_ok=True)
    certifies = settings.procedure.certifies
    kind, passed = ("certificate", "certified") if certifies else ("selection", "selected")
    certificate.save(options.out / f"{kind}.npz")
    for name, labels in (("segmentation", base_prediction(model, subject)), (passed, certificate.labels)):
        suffix, data = labels_file(subject, labels, model.info.labels)
        (options.out / f"{name}{suffix}").write_bytes(data)
    components = certificate.labels.size
    fraction, provenance = certificate.selected_count / components, certificate.provenance
    promised = {
        "radius": certificate.radius, "radius_unit": settings.noise.unit, **left_open(settings, components)
    }  # fmt: skip
    print_json(
        {
            "certificate": certifies,
            **(promised if certifies else {}),
            f"{passed}_fraction": fraction,
            "abstain_fraction": 1.0 - fraction,
            "components": components,
            "draws": certificate.draws,
            "stopped": provenance.stopped,
            "smallest_useful_n": settings.smallest_useful_n(components),
            "working_size": list(subject.shape[::-1]),
            "seconds_sampling": provenance.seconds_sampling,
            "seconds_testing": provenance.seconds_testing,
            "model": provenance.model,
            "compute": f"{provenance.device}/{provenance.precision}",
            "settings": settings.as_dict(),
            "out": str(options.out),
        }
    )
    note_empty(certificate)
    return 0 if certifies else NO_CERTIFICATE


def _stop_rule(options: argparse.Namespace) -> StopRule:
    if options.stop_at is None and options.patience is None:
        return StopRule()
    if not modes[options.mode].anytime:
        raise InvalidSetting(
            f"mode {options.mode} draws exactly n; --stop-at and --patience need --mode anytime or free"
        )
    return StopRule(target=1.0 if options.stop_at is None else options.stop_at, patience=options.patience or 0)


COMMAND = Command(
    name="certify",
    help="certify the pixels of an image or the points of a shape",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
