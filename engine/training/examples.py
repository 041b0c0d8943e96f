"""Training examples: CamVid photographs beside street scenes that the project renders, each in a random view."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.core.errors import InvalidInput
from engine.inputs.datasets.camvid import CamVid
from engine.inputs.labels import CAMVID
from engine.synthetic.scenes import render_street
from engine.training.augment import random_view
from engine.training.base import Recipe

_SCENE_SEED_START = 1_000_000  # far from the seeds of the bundled samples: they stay unseen

Example = tuple[NDArray[np.float32], NDArray[np.uint8]]
_Stored = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class StreetViews(torch.utils.data.Dataset[Example]):
    """Example number i of a run, for any i, follows from (seed, i) alone: float32 (h, w, 3) in [0, 1], uint8 (h, w).

    `root` holds train/images and train/labels of CamVid; rendered scenes are kept in `cache`.
    """

    def __init__(self, plan: Recipe, root: Path, cache: Path, log: Callable[[str], None]) -> None:
        self.plan = plan
        self.photos = list(_photographs(root))
        self.scenes = list(_rendered(plan.scene_count, cache, log))

    def __len__(self) -> int:
        return self.plan.steps * self.plan.batch

    def __getitem__(self, index: int) -> Example:
        plan = self.plan
        rng = np.random.default_rng((plan.seed, index))
        if self.scenes and rng.random() < plan.scene_share:
            pixels, labels = self.scenes[rng.integers(len(self.scenes))]
        else:
            epoch, position = divmod(index, len(self.photos))
            order = np.random.default_rng((plan.seed, 7, epoch)).permutation(len(self.photos))
            pixels, labels = self.photos[order[position]]
        small = index < plan.small_share * plan.steps * plan.batch
        size = plan.small_size if small else plan.size
        view, target = random_view(pixels, labels, size, rng, blur=plan.blur, shrink=plan.shrink)
        if plan.crop is None:
            return view, target
        height, width = plan.crop
        top = rng.integers(view.shape[0] - height + 1)
        left = rng.integers(view.shape[1] - width + 1)
        inside = np.s_[top : top + height, left : left + width]
        return np.ascontiguousarray(view[inside]), np.ascontiguousarray(target[inside])

    def class_weights(self, power: float) -> torch.Tensor:
        """Rare classes count more: frequency to the power -`power`, mean 1 over the pixels, float32 (classes,)."""
        counts = np.zeros(256)
        for _, labels in self.photos:
            counts += np.bincount(labels.ravel(), minlength=256)
        share = counts[: len(CAMVID)] / counts[: len(CAMVID)].sum()
        weights = share**-power
        return torch.tensor(weights / (weights * share).sum(), dtype=torch.float32)


def _photographs(root: Path) -> Iterator[_Stored]:
    dataset = CamVid(root, "train")
    for item in dataset.items():
        with Image.open(item.image_path) as file:
            pixels = np.asarray(file.convert("RGB"))
        labels = dataset.read_labels(item)
        if labels.shape != pixels.shape[:2]:
            raise InvalidInput(f"{item.name}: image is {pixels.shape[:2]} but labels are {labels.shape}")
        yield pixels, labels


def _rendered(count: int, cache: Path, log: Callable[[str], None]) -> Iterator[_Stored]:
    if not cache.is_file():
        log(f"rendering {count} street scenes")
        scenes = [render_street(_SCENE_SEED_START + i) for i in range(count)]
        np.savez(cache, pixels=np.stack([s.pixels for s in scenes]), labels=np.stack([s.labels for s in scenes]))
    with np.load(cache) as stored:
        pixels, labels = stored["pixels"], stored["labels"]
    if len(pixels) != count:
        raise InvalidInput(f"{cache} holds {len(pixels)} scenes, not {count}; delete it to render them again")
    yield from zip(pixels, labels, strict=True)
