"""The shapes that part models are trained on, each sampled once: many points, from which every view takes some."""

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.version import SAME_SHAPES, source_sha256
from engine.inputs.clouds import Cloud, Mesh, cloud_from_arrays, estimated_normals, sample_mesh, unit_normals
from engine.inputs.fingerprint import told_of
from engine.inputs.shape_datasets import ShapePoints, shape_datasets
from engine.synthetic.shapes import build_shape, shape_categories
from engine.training.part_recipe import PartsRecipe

_BUILDERS = "synthetic/shapes"
_OWN_SEED_START = 1_000_000  # far from the seeds of the bundled samples: they stay unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A shape to train on, not read yet; `own` if the project builds it. told: what tells it from others, for JSON."""

    name: str
    category: str
    own: bool
    told: list[Any]
    read: Callable[[], Mesh | ShapePoints]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pools:
    """Points of each of S shapes, drawn uniformly by area from meshes, which are centred and scaled to radius 1.

    points, normals: float32 (S, pool, 3). labels: uint8 (S, pool), indices into the parts of the shape's category.
    """

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    labels: NDArray[np.uint8]


def find_sources(plan: PartsRecipe, root: Path) -> tuple[Source, ...]:
    """All shapes of a training: the dataset's under `root` but for fold `plan.fold`, then those of own categories.

    Raises InvalidInput if the folder is not laid out so, has other parts than the recipe, or lacks a category;
    InvalidSetting if the recipe has other parts than the shapes that the project builds.
    """
    dataset = shape_datasets[plan.dataset].open(root, plan.split or f"train{plan.fold}")
    for category, parts in dataset.categories.items():
        if plan.categories.get(category) != parts:
            wanted = ", ".join(plan.categories.get(category, ())) or "none"
            raise InvalidInput(
                f"{root} gives {category:.60} the parts {', '.join(parts):.300}, but {plan.name} is trained for "
                f"{wanted}; use the dataset's own list of parts"
            )
    found = [
        Source(name=item.name, category=item.category, own=False, told=told, read=partial(dataset.read, item))
        for item, told in zip(dataset.items(), told_of(dataset.items()), strict=True)
    ]
    if plan.own_count:
        found += _own_sources(plan)
    missing = plan.categories.keys() - {source.category for source in found}
    if missing:
        raise InvalidInput(
            f"{root} has no shape of {', '.join(sorted(missing))} to train {plan.name} on; restore the dataset"
        )
    return tuple(found)


def load_pools(plan: PartsRecipe, sources: Sequence[Source], cache: Path, log: Callable[[str], None]) -> Pools:
    """The pools of all sources, from the file `cache`, which is written where it is missing. Raises InvalidInput."""
    shapes = {"pool": plan.pool, "parts": dict(plan.categories), "sources": [source.told for source in sources]}
    contents = json.dumps(shapes)
    if not cache.is_file():
        log(f"sampling {len(sources)} shapes")
        _save(_sampled(sources, plan.pool), contents, cache)
    try:
        with np.load(cache) as stored:
            same = _renewed(str(stored["contents"])) == contents
            pools = Pools(points=stored["points"], normals=stored["normals"], labels=stored["labels"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{cache} cannot be read ({error}); delete it to sample the shapes again") from None
    if not same:
        raise InvalidInput(f"{cache} holds samples of other shapes or parts; delete it to sample them again")
    return pools


def _renewed(contents: str) -> str:
    """Stored contents with the digest of these builders in place of that of earlier ones that built the same."""
    for old in SAME_SHAPES:
        contents = contents.replace(old, source_sha256(_BUILDERS))
    return contents


def _own_sources(plan: PartsRecipe) -> list[Source]:
    found, builders = [], source_sha256(_BUILDERS)
    for category, parts in shape_categories().items():
        if category not in plan.categories:
            continue
        if plan.categories[category] != parts:
            raise InvalidSetting(
                f"{plan.name} has other parts of {category} than shapes built here; set own_count to 0"
            )
        for seed in range(_OWN_SEED_START, _OWN_SEED_START + plan.own_count):
            read = partial(build_shape, category, seed)
            name = f"{category} {seed}"
            found.append(Source(name=name, category=category, own=True, told=[name, builders], read=read))
    return found


def _sampled(sources: Sequence[Source], pool: int) -> Pools:
    points, normals = (np.empty((len(sources), pool, 3), dtype=np.float32) for _ in range(2))
    labels = np.empty((len(sources), pool), dtype=np.uint8)
    for row, source in enumerate(sources):
        try:
            shape = source.read()
            cloud = sample_mesh(shape, pool, seed=row) if isinstance(shape, Mesh) else _drawn(shape, pool, row)
        except InvalidInput as error:
            raise InvalidInput(f"{source.name}: {error}") from None
        assert cloud.normals is not None
        assert cloud.labels is not None
        points[row], normals[row], labels[row] = cloud.points, cloud.normals, cloud.labels
    return Pools(points=points, normals=normals, labels=labels)


def _drawn(shape: ShapePoints, pool: int, seed: int) -> Cloud:
    """So many of a shape's points in random order, each once before any comes again."""
    points = shape.points.astype(np.float64)
    normals = None if shape.normals is None else unit_normals(shape.normals.astype(np.float64))
    whole = estimated_normals(points) if normals is None else normals
    rng, count = np.random.default_rng(seed), len(points)
    chosen = np.concatenate([rng.permutation(count) for _ in range(-(-pool // count))])[:pool]
    return cloud_from_arrays(points[chosen], whole[chosen], shape.labels[chosen])


def _save(pools: Pools, contents: str, cache: Path) -> None:
    part = cache.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, contents=contents, points=pools.points, normals=pools.normals, labels=pools.labels)
    part.replace(cache)
