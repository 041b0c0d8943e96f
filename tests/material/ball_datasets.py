"""A dataset of one ball, and a model of it that breaks every promise. No test in here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from engine.inputs.shape_datasets import ShapeItem, ShapePoints
from engine.models.coupling import trust
from tests.material.cloud_files import sphere


class Ball:
    """One ball of 200 points, cut at height 0."""

    categories: ClassVar = {"Ball": ("below", "above")}

    def items(self) -> tuple[ShapeItem, ...]:
        return (ShapeItem(name="Ball_0", category="Ball", path=Path("0")),)

    def read(self, item: ShapeItem) -> ShapePoints:
        _ = item
        points = sphere(200)
        return ShapePoints(points=points, normals=points, labels=(points[:, 2] > 0).astype(np.uint8))


class TwoBalls(Ball):
    """The ball, twice."""

    def items(self) -> tuple[ShapeItem, ...]:
        (one,) = super().items()
        return tuple(replace(one, name=f"Ball_{number}") for number in range(2))


class Turncoat(nn.Module):
    """Sure of part 0 for its first `loyal` clouds and of part 1 ever after."""

    def __init__(self, loyal: int) -> None:
        super().__init__()
        self.left = loyal
        trust(self)  # or it would be asked twice about some

    def forward(self, values: Tensor) -> Tensor:
        self.left -= len(values)
        sure = torch.ones(len(values), values.shape[1])
        return torch.stack([sure, -sure] if self.left >= 0 else [-sure, sure], dim=1)
