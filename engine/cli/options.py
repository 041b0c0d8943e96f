"""Options that several commands share, and how they are read."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine.certification.settings import Settings
from engine.cli.output import check_file
from engine.core.bounds import BOUNDS
from engine.core.device import choose_compute
from engine.core.errors import InvalidInput, InvalidSetting
from engine.inputs.clouds import cloud_suffixes, read_shape, working_cloud
from engine.inputs.datasets import SegmentationDataset, datasets
from engine.inputs.images import MAX_BYTES, image_from_array, read_image
from engine.inputs.shape_datasets import ShapeDataset, shape_datasets
from engine.inputs.subject import Subject
from engine.models.base import BaseModel
from engine.models.catalogue import full_name, load_model
from engine.models.part_models import of_category, part_models
from engine.models.wrappers import wrappers
from engine.perturbations import families, families_for
from engine.stats.corrections import corrections
from engine.stats.modes import modes

Value = TypeVar("Value")
DEFAULTS = Settings()
_KINDS = {
    "sigma": float,
    "tau": float,
    "n0": int,
    "n": int,
    "alpha": float,
    "budget": float,
    "seed": int,
    "size": int,
    "points": int,
}
_TAU_FREE_CORRECTION = "bonferroni"
_IMAGE_MODEL = "street-noise25"


def add_compute(parser: argparse.ArgumentParser, *, image_model: str = _IMAGE_MODEL) -> None:
    """--model, --denoise, --scale, --device, --precision."""
    around = "; ".join(f"+{name}: {entry.title}" for name, entry in wrappers.items())
    denoisers = [name for name, entry in wrappers.items() if entry.denoises]
    parser.add_argument(
        "--model", default="", metavar="MODEL",
        help=f"see: python -m engine models; default {image_model}, for a shape the first model of shapes; with what "
        f"goes around it: {around}",
    )  # fmt: skip
    parser.set_defaults(image_model=image_model)
    parser.add_argument(
        "--denoise", default="none", metavar="HOW", help=f"none, or a denoiser before the model: {', '.join(denoisers)}"
    )
    parser.add_argument(
        "--scale", default="", metavar="S", help="multi, or the scale at which the model sees the image"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """All fields of `Settings`, and `add_compute`'s."""
    add_compute(parser)
    for name, kind in _KINDS.items():
        default = getattr(DEFAULTS, name)
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"in {BOUNDS[name]}, default {default}")
    parser.add_argument("--mode", default=DEFAULTS.mode, help=f"one of {', '.join(modes)}, default {DEFAULTS.mode}")
    parser.add_argument(
        "--correction",
        help=f"one of {', '.join(corrections)}; default {DEFAULTS.correction}, or {_TAU_FREE_CORRECTION} in modes "
        "that leave tau free",
    )
    parser.add_argument("--family", default=DEFAULTS.family, help=_families_help())
    add_strength(parser)


def add_strength(parser: argparse.ArgumentParser) -> None:
    """--strength, of families with a second noise."""
    seconds = [f"{name}: {one.second.title}, {one.second.default:g}" for name, one in families.items() if one.second]
    parser.add_argument(
        "--strength", type=float, metavar="S",
        help="of the second noise of families that have one, with what it is and its default: " + "; ".join(seconds),
    )  # fmt: skip


def _families_help() -> str:
    images, clouds = (", ".join(families_for(kind)) for kind in ("image", "cloud"))
    return f"for images one of {images}, for shapes one of {clouds}; default {DEFAULTS.family}"


def add_dataset(parser: argparse.ArgumentParser, *, limit: int, shapes: bool = False) -> None:
    """--dataset, --root, --split, --limit, --json: what to read, images or also shapes, and where the result goes."""
    add_source(parser, shapes=shapes)
    parser.add_argument("--limit", type=int, default=limit, help=f"only the first K of it, 0 for all; default {limit}")
    parser.add_argument("--json", type=Path, metavar="OUT")


def add_source(parser: argparse.ArgumentParser, *, shapes: bool = False) -> None:
    """--dataset, --root, --split."""
    known = [*datasets.items(), *(shape_datasets.items() if shapes else ())]
    layouts = "; ".join(f"{name}: {source.layout}" for name, source in known)
    parser.add_argument("--dataset", required=True, metavar="NAME", help=layouts)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")


def dataset_of(options: argparse.Namespace) -> SegmentationDataset:
    """The dataset asked for. Raises UnknownName, InvalidSetting for one of shapes, InvalidInput, also where --json
    could not be written."""
    check_file(options.json)
    if options.dataset in shape_datasets:
        raise InvalidSetting(f"{options.dataset} holds shapes: for them there are evaluate and audit-shifts")
    return datasets[options.dataset].open(options.root, options.split)


def add_shapes(parser: argparse.ArgumentParser) -> None:
    """--dataset, --root, --split, --json of shapes, and all settings; --model has no category."""
    layouts = "; ".join(f"{name}: {source.layout}" for name, source in shape_datasets.items())
    parser.add_argument("--dataset", required=True, metavar="NAME", help=layouts)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="val", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="OUT")
    add_settings(parser)


def add_category(parser: argparse.ArgumentParser) -> None:
    """--category, for commands about one file."""
    parser.add_argument("--category", default="", metavar="C", help="of a shape; the same as MODEL@C")


def shapes_of(options: argparse.Namespace) -> ShapeDataset:
    """The dataset of shapes asked for. Raises UnknownName, InvalidInput, also where --json could not be written."""
    check_file(options.json)
    return shape_datasets[options.dataset].open(options.root, options.split)


def part_model_of(options: argparse.Namespace) -> Callable[[str], BaseModel]:
    """The model of shapes asked for with --model, by category. Raises InvalidSetting."""
    return part_model_named(model_name(options), options)


def part_model_named(name: str, options: argparse.Namespace) -> Callable[[str], BaseModel]:
    """A model of shapes by category, on the device and in the precision asked for. Raises InvalidSetting."""
    known = [entry for entry, _, _ in part_models()]
    if name.partition("+")[0] not in known:
        listed = ", ".join(known) or "none ships with this copy"
        raise InvalidSetting(f"--model takes a model of shapes without a category, got {name!r:.40}; known: {listed}")
    compute = choose_compute(options.device, options.precision)
    return lambda category: load_model(of_category(name, category), compute)


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings as given. Raises EngineError kinds."""
    values = {name: getattr(options, name) for name in DEFAULTS.as_dict() if name != "stream"}
    if options.correction is None:
        values["correction"] = _TAU_FREE_CORRECTION if modes[options.mode].tau_free else DEFAULTS.correction
    return Settings(**values)


def model_of(options: argparse.Namespace) -> BaseModel:
    """The model on the device and in the precision asked for."""
    return load_model(model_name(options), choose_compute(options.device, options.precision))


def model_name(options: argparse.Namespace) -> str:
    """The full name of the model asked for. Raises InvalidSetting."""
    scale = "multiscale" if options.scale == "multi" else options.scale and f"scale:{options.scale}"
    category = getattr(options, "category", "")  # of the commands that are about one shape
    chosen = options.model or _default_model(options)
    model = of_category(chosen, category) if category else chosen
    return full_name(model, scale, denoiser_part(options.denoise))


def _default_model(options: argparse.Namespace) -> str:
    """The command's own for images; for a shape, and over datasets of them, the first model of shapes."""
    file, shapes = getattr(options, "file", None), part_models()
    of_shapes = getattr(options, "dataset", None) in shape_datasets if file is None else _is_shape(file)
    return shapes[0][0] if of_shapes and shapes else options.image_model


def _is_shape(path: Path) -> bool:
    return path.suffix.lower() in cloud_suffixes()


def denoiser_part(choice: str) -> str:
    """What `--denoise` asks for as a part of a name, "" for none. Raises InvalidSetting, UnknownName."""
    if choice == "none":
        return ""
    if not wrappers[choice.partition(":")[0]].denoises:
        raise InvalidSetting(f"--denoise takes none or a denoiser, got {choice!r:.40}")
    return choice


def read_subject(path: Path, settings: Settings) -> Subject:
    """An image or, by the file's ending, a shape, at its working size. Raises InvalidInput."""
    if _is_shape(path):
        return read_shape(path, points=settings.points)
    return read_image(path, size=settings.size)


def read_working(path: Path) -> Subject:
    """An image (H, W, 3) from a float32 .npy file, or a shape (P, 3 or 6), turned ones in float64, exactly as it is.

    Raises InvalidInput.
    """
    try:
        stored = np.load(path, mmap_mode="r", allow_pickle=False)  # nothing is read yet but the header
    except (OSError, ValueError, EOFError) as error:
        raise InvalidInput(f"{path} cannot be read as an array of floats ({str(error)[:80]})") from None
    wide = isinstance(stored, np.ndarray) and stored.dtype == np.float64 and stored.ndim == 2
    if not isinstance(stored, np.ndarray) or not (wide or stored.dtype == np.float32) or stored.nbytes > MAX_BYTES:
        raise InvalidInput(f"{path} must hold one array of float32 of at most {MAX_BYTES // 2**20} MB")
    return image_from_array(np.array(stored)) if stored.ndim == 3 else working_cloud(np.array(stored))


def list_of(text: str, kind: Callable[[str], Value]) -> tuple[Value, ...]:
    """The values of "a,b,c". Raises InvalidSetting."""
    try:
        values = tuple(kind(word.strip()) for word in text.split(",") if word.strip())
    except ValueError:
        raise InvalidSetting(f"{text!r:.60} is no list of values separated by commas") from None
    if not values:
        raise InvalidSetting("a list of values is empty")
    return values
