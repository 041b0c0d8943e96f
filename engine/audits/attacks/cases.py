"""What an audit of attacks works on: examples with their truth, one after the other, and both models for each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.examples import check_classes, read_example
from engine.evaluation.examples_shapes import ModelOf, check_parts, read_shape_example
from engine.inputs.datasets.base import SegmentationDataset
from engine.inputs.shape_datasets import ShapeDataset
from engine.inputs.subject import Kind, Subject
from engine.inputs.subset import spread, subset
from engine.models.base import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One example. truth: uint8 (*N), ids above the classes are void."""

    name: str
    subject: Subject
    truth: NDArray[np.uint8]
    undefended: BaseModel
    certified: BaseModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cases:
    """Examples of one kind, by name, each read when it is its turn: `read(i)` raises InvalidInput."""

    kind: Kind
    names: tuple[str, ...]
    read: Callable[[int], Case]


def image_cases(
    undefended: BaseModel,
    certified: BaseModel,
    dataset: SegmentationDataset,
    *,
    size: int,
    every: int = 1,
    limit: int = 30,
) -> Cases:
    """The first `limit` (0: all) of every `every`-th image. Raises InvalidSetting, InvalidInput for other classes."""
    for model in (undefended, certified):
        check_classes(model, dataset)
    items = subset(dataset.items(), every=every, limit=limit)

    def read(place: int) -> Case:
        image, truth = read_example(dataset, items[place], size)
        return Case(name=items[place].name, subject=image, truth=truth, undefended=undefended, certified=certified)

    return Cases(kind="image", names=tuple(item.name for item in items), read=read)


def shape_cases(
    undefended_of: ModelOf, certified_of: ModelOf, dataset: ShapeDataset, *, points: int, limit: int = 20
) -> Cases:
    """`limit` shapes spread over the dataset (0: all), of at most so many points.

    Raises InvalidSetting; reading one raises InvalidInput where a model does not answer its category's parts.
    """
    items = spread(dataset.items(), limit)

    def read(place: int) -> Case:
        item = items[place]
        undefended, certified = undefended_of(item.category), certified_of(item.category)
        for model in (undefended, certified):
            check_parts(model, dataset, item)
        cloud, truth = read_shape_example(dataset, item, points)
        return Case(name=item.name, subject=cloud, truth=truth, undefended=undefended, certified=certified)

    return Cases(kind="cloud", names=tuple(item.name for item in items), read=read)
