"""The version of the project, recorded in every certificate."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

VERSION = "0.3.0.dev0"


@cache
def source_sha256(package: str = "") -> str:
    """Of the engine's own Python files, or those of a package of it: between two versions, programs that differ may
    give different answers."""
    root = Path(__file__).parent / package
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()
