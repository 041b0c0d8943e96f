"""What a command is."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

NO_CERTIFICATE = 3
"""The exit code of commands whose work went well, but whose result is no certificate: only a selection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A registry entry: `configure` adds the arguments, `run` does the work and returns the exit code."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    description: str = ""
