"""What wrappers share: a network around a network, named by what comes after the model's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from engine.device import Compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A network with another around it, and the sha256 of each weight file that the wrapper brought in."""

    network: nn.Module
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A registry entry: "MODEL+NAME" or "MODEL+NAME:ARGUMENT" is the model with this around it.

    denoises: it is a denoiser, which is told the noise; diffusion: one that takes the noise for a step t*. argument:
    what may follow the colon, in words, or ""; offered: arguments that are worth a place in a menu. wrap(network,
    argument, compute) raises InvalidSetting for an argument that it cannot use; hashes(argument) gives the sha256 of
    the weights that it needs, loading nothing.
    """

    name: str
    title: str
    about: str
    denoises: bool
    diffusion: bool = False
    argument: str
    offered: tuple[str, ...]
    wrap: Callable[[nn.Module, str, Compute], Wrapped]
    hashes: Callable[[str], tuple[str, ...]]
