"""The page of all commands, written from the parsers that the command line itself uses."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping

from engine.cli import main

_WIDTH = 100
_HEAD = """# Every command

Written from the command line itself when these pages are built. `certiscope` and `python -m engine` are the same; both
answer `--help`. See [Command line](command-line.md) for examples and conventions.
"""


def parsers() -> Mapping[str, argparse.ArgumentParser]:
    """The parser of every command, by name, in the order of the command line's own help."""
    (table,) = (action for action in _whole()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(table.choices)


def summaries() -> Mapping[str, str]:
    """One line about every command, by name."""
    (table,) = (action for action in _whole()._actions if isinstance(action, argparse._SubParsersAction))
    return {str(row.dest): row.help or "" for row in table._choices_actions}


def commands_page() -> str:
    """The whole page as Markdown."""
    short = summaries()
    rows = "\n".join(f"| [`{name}`](#{name}) | {_cell(short[name])} |" for name in parsers())
    sections = "\n".join(_section(name, parser, short[name]) for name, parser in parsers().items())
    return f"{_HEAD}\n| command | what it does |\n|---|---|\n{rows}\n\n{sections}"


def _whole() -> argparse.ArgumentParser:
    from engine.cli.main import _parser  # not `main._parser`: the package exports its function under that name

    assert callable(main)
    return _parser()


def _section(name: str, parser: argparse.ArgumentParser, summary: str) -> str:
    about = _plain(" ".join((parser.description or summary).split()))
    actions = [action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"]
    rows = "\n".join(f"| {_words(action)} | {_cell(_help(action, parser))} |" for action in actions)
    table = f"| argument | meaning |\n|---|---|\n{rows}\n" if rows else "It takes no arguments.\n"
    return f"## {name} {{ #{name} }}\n\n{about}\n\n```text\n{_usage(name, actions)}\n```\n\n{table}"


def _usage(name: str, actions: list[argparse.Action]) -> str:
    """The arguments in a line: argparse's own would depend on the width of whoever builds the pages."""
    shown = [_usage_of(action) for action in actions]
    return textwrap.fill(
        " ".join([f"certiscope {name}", *shown]), _WIDTH, subsequent_indent="    ", break_on_hyphens=False
    )


def _usage_of(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return {"?": f"[{value}]", "*": f"[{value} ...]", "+": f"{value} [{value} ...]"}.get(str(action.nargs), value)
    words = " ".join(filter(None, [action.option_strings[-1], value]))
    return words if action.required else f"[{words}]"


def _value(action: argparse.Action) -> str:
    """What stands for the value; empty for a flag."""
    if action.option_strings and action.nargs == 0:
        return ""
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return _placeholder(action)


def _placeholder(action: argparse.Action) -> str:
    return str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))


def _words(action: argparse.Action) -> str:
    names = action.option_strings or [_placeholder(action)]
    value = _placeholder(action) if action.option_strings and action.nargs != 0 else ""
    shown = ", ".join(f"`{name}{' ' + value if value else ''}`" for name in names).replace("|", "\\|")
    return f"{shown}, required" if action.option_strings and action.required else shown


def _help(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    allowed = f"one of {', '.join(map(str, action.choices))}" if action.choices is not None else ""
    said = (action.help or "") % {**vars(action), "prog": parser.prog}
    return "; ".join(filter(None, [said, allowed]))


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text that is no Markdown: its stars, brackets and angles are meant as they stand."""
    for letter in "\\`*_[]<":
        text = text.replace(letter, "&lt;" if letter == "<" else f"\\{letter}")
    return text
