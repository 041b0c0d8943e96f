"""psnr: how much a denoiser takes away of the noise."""

from __future__ import annotations

import argparse
from dataclasses import replace

from engine.cli.command import Command
from engine.cli.options import add_dataset, add_settings, dataset_of, model_of, settings_of
from engine.cli.output import counting, print_json, write_json

_SIGMAS = (0.25, 0.5, 1.0)


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=0)
    add_settings(parser)
    parser.set_defaults(model="street-clean", denoise="single")


def run(options: argparse.Namespace) -> int:
    from engine.denoising import mean_psnr
    from engine.images import decode_image

    settings, source = settings_of(options), dataset_of(options)
    model = model_of(options)
    items = source.items()[: options.limit or None]
    rows = []
    for sigma in _SIGMAS:
        images = (decode_image(item.image_path.read_bytes(), size=settings.size) for item in items)
        noisy, clean = mean_psnr(
            model, images, replace(settings, sigma=sigma), total=len(items), progress=counting("images")
        )
        row = {
            "model": model.info.name, "sigma": sigma, "images": len(items), "psnr_noisy": round(noisy, 3),
            "psnr_denoised": round(clean, 3), "gain": round(clean - noisy, 3),
        }  # fmt: skip
        print_json(row)
        rows.append(row)
    write_json(options.json, {"rows": rows})
    return 0


COMMAND = Command(
    name="psnr",
    help="measure what a denoiser gains over the noisy images of a dataset, at sigma 0.25, 0.5 and 1",
    configure=configure,
    run=run,
)
