"""A base model whose class probabilities are known exactly: what error control is measured with.

Component i answers class 1 while channel 0 of its representative pixel is at most a limit, and class 0 otherwise.
Under N(0, sigma^2) noise that is a coin of known probability; components that share a representative share its coin,
which gives block-dependent and perfectly dependent pixels through the real sampler.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import norm
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.grid import GRID, STEPS
from engine.inputs.labels import LabelSpace
from engine.models.base import BaseModel, ModelInfo

COIN = LabelSpace(name="coin", classes=("tails", "heads"), palette=((120, 120, 120), (20, 84, 180)))


def on_edge(limits: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest multiple of the base models' grid whose whole cell lies below each limit, float32.

    What a model sees is at most this exactly if the noisy value is below the cell's upper edge: which happens as often
    as wished, or less often by no more than a grid's width times the noise's density.
    """
    return (np.floor(limits * STEPS - 0.5) * GRID).astype(np.float32)


class CoinNetwork(nn.Module):
    """Logits (B, 2, H, W) that favour class 1 where channel 0 of the representative pixel is <= `limits`.

    limits: float32 (H, W). representative: int64 (H, W), flat index of the pixel that decides for this one.
    """

    limits: Tensor
    representative: Tensor

    def __init__(self, limits: Tensor, representative: Tensor) -> None:
        super().__init__()
        self.register_buffer("limits", limits)
        self.register_buffer("representative", representative)

    def forward(self, images: Tensor) -> Tensor:
        deciding = images[:, 0].flatten(1)[:, self.representative.flatten()].reshape(-1, *self.limits.shape)
        heads = (deciding <= self.limits).to(images.dtype)
        return torch.stack([1.0 - heads, heads], dim=1)


def coin_model(
    probabilities: NDArray[np.float64], *, value: float, sigma: float, block: int, compute: Compute
) -> BaseModel:
    """A model that answers class 1 at pixel i of a constant image `value` with probability `probabilities[i]`.

    Less often by 3e-5 at most, for sigma of at least 0.25: limits lie between cells of the models' grid. probabilities:
    float64 (H, W) in (0, 1); it must be constant on every block x block square, whose top left pixel
    decides for all of it. block = 1 gives independent pixels, block >= max(H, W) perfectly dependent ones.
    """
    height, width = probabilities.shape
    rows = np.arange(height) // block * block
    columns = np.arange(width) // block * block
    representative = rows[:, None] * width + columns[None, :]
    limits = on_edge(value + sigma * norm.ppf(probabilities.ravel()[representative]))
    network = CoinNetwork(torch.from_numpy(limits), torch.from_numpy(representative))
    info = ModelInfo(
        name="toy-coin",
        title="Coins of known probability",
        labels=COIN,
        trained_sigma=sigma,
        weights_sha256="",
        card="",
    )
    return BaseModel(info=info, network=network.to(compute.device).eval(), compute=compute)
