"""Commands run in this process, and options of runs that take no time. No test in here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.cli import main

FAST = ["--device", "cpu", "--precision", "fp32"]
SMALL = [*FAST, "--sigma", "0.02", "--tau", "0.6", "--n0", "3", "--n", "30", "--alpha", "0.2", "--size", "64"]
SMALL_SHAPES = ["--points", "64", "--n0", "3", "--n", "40", "--tau", "0.6", "--precision", "fp32", "--device", "cpu"]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Exit code, JSON rows of stdout, lines of stderr."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.splitlines()


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line a refused command prints."""
    code, rows, lines = run(capsys, *arguments)
    assert code == 2
    assert rows == []
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    assert "Traceback" not in lines[0]
    return lines[0]
