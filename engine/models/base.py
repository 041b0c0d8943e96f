"""A base model as the sampler sees it: images or clouds in, labels out, on a known device in a known precision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import InvalidInput
from engine.inputs.labels import LabelSpace
from engine.inputs.subject import KINDS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known of a model before it is loaded.

    trained_sigma: the noise it was trained with, 0 for none. denoised: a denoiser stands before it, which is told the
    noise it will meet. kind: what it segments. weights_sha256: of all the weights that take part.
    """

    name: str
    title: str
    labels: LabelSpace
    trained_sigma: float
    weights_sha256: str
    card: str
    denoised: bool = False
    kind: Kind = "image"

    def check_kind(self, kind: Kind) -> None:
        """Raises InvalidInput unless the model segments what is of this kind."""
        if kind != self.kind:
            raise InvalidInput(f"{self.name} segments {KINDS[self.kind]}, not {KINDS[kind]}; choose another model")


@runtime_checkable
class Labelling(Protocol):
    """A network that can give the argmax of its logits without laying the logits out."""

    def labels(self, images: Tensor) -> Tensor:
        """int64 (B, H, W), ties to the smallest id."""


@runtime_checkable
class NoiseAware(Protocol):
    """A network that has to be told what noise it will meet, such as a denoiser with a segmenter behind it."""

    def for_noise(self, sigma: float) -> nn.Module:
        """The network as it meets noise of this sigma."""

    def without_denoiser(self) -> nn.Module:
        """The network behind the denoiser."""


def labels_of(network: nn.Module, images: Tensor) -> Tensor:
    """The classes that a network gives, int64 (B, *N), ties to the smallest id; the short way where it has one."""
    if isinstance(network, Labelling):
        return network.labels(images)
    best: Tensor = network(images).argmax(dim=1)
    return best


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseModel:
    """A network ready to run, in evaluation mode.

    The network maps (B, 3, H, W) in about [0, 1] to logits (B, classes, H, W), or points (B, P, C) to (B, classes, P);
    where it is `Labelling`, prediction goes the short way. Casting images to the precision of `compute` is part of the
    base model, so certificates hold for the model exactly as it is computed here; positions stay float32.

    >>> import engine
    >>> model = engine.load_model("street-noise25", engine.core.choose_compute("cpu", "fp32"))
    >>> batch = torch.full((2, 48, 64, 3), 0.5)
    >>> bool((model.predict(batch) == model.logits(batch).argmax(dim=1)).all())
    True
    """

    info: ModelInfo
    network: nn.Module
    compute: Compute

    def for_noise(self, sigma: float) -> BaseModel:
        """The model as it meets noise of this sigma: itself, unless a denoiser has to be told."""
        return replace(self, network=self.network.for_noise(sigma)) if isinstance(self.network, NoiseAware) else self

    def undefended(self) -> BaseModel:
        """The model for clean images: itself, without the denoiser where it has one."""
        return replace(self, network=self.network.without_denoiser()) if isinstance(self.network, NoiseAware) else self

    def logits(self, batch: Tensor) -> Tensor:
        """Logits (B, classes, *N) of a float32 batch (B, *N, C)."""
        logits: Tensor = self.network(self.inputs(batch))
        return logits

    @torch.inference_mode()
    def predict(self, batch: Tensor) -> Tensor:
        """The class of every component, int64 (B, *N), ties to the smallest id; `batch` is float32 (B, *N, C)."""
        return labels_of(self.network, self.inputs(batch))

    def inputs(self, batch: Tensor) -> Tensor:
        """What the network is given: images (B, 3, H, W) in the precision of `compute`, or clouds as they are."""
        if self.info.kind == "cloud":
            return batch
        return batch.to(self.compute.dtype).permute(0, 3, 1, 2)  # channels last in memory already
