"""psnr: how much a denoiser takes away of the noise."""

import argparse

from engine.certification.settings import Settings
from engine.cli.command import Command
from engine.cli.options import DEFAULTS, add_compute, add_dataset, dataset_of, model_of
from engine.cli.output import counting, print_json, write_json
from engine.core.bounds import BOUNDS

_SIGMAS = (0.25, 0.5, 1.0)


def configure(parser: argparse.ArgumentParser) -> None:
    add_dataset(parser, limit=0)
    add_compute(parser)
    parser.set_defaults(model="street-clean", denoise="single")
    for name in ("seed", "size"):
        parser.add_argument(f"--{name}", type=int, default=getattr(DEFAULTS, name), help=f"in {BOUNDS[name]}")


def run(options: argparse.Namespace) -> int:
    from engine.evaluation.denoising import mean_psnr
    from engine.evaluation.examples import example_image
    from engine.inputs.subset import subset

    source = dataset_of(options)
    model = model_of(options)
    items = subset(source.items(), limit=options.limit)
    count = counting("images")
    rows = []
    for sigma in _SIGMAS:
        settings = Settings(sigma=sigma, seed=options.seed, size=options.size)
        images = (example_image(source, item, settings.size) for item in items)
        noisy, clipped, clean = mean_psnr(model, images, settings, progress=lambda done: count(done, len(items)))
        row = {
            "model": model.info.name, "sigma": sigma, "images": len(items), "psnr_noisy": round(noisy, 3),
            "psnr_noisy_clipped": round(clipped, 3), "psnr_denoised": round(clean, 3),
            "gain": round(clean - noisy, 3), "gain_over_clipped": round(clean - clipped, 3),
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
