"""Where results go: JSON lines on stdout, files that are known to be writable before the work."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from engine.errors import InvalidInput
from engine.types import Progress


def print_json(row: dict[str, Any]) -> None:
    """One line on stdout."""
    print(json.dumps(row), flush=True)


def counting(what: str) -> Progress:
    """A progress line on stderr: "3/20 images"."""

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total} {what}", end="" if done < total else "\n", file=sys.stderr, flush=True)

    return progress


def write_json(path: Path | None, result: dict[str, Any]) -> None:
    """Write a readable file, making its folder; nothing without a path."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n")


def check_folder(path: Path) -> None:
    """Fail before the work, not after it, if results could not be written there. Raises InvalidInput."""
    try:
        for folder in (path, *path.parents):
            if folder.exists():
                if not folder.is_dir():
                    raise InvalidInput(f"cannot write to {path}: {folder} is a file; choose another folder")
                return
    except OSError as error:
        raise InvalidInput(f"cannot write to {str(path)[:80]}: {error.strerror or error}") from None


def check_file(path: Path | None) -> None:
    """The same for a file of results."""
    if path is not None:
        check_folder(path.parent)
        if path.is_dir():
            raise InvalidInput(f"cannot write to {path}: it is a folder; give a file name")
