"""Training of the street models: PyramidNet on CamVid and rendered scenes, by one of several objectives."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from engine.core.progress import Cancel, never
from engine.inputs.labels import CAMVID
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.training.base import Recipe, Task, start_weights
from engine.training.examples import StreetViews
from engine.training.loop import optimise, save_weights
from engine.training.objectives import OBJECTIVES, NoiseMix
from engine.training.warm_start import unfold

_SPEC = PyramidNetSpec(classes=len(CAMVID), widths=(32, 48, 96, 192), blocks=(1, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRecipe(Recipe):
    """`objective` names one of `engine.training.objectives`; `starts_from` a recipe whose weights it goes on with."""

    sigma: float
    objective: str = "noise"
    starts_from: str = ""
    clean_share: float = 0.1
    random_sigma_share: float = 0.12
    class_weight_power: float = 0.15
    spec: PyramidNetSpec = _SPEC
    steps: int = 12_500
    batch: int = 8
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.03
    warmup: int = 400
    ema: float = 0.9985


_AT_ITS_SIGMA: dict[str, object] = {
    "clean_share": 0.05,
    "random_sigma_share": 0.05,
    "class_weight_power": 0.05,
    "scene_share": 0.1,
}


def _second(name: str, title: str, starts_from: str, sigma: float, **changes: object) -> StreetRecipe:
    """A second stage: from the weights of a first one, at full size and a lower rate."""
    values: dict[str, object] = {"steps": 4_000, "learning_rate": 5e-4, "warmup": 200, "small_share": 0.0}
    values |= changes
    return StreetRecipe(name=name, title=title, sigma=sigma, starts_from=starts_from, **values)  # type: ignore[arg-type]


RECIPES = {
    recipe.name: recipe
    for recipe in (
        StreetRecipe(name="street-base", title="Street scenes, first stage without noise", sigma=0.0, steps=6_000),
        StreetRecipe(
            name="street-plain", title="Street scenes, plainly trained", sigma=0.0, seed=8, steps=2_500,
            small_share=0.7, blur=(0.0, 1.2),
        ),
        StreetRecipe(name="street-first25", title="Street scenes, first stage with noise of sigma 0.25", sigma=0.25),
        _second(
            "street-noise25", "Street scenes, trained with noise of sigma 0.25", "street-first25", 0.25, seed=6,
            steps=5_000, **_AT_ITS_SIGMA,
        ),
        _second(
            "street-soft", "Street scenes, second stage without noise", "street-base", 0.0, seed=5, steps=3_000,
            blur=(0.6, 4.0),
        ),
        _second(
            "street-clean", "Street scenes, trained without noise", "street-soft", 0.0, seed=7, steps=2_500,
            blur=(0.3, 4.0), shrink=(0.6, 1.0), **_AT_ITS_SIGMA,
        ),
        _second("street-noise50", "Street scenes, trained with noise of sigma 0.5", "street-first25", 0.5, seed=2),
        _second(
            "street-consistency25", "Street scenes, noise of sigma 0.25 and consistency", "street-noise25", 0.25,
            seed=3, objective="consistency", batch=4, steps=2_000, **_AT_ITS_SIGMA,
        ),
        _second(
            "street-smoothadv25", "Street scenes, noise of sigma 0.25 and attacks (SmoothAdv)", "street-noise25", 0.25,
            seed=4, objective="smoothadv", batch=4, steps=1_500, **_AT_ITS_SIGMA,
        ),
        _second(
            "street-masked", "Street scenes, trained with hidden windows", "street-clean", 0.0, seed=9,
            objective="masked", steps=1_500, learning_rate=7e-4, warmup=100, ema=0.997, blur=(0.1, 1.2),
            **_AT_ITS_SIGMA,
        ),
        StreetRecipe(
            name="street-large", title="Street scenes, a larger network with noise of sigma 0.25", sigma=0.25,
            spec=PyramidNetSpec(classes=len(CAMVID), widths=(48, 72, 144, 256), blocks=(2, 3, 4)), steps=30_000,
            batch=16, learning_rate=1e-3,
        ),
    )
}  # fmt: skip


def train_street(
    plan: StreetRecipe,
    root: Path,
    out: Path,
    *,
    start: Path | None = None,
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> Path:
    """Train to the end, resuming from `out`/checkpoint.pt; writes `out`/model.safetensors and returns its path.

    `root` holds train/images and train/labels of CamVid; `start` the weights of the recipe that `plan` starts from. The
    exported weights have batch normalisation folded in. Raises InvalidInput, Cancelled.
    """
    weights = start_weights(plan.name, plan.starts_from, start)
    out.mkdir(parents=True, exist_ok=True)
    data = StreetViews(plan, root, out / "scenes.npz", log)
    torch.manual_seed(plan.seed)
    network = PyramidNet(plan.spec)
    mix = NoiseMix(sigma=plan.sigma, clean_share=plan.clean_share, random_share=plan.random_sigma_share)
    objective = OBJECTIVES[plan.objective](mix=mix, class_weights=data.class_weights(plan.class_weight_power))
    if weights is not None:
        views = torch.stack([torch.from_numpy(data[number][0]) for number in range(plan.batch)])
        images = objective.noisy(views.permute(0, 3, 1, 2), torch.Generator().manual_seed(plan.seed))
        unfold(network, weights, images, plan.name)
    average = optimise(network, objective, data, plan, out, log=log, cancelled=cancelled)
    return save_weights(average.fuse(), out / "model.safetensors")


def manifest_row(plan: StreetRecipe) -> dict[str, object]:
    """What the zoo's manifest says of a model trained by this recipe."""
    return {
        "name": plan.name,
        "title": plan.title,
        "role": "segmenter",
        "labels": CAMVID.name,
        "trained_sigma": plan.sigma,
        "architecture": "pyramid_net",
        "spec": asdict(plan.spec),
    }


TASK = Task(name="street", recipes=RECIPES, train=train_street, manifest_row=manifest_row)
