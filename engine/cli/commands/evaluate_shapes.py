"""evaluate-shapes: certify a dataset of shapes and score it against its parts; `evaluate` of such a dataset does it."""

import argparse

from engine.cli.command import Command
from engine.cli.options import add_shapes
from engine.cli.shape_scores import add_own, score_shapes


def configure(parser: argparse.ArgumentParser) -> None:
    add_shapes(parser)
    add_own(parser)
    parser.add_argument("--limit", type=int, default=0, metavar="K", help="of these only K, 0 for all")


COMMAND = Command(
    name="evaluate-shapes", help="certify a dataset of shapes and score it", configure=configure, run=score_shapes
)
