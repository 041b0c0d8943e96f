"""Reads the arguments, runs one command, turns errors into one line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from engine.cli.commands import commands
from engine.core.errors import EngineError, InvalidSetting
from engine.core.version import VERSION

EXIT_BAD_INPUT, EXIT_INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 if a check failed, 2 for bad input, 3 for no certificate."""
    try:
        options = _parser().parse_args(arguments)
        options.arguments = list(sys.argv[1:] if arguments is None else arguments)
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
        return EXIT_INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, like every other error."""
        raise InvalidSetting(f"{message}; see: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "certiscope"
    parser = _Parser(
        prog="certiscope" if installed else "python -m engine",
        description="Certified segmentation by randomized smoothing.",
    )
    parser.add_argument("--version", action="version", version=VERSION)
    table = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in commands.values():
        made = table.add_parser(
            command.name, help=command.help, description=command.description or command.help, allow_abbrev=False
        )
        command.configure(made)
        made.set_defaults(run=command.run)
    return parser
