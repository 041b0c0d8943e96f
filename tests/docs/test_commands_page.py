"""The page of all commands says what the command line says."""

from __future__ import annotations

import argparse
import importlib.util
import re
from types import ModuleType

import pytest

from tests.docs.running import ROOT


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """docs/_build/commands_page.py, which is no package."""
    spec = importlib.util.spec_from_file_location("commands_page", ROOT / "docs" / "_build" / "commands_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sections(maker: ModuleType) -> dict[str, str]:
    """The text of every command's section, by name."""
    _, *found = re.split(r"^## (\S+) \{ #\S+ \}$", maker.commands_page(), flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


def test_every_file_of_commands_has_a_section(sections: dict[str, str]) -> None:
    # The folder is read by itself: every module in it but the package's own declares one command.
    files = {path.stem.replace("_", "-") for path in (ROOT / "engine" / "cli" / "commands").glob("*.py")} - {"--init--"}
    assert set(sections) == files


def test_every_argument_is_in_its_section(maker: ModuleType, sections: dict[str, str]) -> None:
    for name, parser in maker.parsers().items():
        for action in parser._actions:
            if action.help == argparse.SUPPRESS or action.dest == "help":
                continue
            for word in action.option_strings or [str(action.metavar or action.dest)]:
                assert f"`{word}" in sections[name], f"{name} {word}"


def test_what_must_be_given_is_said(sections: dict[str, str]) -> None:
    assert "| `--out DIR`, required |" in sections["certify"]
    assert "--out DIR" in sections["certify"].split("```")[1]
    assert "[--out DIR]" not in sections["certify"]
    assert "[FILE]" in sections["plan"]  # may be left out
    assert "one of denoiser, parts, street" in sections["publish"]


def test_text_is_shown_letter_by_letter(maker: ModuleType) -> None:
    assert maker._cell("a_b | [0, 1) <c>") == r"a\_b \| \[0, 1) &lt;c>"
