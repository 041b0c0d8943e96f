"""A base model that reads the last bits of its input cannot tell an input from a changed one inside the radius.

With noise in float32, as it is usually drawn, it can: what float32(x + noise) leaves of the last bits shows x. The
control shows that these models do break such certificates.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.attacks import change_between, judge
from engine.audits.error_control.coins import COIN
from engine.certification import Settings, certify, prediction
from engine.core import Compute
from engine.core.rng import Source
from engine.inputs import Subject, image_from_array
from engine.inputs.clouds import cloud_from_arrays, moved_cloud
from engine.models.base import BaseModel, ModelInfo
from engine.perturbations import families
from engine.perturbations.base import Family

SETTINGS = Settings(sigma=0.25, tau=0.75, n0=5, n=120, alpha=0.001, points=300, size=64)
START, CHANGE = 2.0**-4, 2.0**-27
"""All values, a power of two, whose sum with float32 noise is a multiple of 2^-26 or so; and what is added to some."""


class Divisible(nn.Module):
    """Heads everywhere where a small value is no multiple of 2^-25, or, one by one, where the last bit of it is set."""

    def __init__(self, *, cloud: bool, parity: bool = False) -> None:
        super().__init__()
        self.cloud, self.parity = cloud, parity

    def forward(self, values: Tensor) -> Tensor:
        x = values[..., :3].transpose(1, 2) if self.cloud else values
        if self.parity:  # of the grid's last bit, at every component
            odd = (x[:, 0].double() * 2.0**16).round().remainder(2.0) == 1.0
            heads = odd.to(values.dtype)
        else:
            scaled = x.double() * 2.0**25
            odd = ((scaled != scaled.round()) & (x.abs() < 2.0**-4)).flatten(1).any(dim=1)
            shape = x.shape[2:]
            heads = odd.to(values.dtype).reshape(-1, *[1] * len(shape)).expand(-1, *shape)
        return torch.stack([1.0 - heads, heads], dim=1)


def model_of(kind: str, compute: Compute, *, parity: bool = False) -> BaseModel:
    info = ModelInfo(
        name="last-bits", title="", labels=COIN, trained_sigma=0.25, weights_sha256="", card="", kind=kind  # type: ignore[arg-type]
    )  # fmt: skip
    network = Divisible(cloud=kind == "cloud", parity=parity).eval()
    return BaseModel(info=info, network=network, compute=compute)


def pair(kind: str) -> tuple[Subject, Subject]:
    """An input and one that differs by far less than any radius here, in its last bits."""
    if kind == "image":
        pixels = np.full((32, 32, 3), START, dtype=np.float32)
        moved = pixels.copy()
        moved[0, :12] += np.float32(CHANGE)
        return image_from_array(pixels), image_from_array(moved)
    cloud = cloud_from_arrays(np.random.default_rng(1).normal(size=(300, 3)))
    points = np.full(cloud.points.shape, START, dtype=np.float32)
    moved = points.copy()
    moved[:12] += np.float32(CHANGE)
    return moved_cloud(cloud, points), moved_cloud(cloud, moved)


def verdict(kind: str, settings: Settings, model: BaseModel) -> tuple[int, int, bool]:
    """Certified of the first, violations by the second, and whether the change is inside the radius."""
    clean, changed = pair(kind)
    first, second = certify(model, clean, settings), certify(model, changed, settings.fresh("attacked"))
    found = judge(first, second, {settings.noise.norm: change_between(settings, clean.values, changed.values)})
    return found.certified, found.violations, found.inside


@pytest.mark.parametrize("kind", ["image", "cloud"])
@pytest.mark.parametrize("name", ["l2", "l1-laplace", "l1-uniform"])
def test_nothing_flips_inside_the_radius(kind: str, name: str, compute: Compute) -> None:
    settings = Settings(**{**SETTINGS.as_dict(), "family": name})
    certified, violations, inside = verdict(kind, settings, model_of(kind, compute))
    assert inside
    assert certified > 0
    assert violations == 0
    assert verdict(kind, settings, model_of(kind, compute, parity=True))[1] == 0


@pytest.mark.parametrize("kind", ["image", "cloud"])
def test_float32_noise_lets_it_flip_all(kind: str, compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_float32(_: Family, clean: Tensor, sigma: float, source: Source, out: Tensor) -> None:
        unit = source.uniform(torch.empty(clean.shape, dtype=torch.float64))
        lattice = (unit * 2.0**24).floor().float() * 2.0**-23 - 1.0  # as PyTorch draws uniform float32 numbers
        out.copy_(clean.float() + sigma * lattice)

    monkeypatch.setattr(Family, "draw", in_float32)
    settings = Settings(**{**SETTINGS.as_dict(), "family": "l1-uniform"})
    certified, violations, inside = verdict(kind, settings, model_of(kind, compute))
    assert inside
    assert violations == certified > 0
    assert families["l1-uniform"].draw.__func__ is in_float32  # type: ignore[attr-defined]


def test_the_clean_answer_too_is_one_on_the_grid(compute: Compute) -> None:
    class Fine(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            steps = images[:, 0].double() * 2.0**16
            finer = (steps != steps.round()).to(images.dtype)
            return torch.stack([1.0 - finer, finer], dim=1)

    model = replace(model_of("image", compute), network=Fine().eval())
    values = np.full((16, 16, 3), 0.1, dtype=np.float32)
    assert (model.predict(torch.from_numpy(values)[None]) == 1).all()
    assert (prediction(model, values) == 0).all()
