"""Datasets of labelled 3D shapes in their real on-disk layouts, one source per file; each declares `SHAPES`."""

from engine.core.registry import Registry, entries_of
from engine.inputs.shape_datasets.base import ShapeDataset, ShapeItem, ShapePoints, ShapeSource

__all__ = ["ShapeDataset", "ShapeItem", "ShapePoints", "ShapeSource", "shape_datasets"]


shape_datasets = Registry("shape dataset", lambda: entries_of(__name__, "SHAPES", ShapeSource))
"""All sources of labelled shapes by name."""
