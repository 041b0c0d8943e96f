"""What wrappers share: a network around a network, named by what comes after the model's name."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from engine.core.device import Compute
from engine.inputs.subject import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A network with another around it."""

    network: nn.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A registry entry: "MODEL+NAME" or "MODEL+NAME:ARGUMENT" is the model with this around it.

    denoises: it is a denoiser, which is told the noise; diffusion: one that takes the noise for a step t*. argument:
    what may follow the colon, in words, or ""; offered: arguments that are worth a place in a menu; takes_denoiser: the
    argument is the name of a diffusion model, and one that a user has configured can be it. wrap(network, argument,
    compute) raises InvalidSetting for an argument that it cannot use; identity(argument) gives all that decides what
    it computes, the sha256 of its weights included, loading nothing; cost(argument) is that of a draw through it, in
    draws of the bare model, roughly and at most. kind: that of the models that it goes around.
    """

    name: str
    title: str
    about: str
    denoises: bool
    diffusion: bool = False
    argument: str
    offered: tuple[str, ...]
    wrap: Callable[[nn.Module, str, Compute], Wrapped]
    identity: Callable[[str], tuple[str, ...]]
    cost: Callable[[str], float]
    kind: Kind = "image"
    takes_denoiser: bool = False
