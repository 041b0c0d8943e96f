"""Labelled sample shapes that the project builds itself, one category per file; each declares `SHAPE`.

A shape is a function of its category and a seed. z points up and +x to the front. Where the labelled Princeton
Segmentation Benchmark has a category of the same name, the parts are its parts in its order, so one model serves both.
"""

import zlib
from collections.abc import Mapping

import numpy as np

from engine.core.errors import InvalidSetting
from engine.core.registry import Registry, entries_of
from engine.inputs.clouds import Mesh
from engine.synthetic.shapes.base import ShapeBuilder

__all__ = ["ShapeBuilder", "build_shape", "shape_builders", "shape_categories"]

MAX_SEED = 2**32 - 1


shape_builders = Registry("shape category", lambda: entries_of(__name__, "SHAPE", ShapeBuilder))
"""All builders by category."""


def shape_categories() -> Mapping[str, tuple[str, ...]]:
    """The parts of every category that can be built, by category in alphabetical order.

    >>> shape_categories()["Cup"]
    ('body', 'handle')
    """
    return {name: shape_builders[name].parts for name in sorted(shape_builders)}


def build_shape(category: str, seed: int) -> Mesh:
    """The shape of a category that this seed stands for, a labelled mesh with z up; the same one each time.

    Raises UnknownName, or InvalidSetting unless 0 <= seed < 2**32.

    >>> mesh = build_shape("Cup", seed=1)
    >>> mesh.faces.shape[1], sorted({shape_categories()["Cup"][label] for label in mesh.face_labels})
    (3, ['body', 'handle'])
    """
    builder = shape_builders[category]
    if not 0 <= seed <= MAX_SEED:
        raise InvalidSetting(f"seed of a shape must lie in [0, {MAX_SEED}], got {seed}")
    rng = np.random.default_rng((seed, zlib.crc32(category.encode())))
    return builder.build(rng)
