"""A base model as the sampler sees it: images in, labels out, on a known device in a known precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from engine.device import Compute
from engine.labels import LabelSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known of a model before it is loaded. `trained_sigma` is the noise it was trained with, 0 for none."""

    name: str
    title: str
    labels: LabelSpace
    trained_sigma: float
    weights_sha256: str
    card: str


@runtime_checkable
class Labelling(Protocol):
    """A network that can give the argmax of its logits without laying the logits out."""

    def labels(self, images: Tensor) -> Tensor:
        """int64 (B, H, W), ties to the smallest id."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseModel:
    """A network ready to run, in evaluation mode.

    The network maps (B, 3, H, W) in about [0, 1] to logits (B, classes, H, W); where it is `Labelling`, prediction goes
    the short way. Casting the input to the precision of `compute` is part of the base model, so certificates hold for
    the model exactly as it is computed here.
    """

    info: ModelInfo
    network: nn.Module
    compute: Compute

    def logits(self, batch: Tensor) -> Tensor:
        """Logits (B, classes, H, W) of a float32 batch (B, H, W, 3)."""
        logits: Tensor = self.network(self._images(batch))
        return logits

    @torch.inference_mode()
    def predict(self, batch: Tensor) -> Tensor:
        """The class of every pixel, int64 (B, H, W), ties to the smallest id; `batch` is float32 (B, H, W, 3)."""
        if isinstance(self.network, Labelling):
            return self.network.labels(self._images(batch))
        return self.logits(batch).argmax(dim=1)

    def _images(self, batch: Tensor) -> Tensor:
        return batch.to(self.compute.dtype).permute(0, 3, 1, 2)  # channels last in memory already
