"""Training examples of shapes: a dataset's beside those that the project builds, each in a random view."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.training.part_categories import count_parts, first_parts
from engine.training.part_recipe import PartsRecipe
from engine.training.shape_pools import Source, find_sources, load_pools
from engine.training.shape_views import shape_view

Example = tuple[NDArray[np.float32], NDArray[np.int64]]


class ShapeViews(torch.utils.data.Dataset[Example]):
    """Example number i of a run, for any i, follows from (seed, i) alone: values float32 (P, 3 or 6), parts int64 (P,).

    Values are positions, and unit normals where the network reads them; parts are numbered through all categories, so
    they tell the category too. It is drawn uniformly from those of the dataset, or from the project's own. `root`
    holds the dataset; the points sampled of its shapes are kept in the file `cache`, whose folder is made.

    Raises InvalidInput.
    """

    def __init__(self, plan: PartsRecipe, root: Path, cache: Path, log: Callable[[str], None]) -> None:
        self.plan = plan
        self.sources = find_sources(plan, root)
        cache.parent.mkdir(parents=True, exist_ok=True)
        self.pools = load_pools(plan, self.sources, cache, log)
        self.firsts = first_parts(plan.categories)
        self._benchmark, self._own = (_by_category(self.sources, own) for own in (False, True))

    def __len__(self) -> int:
        return self.plan.steps * self.plan.batch

    def __getitem__(self, index: int) -> Example:
        plan, pools = self.plan, self.pools
        rng = np.random.default_rng((plan.seed, index))
        groups = self._own if self._own and rng.random() < plan.own_share else self._benchmark
        rows = groups[rng.integers(len(groups))]
        row = rows[rng.integers(len(rows))]
        chosen = rng.choice(plan.pool, plan.points, replace=False)
        view = shape_view(
            pools.points[row, chosen],
            pools.normals[row, chosen],
            pools.labels[row, chosen],
            rng,
            rotation=plan.rotation,
            stretch=plan.stretch,
            jitter=plan.jitter,
        )
        assert view.labels is not None
        values = view.values[:, : 6 if plan.spec.normals else 3].copy()
        return values, view.labels.astype(np.int64) + self.firsts[self.sources[row].category]

    def part_weights(self, power: float) -> torch.Tensor:
        """Rare parts count more: their share of their category's points to the power -`power`, float32 (parts,).

        The mean over the points of a category is 1, every shape of it counting the same.
        """
        plan = self.plan
        shares = np.zeros(count_parts(plan.categories))
        for row, source in enumerate(self.sources):
            counts = np.bincount(self.pools.labels[row], minlength=len(plan.categories[source.category]))
            first = self.firsts[source.category]
            shares[first : first + len(counts)] += counts / plan.pool
        weights = np.ones_like(shares)
        for name, first in self.firsts.items():
            own = slice(first, first + len(plan.categories[name]))
            share = shares[own] / shares[own].sum()
            weights[own] = np.maximum(share, 1.0 / plan.pool) ** -power  # a part that no shape has is never asked for
            weights[own] /= (weights[own] * share).sum()
        return torch.tensor(weights, dtype=torch.float32)


def _by_category(sources: tuple[Source, ...], own: bool) -> list[list[int]]:
    """The rows of the sources, own or not, category by category."""
    groups: dict[str, list[int]] = {}
    for row, source in enumerate(sources):
        if source.own == own:
            groups.setdefault(source.category, []).append(row)
    return list(groups.values())
