"""The version of the project, recorded in every certificate."""

import hashlib
from functools import cache

from engine.core.assets import ENGINE

VERSION = "0.3.0.dev0"
SAME_SHAPES = ("8b4c72c574445ce72e8a704845a986710f418ac29b2a465c5a1aebfb9da7bbc1",)
"""Digests of earlier sources of "synthetic/shapes", as for `source_sha256`, that built the same shapes: points sampled
from theirs are gone on with. Whoever changes a shape empties this."""


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
