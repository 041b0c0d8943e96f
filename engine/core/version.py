"""The version of the project, recorded in every certificate."""

from __future__ import annotations

import hashlib
from functools import cache

from engine.core.assets import ENGINE

VERSION = "0.3.0.dev0"


@cache
def source_sha256(package: str = "") -> str:
    """Of all of the engine's Python files, or those of a package of it, by its path ("synthetic/shapes"): between two
    versions, programs that differ may give different answers.

    Raises ValueError for a package without files.
    """
    root = ENGINE / package
    paths = sorted(root.rglob("*.py"))
    if not paths:
        raise ValueError(f"the engine has no package {package}")
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()
