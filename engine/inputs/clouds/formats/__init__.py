"""File formats of shapes, one per file; each declares `FORMAT`.

All are read by own NumPy code and not by open3d: the formats are simple, counts must be checked before memory is taken,
and a native library that reads a hostile upload can take the whole process down with it (see `pcd.py`).
"""

from engine.core.registry import Registry, entries_of
from engine.inputs.clouds.formats.base import Format, Geometry

__all__ = ["Format", "Geometry", "formats"]


formats = Registry("format", lambda: entries_of(__name__, "FORMAT", Format))
"""All formats by name."""
