"""The command line, python -m engine COMMAND: JSON lines on stdout; errors are one line on stderr, exit code 2.

Each command is one file in `engine/cli/commands`.
"""

from engine.cli.main import main

__all__ = ["main"]
