"""What every training has in common: the numbers that steer it, and its place in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.core.errors import InvalidInput
from engine.core.progress import Cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the weights of a model, apart from the data itself.

    The rate rises over `warmup` steps and falls as a cosine to the last; `ema` is the decay of the averaged weights.
    Of the examples, `scene_share` are rendered street scenes, out of `scene_count`, and the rest photographs. The first
    `small_share` of the steps see views of `small_size`, the rest of `size`, both (height, width); of these views a
    random `crop` is used, where it is given. `blur` is the share of views that are blurred, and the most standard
    deviation of it in pixels; `shrink` the share that lose detail as under a denoiser, and the most sigma of its noise.
    """

    name: str
    title: str
    steps: int
    batch: int
    learning_rate: float
    weight_decay: float
    warmup: int
    ema: float
    size: tuple[int, int] = (240, 320)
    small_size: tuple[int, int] = (192, 256)
    small_share: float = 0.6
    crop: tuple[int, int] | None = None
    blur: tuple[float, float] = (0.25, 1.2)
    shrink: tuple[float, float] = (0.0, 0.0)
    scene_count: int = 400
    scene_share: float = 0.2
    seed: int = 0


class Train(Protocol):
    """Train by the recipe to the end and export the averaged weights; returns their path."""

    def __call__(
        self,
        plan: Any,
        root: Path,
        out: Path,
        *,
        start: Path | None = None,
        log: Callable[[str], None] = print,
        cancelled: Cancel = ...,
    ) -> Path: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A registry entry: a kind of model with its recipes, how to train one, and its row in the zoo's manifest."""

    name: str
    recipes: Mapping[str, Any]
    train: Train
    manifest_row: Callable[[Any], dict[str, object]]


def start_weights(name: str, starts_from: str, start: Path | None) -> dict[str, Tensor] | None:
    """The float32 weights that a recipe goes on with, or None if it starts from random ones.

    Raises InvalidInput if the file is missing, given where none belongs, or no safetensors file.
    """
    if starts_from and start is None:
        raise InvalidInput(f"{name} goes on with the weights of {starts_from}: give that file as the start")
    if start is None:
        return None
    if not starts_from:
        raise InvalidInput(f"{name} starts from random weights: give it no file to start from")
    try:
        return {key: tensor.float() for key, tensor in load_file(start).items()}
    except (OSError, SafetensorError) as error:
        raise InvalidInput(f"cannot start from {start.name}: {error}") from error


def load_weights(network: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    """Put all weights into a network. Raises InvalidInput if they are another network's."""
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise InvalidInput(f"the weights to start from do not fit {name}: give those of its first stage") from error
