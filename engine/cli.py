"""The command line, python -m engine COMMAND: JSON lines on stdout; errors are one line on stderr, exit code 2."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from engine.certificates import Certificate
from engine.certify import base_prediction, segcertify
from engine.config import BOUNDS, Settings
from engine.datasets import dataset, datasets
from engine.device import choose_compute
from engine.errors import EngineError, InvalidInput, InvalidSetting
from engine.images import MAX_BYTES, decode_image
from engine.models.zoo import available, load_model
from engine.perturbations import families
from engine.stats.corrections import corrections
from engine.stats.planner import smallest_useful_n
from engine.types import Image
from engine.version import VERSION

EXIT_FAILED, EXIT_BAD_INPUT = 1, 2
_DEFAULTS = Settings()
_CERTIFY = """Writes certificate.npz, certified.png (abstentions white) and segmentation.png (the base model's answer on
the clean image, which nothing is promised about)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 if a verification failed, 2 for bad input."""
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        return code
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except OSError as error:
        print(f"error: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


def _certify(options: argparse.Namespace) -> int:
    from engine.pictures import labels_png

    settings = _settings(options)
    model = load_model(options.model, choose_compute(options.device, options.precision))
    image = decode_image(_read(options.image), size=settings.size)
    _check_folder(options.out)
    options.out.mkdir(parents=True, exist_ok=True)
    certificate = segcertify(model, image, settings)
    certificate.save(options.out / "certificate.npz")
    base = base_prediction(model, image)
    (options.out / "segmentation.png").write_bytes(labels_png(base, model.info.labels))
    (options.out / "certified.png").write_bytes(labels_png(certificate.labels, model.info.labels))
    fraction, provenance = certificate.certified_fraction, certificate.provenance
    needed = smallest_useful_n(settings.tau, settings.alpha, image.components)
    _print(
        {
            "radius": certificate.radius,
            "certified_fraction": fraction,
            "abstain_fraction": 1.0 - fraction,
            "components": image.components,
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


def _verify(options: argparse.Namespace) -> int:
    from engine.verify import verify

    if options.seed is not None and not options.resample:
        raise InvalidSetting("--seed is for --resample; add it or leave the seed out")
    certificate = Certificate.load(options.certificate)
    image = _image(options.image, certificate.settings.size) if options.image else None
    outcome = verify(certificate, image=image, resample=options.resample, seed=options.seed)
    checks = [asdict(check) for check in outcome.checks]
    _print({"passed": outcome.passed, "checks": checks, "taken_on_trust": list(outcome.on_trust)})
    return 0 if outcome.passed else EXIT_FAILED


def _evaluate(options: argparse.Namespace) -> int:
    from engine.evaluation import evaluate

    settings = _settings(options)
    source = dataset(options.dataset, options.root, options.split)
    _check_file(options.json)
    model = load_model(options.model, choose_compute(options.device, options.precision))

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total} images", end="" if done < total else "\n", file=sys.stderr, flush=True)

    result = evaluate(model, source, settings, limit=options.limit, progress=progress).as_dict()
    _print(result)
    if options.json is not None:
        _write_json(options.json, result)
    return 0


def _train(options: argparse.Namespace) -> int:
    from engine.training.street import recipe, train_street

    weights = train_street(recipe(options.recipe), options.root, options.out)
    _print({"weights": str(weights), "recipe": options.recipe})
    return 0


def _bench(options: argparse.Namespace) -> int:
    from engine.bench import bench

    _check_file(options.json)
    result = bench(load_model(options.model, choose_compute(options.device, options.precision)))
    _print(result)
    if options.json is not None:
        _write_json(options.json, result)
    return 0


def _models(_: argparse.Namespace) -> int:
    for info in available():
        row = {
            "name": info.name,
            "title": info.title,
            "labels": info.labels.name,
            "classes": len(info.labels),
            "trained_sigma": info.trained_sigma,
            "weights_sha256": info.weights_sha256,
        }
        _print(row)
    return 0


def _publish(options: argparse.Namespace) -> int:
    from engine.models.publish import publish
    from engine.models.zoo import ASSETS
    from engine.training.street import manifest_row, recipe

    publish(options.weights, manifest_row(recipe(options.recipe)), ASSETS / "models")
    _print({"published": options.recipe})
    return 0


def _samples(options: argparse.Namespace) -> int:
    from engine.scenes.gallery import write_gallery

    _check_folder(options.out)
    write_gallery(options.out)
    _print({"out": str(options.out)})
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, like every other error."""
        raise InvalidSetting(f"{message}; see: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m engine", description="Certified segmentation by randomized smoothing.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    models = commands.add_parser("models", help="list the models that ship with the project")
    models.set_defaults(run=_models)

    certify = commands.add_parser("certify", help="certify the pixels of an image", description=_CERTIFY)
    certify.add_argument("image", type=Path, metavar="IMAGE")
    certify.add_argument("--out", type=Path, required=True, metavar="DIR")
    _add_settings(certify)
    certify.set_defaults(run=_certify)

    verify = commands.add_parser("verify", help="check a certificate; exit 1 if it does not hold")
    verify.add_argument("certificate", type=Path, metavar="CERT")
    verify.add_argument("--image", type=Path, metavar="IMAGE", help="the image it is about")
    verify.add_argument("--resample", action="store_true", help="draw again and compare")
    verify.add_argument("--seed", type=int, help="draw with this seed: an independent replication")
    verify.set_defaults(run=_verify)

    evaluate = commands.add_parser("evaluate", help="certify a dataset and score it")
    layouts = "; ".join(f"{name}: {source.layout}" for name, source in datasets().items())
    evaluate.add_argument("--dataset", choices=sorted(datasets()), required=True, help=layouts)
    evaluate.add_argument("--root", type=Path, required=True, metavar="DIR")
    evaluate.add_argument("--split", default="val", metavar="NAME")
    evaluate.add_argument("--limit", type=int, default=0, help="only the first K images")
    evaluate.add_argument("--json", type=Path, metavar="OUT")
    _add_settings(evaluate)
    evaluate.set_defaults(run=_evaluate)

    train = commands.add_parser("train", help="train a model by its recipe, resuming where it stopped")
    train.add_argument("task", choices=["street"])
    train.add_argument("--recipe", default="street-noise25")
    train.add_argument("--root", type=Path, required=True, metavar="DIR", help="CamVid, with DIR/train")
    train.add_argument("--out", type=Path, required=True, metavar="DIR")
    train.set_defaults(run=_train)

    publish = commands.add_parser("publish", help="put trained weights into the zoo; its card is written by hand")
    publish.add_argument("task", choices=["street"])
    publish.add_argument("--recipe", default="street-noise25")
    publish.add_argument("--weights", type=Path, required=True, metavar="FILE")
    publish.set_defaults(run=_publish)

    samples = commands.add_parser("samples", help="render the bundled sample images again")
    samples.add_argument("--out", type=Path, default=Path("assets/samples"), metavar="DIR")
    samples.set_defaults(run=_samples)

    bench = commands.add_parser("bench", help="measure speed against the bare forward passes")
    bench.add_argument("--json", type=Path, metavar="OUT")
    _add_compute(bench)
    bench.set_defaults(run=_bench)
    return parser


def _add_compute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="street-noise25", help="see: python -m engine models")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    _add_compute(parser)
    for name, kind in (("sigma", float), ("tau", float), ("n0", int), ("n", int), ("alpha", float), ("seed", int),
                       ("size", int)):  # fmt: skip
        default = getattr(_DEFAULTS, name)
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"in {BOUNDS[name]}, default {default}")
    parser.add_argument("--correction", default=_DEFAULTS.correction, help=f"one of {', '.join(corrections())}")
    parser.add_argument("--family", default=_DEFAULTS.family, help=f"one of {', '.join(families())}")


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(**{name: getattr(options, name) for name in _DEFAULTS.as_dict()})


def _image(path: Path, size: int) -> Image:
    return decode_image(_read(path), size=size)


def _read(path: Path) -> bytes:
    """The file's bytes, refusing what is too large before reading it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            megabytes = path.stat().st_size / 2**20
            raise InvalidInput(f"{path} has {megabytes:.0f} MB; at most {MAX_BYTES // 2**20} MB are read")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror or error}") from None


def _check_folder(path: Path) -> None:
    """Fail before the work, not after it, if results could not be written there."""
    try:
        for folder in (path, *path.parents):
            if folder.exists():
                if not folder.is_dir():
                    raise InvalidInput(f"cannot write to {path}: {folder} is a file; choose another folder")
                return
    except OSError as error:
        raise InvalidInput(f"cannot write to {str(path)[:80]}: {error.strerror or error}") from None


def _check_file(path: Path | None) -> None:
    """The same for a file of results."""
    if path is not None:
        _check_folder(path.parent)
        if path.is_dir():
            raise InvalidInput(f"cannot write to {path}: it is a folder; give a file name")


def _write_json(path: Path, result: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


def _print(row: dict[str, Any]) -> None:
    print(json.dumps(row), flush=True)
