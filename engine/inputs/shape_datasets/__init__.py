"""Datasets of labelled 3D shapes in their real on-disk layouts, one source per file; each declares `SHAPES`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.inputs.shape_datasets.base import ShapeDataset, ShapeItem, ShapePoints, ShapeSource

__all__ = ["ShapeDataset", "ShapeItem", "ShapePoints", "ShapeSource", "shape_dataset", "shape_datasets"]


@cache
def shape_datasets() -> Mapping[str, ShapeSource]:
    """All sources of labelled shapes by name."""
    return entries_of(sys.modules[__name__], "SHAPES", ShapeSource)


def shape_dataset(name: str, root: Path, split: str) -> ShapeDataset:
    """Open one split of a dataset. Raises UnknownName, or InvalidInput if the folder is not laid out that way."""
    if name not in shape_datasets():
        raise unknown_name("shape dataset", name, shape_datasets())
    return shape_datasets()[name].open(root, split)
