"""dncnn: a plain convolutional denoiser, trained for the squared error or for a classifier's stability."""

from functools import lru_cache

import torch
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.models.wrappers._denoised import Denoise, Denoised
from engine.models.wrappers._denoisers import DIRECT, denoiser_sha256, load_denoiser
from engine.models.wrappers.base import Wrapped, Wrapper

LOSSES = ("mse", "stability")


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    return Wrapped(network=Denoised(network, _denoiser(*identity(argument)[1:], compute)))


@lru_cache(maxsize=4)
def _denoiser(name: str, sha256: str, compute: Compute) -> Denoise:
    network = load_denoiser(name, DIRECT, sha256, compute)

    def denoise(noisy: Tensor, sigma: float) -> Tensor:
        levels = torch.full((len(noisy),), sigma, device=noisy.device)
        clean: Tensor = network(noisy, levels)
        return clean.clamp(0.0, 1.0)

    return denoise


def identity(argument: str) -> tuple[str, str, str]:
    name = _name(argument)
    return "dncnn", name, denoiser_sha256(name, DIRECT)


def _name(argument: str) -> str:
    loss = argument or LOSSES[0]
    if loss not in LOSSES:
        raise InvalidSetting(f"dncnn takes the loss it was trained with, {' or '.join(LOSSES)}, got {argument!r:.40}")
    return f"dncnn-{loss}"


WRAPPER = Wrapper(
    name="dncnn",
    title="DnCNN denoising",
    about="A convolutional denoiser, trained for the squared error (mse) or so that a segmenter's answers stay as on "
    "the clean image (stability; Salman et al. 2020).",
    denoises=True,
    argument=f"the loss it was trained with: {' or '.join(LOSSES)}, default {LOSSES[0]}",
    offered=LOSSES,
    cost=lambda _: 6.0,
    wrap=wrap,
    identity=identity,
)
