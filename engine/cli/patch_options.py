"""Options that the commands about patches share."""

import argparse

from engine.cli.options import add_compute
from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting

AUTO = "auto"
_MODEL = "street-clean"


def add_patches(parser: argparse.ArgumentParser) -> None:
    """--stride, --fill, --image-size, and `add_compute`'s, with a model of its own as the default."""
    from engine.patches import fills

    add_compute(parser, image_model=_MODEL)
    parser.add_argument(
        "--stride", default=AUTO, metavar="S",
        help="steps between windows, in pixels; auto: the smallest that takes at most 36 passes",
    )  # fmt: skip
    parser.add_argument("--fill", default="mean", help=f"what hidden pixels get: one of {', '.join(fills)}")
    parser.add_argument(
        "--image-size", type=int, default=320, metavar="N",
        help=f"longer side of the working picture, in {BOUNDS['size']}",
    )  # fmt: skip


def stride_of(options: argparse.Namespace) -> int | None:
    """The stride asked for; None to choose one. Raises InvalidSetting."""
    if options.stride == AUTO:
        return None
    try:
        return int(options.stride)
    except ValueError:
        raise InvalidSetting(f"--stride takes a whole number or auto, got {options.stride!r:.40}") from None
