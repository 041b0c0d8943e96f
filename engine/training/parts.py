"""Training of the part models: PartNet on labelled shapes in any orientation, with or without noise and normals."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from engine.core.progress import Cancel, never
from engine.inputs.shape_datasets._shapenet_parts import CATEGORIES as SHAPENET
from engine.models.architectures.part_net import PartNet, PartNetSpec
from engine.models.zoo import PARTS
from engine.training.base import Task, start_weights
from engine.training.loop import optimise, save_weights
from engine.training.objectives import NoiseMix
from engine.training.part_categories import CATEGORIES, count_parts
from engine.training.part_objective import PartsObjective, categories_of
from engine.training.part_recipe import PartsRecipe
from engine.training.shape_examples import ShapeViews


def _spec(*, normals: bool) -> PartNetSpec:
    return PartNetSpec(parts=count_parts(CATEGORIES), categories=len(CATEGORIES), normals=normals)


_SIGMA = 0.05

RECIPES = {
    recipe.name: recipe
    for recipe in (
        PartsRecipe(
            name="parts-clean", title="Parts of shapes, trained without noise", sigma=0.0, spec=_spec(normals=False),
        ),
        PartsRecipe(
            name="parts-noise", title=f"Parts of shapes, trained with noise of sigma {_SIGMA}", sigma=_SIGMA,
            spec=_spec(normals=False),
        ),
        PartsRecipe(
            name="parts-normals-noise", title=f"Parts of shapes with normals, trained with noise of sigma {_SIGMA}",
            sigma=_SIGMA, spec=_spec(normals=True),
        ),
        PartsRecipe(
            name="parts-rotated", title="Parts of shapes with normals, trained for rotations", sigma=0.0,
            jitter=0.01, spec=_spec(normals=True),
        ),
        PartsRecipe(  # for whoever has the data: the project has trained no model by it
            name="shapenet-normals-noise",
            title=f"Parts of ShapeNet's shapes with normals, trained with noise of sigma {_SIGMA}", sigma=_SIGMA,
            spec=PartNetSpec(parts=50, categories=16, normals=True), categories=dict(SHAPENET), dataset="shapenet-part",
            split="train", pool=2_500, own_share=0.0, own_count=0, steps=20_000,
        ),
    )
}  # fmt: skip


def train_parts(
    plan: PartsRecipe,
    root: Path,
    out: Path,
    *,
    start: Path | None = None,
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> Path:
    """Train to the end, resuming from `out`/checkpoint.pt; writes `out`/model.safetensors and returns its path.

    `root` holds the recipe's dataset. Of the labelled Princeton Segmentation Benchmark fold `plan.fold`, by default its
    split "val", is never read. What is sampled of the shapes is kept in `out`/shapes.npz. The exported weights have
    batch normalisation folded in. No recipe goes on with weights, so `start` must be
    None. Raises InvalidInput, Cancelled.
    """
    start_weights(plan.name, plan.starts_from, start)
    data = ShapeViews(plan, root, out / "shapes.npz", log)
    torch.manual_seed(plan.seed)
    network = PartNet(plan.spec)
    objective = PartsObjective(
        mix=NoiseMix(sigma=plan.sigma, clean_share=plan.clean_share, random_share=plan.random_sigma_share),
        category_of=categories_of(plan.categories),
        part_weights=data.part_weights(plan.part_weight_power),
        smoothing=plan.label_smoothing,
    )
    average = optimise(network, objective, data, plan, out, log=log, cancelled=cancelled)
    return save_weights(average.fuse(), out / "model.safetensors")


def manifest_row(plan: PartsRecipe) -> dict[str, object]:
    """What the zoo's manifest says of a model trained by this recipe.

    The id of a category is its place in `categories`; parts are numbered through them, category by category.
    """
    return {
        "name": plan.name,
        "title": plan.title,
        "role": PARTS,
        "trained_sigma": plan.sigma,
        "architecture": "part_net",
        "spec": asdict(plan.spec),
        "categories": {name: list(parts) for name, parts in plan.categories.items()},
    }


TASK = Task(name="parts", recipes=RECIPES, train=train_parts, manifest_row=manifest_row)
