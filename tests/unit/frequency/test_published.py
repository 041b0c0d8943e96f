"""CC-Cert's figure: its arithmetic, and that it may say less than is true where exact bounds do not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN
from engine.core import Cancelled, Compute, InvalidSetting
from engine.core.rng import Stage
from engine.frequency import ChangeLaw, cc_cert, how_often
from engine.frequency.how_often import sampler_of
from engine.models import BaseModel
from engine.models.base import ModelInfo
from engine.models.coupling import trust
from tests.material.pictures import plain_image

MIXED = ChangeLaw.parse("brightness=-0.2:0.2,noise=0:0.1")


class Sigmoids(nn.Module):
    """Class 1 with logit `slope` times (channel 0 - 0.4), class 0 with none; another answer above `bright`."""

    def __init__(self, slope: float, bright: float = 2.0) -> None:
        super().__init__()
        self.slope, self.bright = slope, bright

    def forward(self, images: Tensor) -> Tensor:
        value = images[:, 0]
        logit = torch.where(value > self.bright, -self.slope, self.slope * (value - 0.4))
        return torch.stack([torch.zeros_like(logit), logit], dim=1)


def model_of(network: nn.Module, compute: Compute) -> BaseModel:
    trust(network)
    info = ModelInfo(name="sigmoids", title="", labels=COIN, trained_sigma=0.0, weights_sha256="", card="")
    return BaseModel(info=info, network=network, compute=compute)


@pytest.mark.parametrize("batch", [1, 7])
def test_its_arithmetic(compute: Compute, batch: int) -> None:
    # Once more in NumPy, for all draws at once. Two classes: the largest change of a probability is that of class 1.
    model, image = model_of(Sigmoids(8.0), compute), plain_image(16, 16, 0.7)
    seen = np.concatenate(
        [part.numpy().copy() for part in sampler_of(model, image, MIXED, seed=5).noisy_batches(Stage.EVALUATION, 0, 60)]
    )[..., 0].astype(np.float64)
    with np.errstate(over="ignore"):
        likely = 1 / (1 + np.exp(-8 * (seen - 0.4)))
        clean = 1 / (1 + np.exp(-8 * 0.3))
        over = abs(likely - clean) - abs(2 * clean - 1) / 2
        figures = [
            np.min([np.exp(2.0**power * part).mean(axis=0) for power in range(14)], axis=0)
            for part in np.split(over, 3)
        ]  # fmt: skip
    expected = np.minimum(1.0, np.max(figures, axis=0) / 0.9)
    made = cc_cert(model, image, MIXED, samples=20, repetitions=3, seed=5, batch=batch)
    np.testing.assert_allclose(made.errors, expected, rtol=1e-3, atol=1e-12)  # the model's arithmetic is float32
    assert expected.min() < 1
    assert made.draws == 60
    assert made.share_kept(0.5) == (expected <= 0.5).mean()


def test_it_misses_what_is_rare_and_exact_bounds_do_not(compute: Compute) -> None:
    # The answer is lost where the brightness rises by more than 0.19992, which 0.02 % of the law does: in none of these
    # 1,000 draws. Otherwise the change is small, and the figure says that it happens less often than once in a million.
    model, image = model_of(Sigmoids(8.0, bright=0.94992), compute), plain_image(16, 16, 0.75)
    law = ChangeLaw.parse("brightness=-0.2:0.2")
    made = cc_cert(model, image, law, seed=1)
    assert made.draws == 1000
    assert made.errors.max() < 1e-6 < 0.0002
    exact = how_often(model, image, law, draws=1000, seed=1)
    assert exact.bounds().max() < 1 - 0.0002
    assert made.label == "as published"
    assert "coefficient of variation" in made.assumes


def test_it_is_no_more_than_1(compute: Compute) -> None:
    made = cc_cert(model_of(Sigmoids(200.0), compute), plain_image(16, 16, 0.41), MIXED, samples=10, repetitions=2)
    assert made.errors.max() == 1.0


def test_what_is_refused(compute: Compute) -> None:
    model, image = model_of(Sigmoids(8.0), compute), plain_image(16, 16)
    with pytest.raises(InvalidSetting, match="at least one sample and one repetition, got 0 and 1"):
        cc_cert(model, image, MIXED, samples=0, repetitions=1)
    with pytest.raises(InvalidSetting, match="turn changes point clouds, not images"):
        cc_cert(model, image, ChangeLaw.parse("turn=0:9"))
    with pytest.raises(Cancelled):
        cc_cert(model, image, MIXED, cancelled=lambda: True)
