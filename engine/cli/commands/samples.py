"""samples: render the bundled sample images again."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import check_folder, print_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("assets/samples"), metavar="DIR")


def run(options: argparse.Namespace) -> int:
    from engine.synthetic.scenes.gallery import write_gallery

    check_folder(options.out)
    write_gallery(options.out)
    print_json({"out": str(options.out)})
    return 0


COMMAND = Command(name="samples", help="render the bundled sample images again", configure=configure, run=run)
