"""Commands, one per file; each declares `COMMAND`."""

from engine.cli.command import Command
from engine.core.registry import Registry, entries_of

commands = Registry("command", lambda: entries_of(__name__, "COMMAND", Command))
"""All commands by name."""
