"""Training of the street models: CamVid photographs beside scenes that the project renders, with Gaussian noise.

Every random choice is a function of (seed, step, position in the batch), so a run that was stopped and resumed sees the
same examples and the same noise as one that was not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.datasets.camvid import CamVid
from engine.errors import Cancelled, InvalidInput, unknown_name
from engine.labels import CAMVID, VOID
from engine.models.pyramid_net import PyramidNet, PyramidNetSpec
from engine.scenes import render_street
from engine.training.augment import random_view
from engine.types import Cancel, never

_SCENE_SEED_START = 1_000_000  # far from the seeds of the bundled samples: they stay unseen


_SPEC = PyramidNetSpec(classes=len(CAMVID), widths=(32, 48, 96, 192), blocks=(1, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRecipe:
    """Everything that decides the weights of a street model, apart from the data itself.

    The first `small_share` of the steps see views of `small_size`, the rest of `size`, both (height, width).
    """

    name: str
    title: str
    sigma: float
    clean_share: float = 0.1
    random_sigma_share: float = 0.12
    spec: PyramidNetSpec = _SPEC
    size: tuple[int, int] = (240, 320)
    small_size: tuple[int, int] = (192, 256)
    small_share: float = 0.6
    steps: int = 12_500
    batch: int = 8
    scene_count: int = 400
    scene_share: float = 0.2
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.03
    warmup: int = 400
    ema: float = 0.9985
    class_weight_power: float = 0.15
    seed: int = 0


_STREET_RECIPES = (
    StreetRecipe(name="street-clean", title="Street scenes, trained without noise", sigma=0.0, steps=6_000),
    StreetRecipe(name="street-noise25", title="Street scenes, trained with noise of sigma 0.25", sigma=0.25),
)
RECIPES = {recipe.name: recipe for recipe in _STREET_RECIPES}


def recipe(name: str) -> StreetRecipe:
    """The recipe of that name. Raises UnknownName."""
    if name not in RECIPES:
        raise unknown_name("street recipe", name, RECIPES)
    return RECIPES[name]


def manifest_row(plan: StreetRecipe) -> dict[str, object]:
    """What the zoo's manifest says of a model trained by this recipe."""
    return {
        "name": plan.name,
        "title": plan.title,
        "labels": CAMVID.name,
        "trained_sigma": plan.sigma,
        "architecture": "pyramid_net",
        "spec": asdict(plan.spec),
    }


def train_street(
    plan: StreetRecipe, root: Path, out: Path, *, log: Callable[[str], None] = print, cancelled: Cancel = never
) -> Path:
    """Train to the end, resuming from `out`/checkpoint.pt if it is there.

    `root` holds train/images and train/labels of CamVid. Writes `out`/log.jsonl, checkpoints, and at the end
    `out`/model.safetensors with the averaged weights (see `export_weights`); returns that path. Raises InvalidInput,
    or Cancelled after writing a checkpoint.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(plan), indent=1))
    data = _Examples(plan, root, out, log)
    torch.manual_seed(plan.seed)
    model = PyramidNet(plan.spec)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = PyramidNet(plan.spec)
    average.load_state_dict(model.state_dict())
    optimizer = torch.optim.AdamW(_parameter_groups(model, plan.weight_decay), lr=plan.learning_rate)
    start = _resume(out / "checkpoint.pt", model, average, optimizer)
    loader = iter(
        torch.utils.data.DataLoader(
            data, batch_size=plan.batch, sampler=range(start * plan.batch, plan.steps * plan.batch), num_workers=1
        )
    )
    loss_of = nn.CrossEntropyLoss(weight=data.class_weights(), ignore_index=VOID)
    model.train()
    recent, began = [], time.monotonic()
    for step in range(start, plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * _schedule(step, plan)
        images, targets = next(loader)
        images = images.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(images)
        loss = loss_of(logits.float(), targets.long())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        _average(average, model, min(plan.ema, (step + 1) / (step + 10)))
        recent.append(loss.item())
        if (step + 1) % 100 == 0:
            rate = (time.monotonic() - began) / (step + 1 - start)
            row = {"step": step + 1, "loss": round(float(np.mean(recent)), 4), "seconds_per_step": round(rate, 3)}
            with (out / "log.jsonl").open("a") as file:
                file.write(json.dumps(row) + "\n")
            log(json.dumps(row))
            recent = []
        stop = cancelled()
        if (step + 1) % 500 == 0 or step + 1 == plan.steps or stop:
            _checkpoint(out / "checkpoint.pt", step + 1, model, average, optimizer)
        if stop:
            raise Cancelled(f"stopped after step {step + 1}; run again to go on")
    return export_weights(average, out / "model.safetensors")


def export_weights(network: PyramidNet, path: Path) -> Path:
    """Write what inference needs: batch normalisation folded in, float16 (half the size, no visible loss)."""
    fused = network.fuse().state_dict()
    save_file({name: tensor.to(torch.float16).contiguous() for name, tensor in fused.items()}, path)
    return path


class _Examples(torch.utils.data.Dataset[tuple[NDArray[np.float32], NDArray[np.uint8]]]):
    """Example number i of the run, for any i: its view, its light and its noise follow from (seed, i) alone."""

    def __init__(self, plan: StreetRecipe, root: Path, out: Path, log: Callable[[str], None]) -> None:
        self.plan = plan
        self.photos = list(_photographs(root))
        self.scenes = list(_rendered(plan.scene_count, out / "scenes.npz", log))

    def __len__(self) -> int:
        return self.plan.steps * self.plan.batch

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        plan = self.plan
        rng = np.random.default_rng((plan.seed, index))
        if self.scenes and rng.random() < plan.scene_share:
            pixels, labels = self.scenes[rng.integers(len(self.scenes))]
        else:
            epoch, position = divmod(index, len(self.photos))
            order = np.random.default_rng((plan.seed, 7, epoch)).permutation(len(self.photos))
            pixels, labels = self.photos[order[position]]
        small = index < plan.small_share * plan.steps * plan.batch
        image, target = random_view(pixels, labels, plan.small_size if small else plan.size, rng)
        sigma = self._sigma(rng)
        if sigma:
            image = image + np.float32(sigma) * rng.standard_normal(image.shape, dtype=np.float32)
        return image, target

    def _sigma(self, rng: np.random.Generator) -> float:
        draw = rng.random()
        if draw < self.plan.clean_share:
            return 0.0
        if draw < self.plan.clean_share + self.plan.random_sigma_share:
            return float(rng.uniform(0.0, 1.4 * self.plan.sigma))
        return self.plan.sigma

    def class_weights(self) -> Tensor:
        """Rare classes count a little more: frequency to a small negative power, mean 1 over the pixels."""
        counts = np.zeros(256)
        for _, labels in self.photos:
            counts += np.bincount(labels.ravel(), minlength=256)
        share = counts[: len(CAMVID)] / counts[: len(CAMVID)].sum()
        weights = share**-self.plan.class_weight_power
        return torch.tensor(weights / (weights * share).sum(), dtype=torch.float32)


def _photographs(root: Path) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    dataset = CamVid(root, "train")
    for item in dataset.items():
        with Image.open(item.image_path) as file:
            pixels = np.asarray(file.convert("RGB"))
        labels = dataset.read_labels(item)
        if labels.shape != pixels.shape[:2]:
            raise InvalidInput(f"{item.name}: image is {pixels.shape[:2]} but labels are {labels.shape}")
        yield pixels, labels


def _rendered(
    count: int, cache: Path, log: Callable[[str], None]
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    if not cache.is_file():
        log(f"rendering {count} street scenes")
        scenes = [render_street(_SCENE_SEED_START + i) for i in range(count)]
        np.savez(cache, pixels=np.stack([s.pixels for s in scenes]), labels=np.stack([s.labels for s in scenes]))
    with np.load(cache) as stored:
        pixels, labels = stored["pixels"], stored["labels"]
    yield from zip(pixels, labels, strict=True)


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def _schedule(step: int, plan: StreetRecipe) -> float:
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    progress = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return 0.5 * (1.0 + float(np.cos(np.pi * progress))) + 1e-3


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1.0 - decay)
        else:
            kept.copy_(new)


def _checkpoint(path: Path, step: int, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    state = {"step": step, "model": model.state_dict(), "average": average.state_dict(), "opt": optimizer.state_dict()}
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def _resume(path: Path, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["opt"])
    return int(state["step"])
