"""Segmentation datasets in their real on-disk layouts, one source per file; each declares `DATASET`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.inputs.datasets.base import DatasetItem, DatasetSource, SegmentationDataset

__all__ = ["DatasetItem", "SegmentationDataset", "dataset", "datasets"]


@cache
def datasets() -> Mapping[str, DatasetSource]:
    """All dataset sources by name."""
    return entries_of(sys.modules[__name__], "DATASET", DatasetSource)


def dataset(name: str, root: Path, split: str) -> SegmentationDataset:
    """Open one split of a dataset. Raises UnknownName, or InvalidInput if the folder is not laid out that way."""
    if name not in datasets():
        raise unknown_name("dataset", name, datasets())
    return datasets()[name].open(root, split)
