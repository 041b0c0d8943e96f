"""Segmentation datasets in their real on-disk layouts, one source per file; each declares `DATASET`."""

from engine.core.registry import Registry, entries_of
from engine.inputs.datasets.base import DatasetItem, DatasetSource, SegmentationDataset

__all__ = ["DatasetItem", "SegmentationDataset", "datasets"]


datasets = Registry("dataset", lambda: entries_of(__name__, "DATASET", DatasetSource))
"""All dataset sources by name."""
