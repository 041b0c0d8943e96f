"""Commands, one per file; each declares `COMMAND`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from engine.cli.command import Command
from engine.core.registry import entries_of


def commands() -> Mapping[str, Command]:
    """All commands by name."""
    return entries_of(sys.modules[__name__], "COMMAND", Command)
