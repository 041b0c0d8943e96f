"""One labelled shape of a dataset as a working cloud: the only place where a shape dataset meets a cloud."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds import Cloud, cloud_from_arrays, estimated_normals, sample_mesh, unit_normals
from engine.inputs.shape_datasets import ShapeDataset, ShapeItem, ShapePoints
from engine.models.base import BaseModel

ModelOf = Callable[[str], BaseModel]
"""Gives the model for a category."""


def read_shape_example(dataset: ShapeDataset, item: ShapeItem, points: int) -> tuple[Cloud, NDArray[np.uint8]]:
    """The working cloud of an item, of at most `points` points, and the part of each, uint8 (P,). Raises InvalidInput.

    Meshes are sampled by area; of more points than asked for, an evenly spread choice by rank is kept. Where normals
    are missing they are estimated from all points of the shape, as for files that are uploaded.
    """
    shape = dataset.read(item)
    if isinstance(shape, ShapePoints):
        keep = np.unique(np.linspace(0, len(shape.points) - 1, min(points, len(shape.points))).round().astype(np.int64))
        whole = shape.points.astype(np.float64)
        kept = whole[keep]
        normals = None if shape.normals is None else unit_normals(shape.normals[keep].astype(np.float64))
        estimated = normals is None
        try:
            cloud = cloud_from_arrays(
                kept, estimated_normals(whole, kept) if estimated else normals, shape.labels[keep], estimated=estimated
            )
        except InvalidInput as error:
            raise InvalidInput(f"{item.name}: {error}") from None
    else:
        cloud = sample_mesh(shape, points)
    if cloud.labels is None:
        raise InvalidInput(f"{item.name} has no labels to be scored against")
    return cloud, cloud.labels


def check_parts(model: BaseModel, dataset: ShapeDataset, item: ShapeItem) -> None:
    """Raises InvalidInput unless the model answers the parts that the dataset gives the item's category."""
    if model.info.labels.classes != dataset.categories[item.category]:
        raise InvalidInput(f"{model.info.name} does not answer the parts that the dataset gives {item.category}")
