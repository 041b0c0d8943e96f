"""patch: which pixels of an image no patch changes unnoticed."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.options import model_of
from engine.cli.output import check_file, check_folder, print_json, write_json
from engine.cli.patch_options import add_patches, stride_of

_DESCRIPTION = """Certifies against any patch of at most P x P pixels, anywhere, of any values: at a certified pixel it
cannot change the answer without an alarm, which is raised where some window, filled in, changes the answer. No noise
and no chance. --out: certificate.npz, for verify, segmentation.png and, with all other pixels white, certified.png."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IMAGE")
    parser.add_argument("--size", type=int, default=32, metavar="P", help="longer side of the patch, in pixels")
    add_patches(parser)
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--out", type=Path, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    import numpy as np

    from engine.export.png import labels_png
    from engine.inputs.images import read_image
    from engine.inputs.labels import ABSTAIN
    from engine.patches import PatchSettings, certify_patches

    check_file(options.json)
    if options.out is not None:
        check_folder(options.out)
    image = read_image(options.file, size=options.image_size)
    settings = PatchSettings.on(
        *image.shape, patch=options.size, stride=stride_of(options), fill=options.fill, size=options.image_size
    )
    model = model_of(options)
    certificate = certify_patches(model, image, settings)
    provenance = certificate.provenance
    row = {
        "certified_fraction": certificate.certified_fraction,
        "size": settings.patch,
        "stride": settings.stride,
        "fill": settings.fill,
        "passes": certificate.passes,
        "seconds": provenance.seconds,
        "working_size": list(image.shape[::-1]),
        "model": provenance.model,
        "weights": provenance.weights_sha256,
        "compute": f"{provenance.device}/{provenance.precision}",
        "threads": provenance.threads,
    }
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        certificate.save(options.out / "certificate.npz")
        shown = np.where(certificate.certified, certificate.answers.astype(np.int16), np.int16(ABSTAIN))
        for name, labels in (("segmentation", certificate.answers), ("certified", shown)):
            (options.out / f"{name}.png").write_bytes(labels_png(labels, model.info.labels))
        row["out"] = str(options.out)
    print_json(row)
    write_json(options.json, row)
    return 0


COMMAND = Command(
    name="patch",
    help="certify an image against patches: no noise, no chance",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
