"""voted: a shape is asked about in three positions, the answers averaged."""

import torch
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.models.wrappers.base import Wrapped, Wrapper

VOTES = 3


class Voted(nn.Module):
    """Maps points (B, P, 3 or 6) to log mean probabilities (B, classes, P), float32.

    The three positions are the shape as it is and turned by 120 and 240 degrees about the diagonal: x, y and z (of
    normals too) take each other's places, which no rounding disturbs. Unlike runs with random draws, whose answer is
    none of the shape alone, this is a deterministic base model. Source: in place of Fischer et al. 2021, section 6.2,
    who average three runs of a network that samples points at random; the networks here do not.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, values: Tensor) -> Tensor:
        total = torch.stack([self.network(_turned(values, vote)).float().softmax(dim=1) for vote in range(VOTES)])
        return total.mean(dim=0).clamp_min(1e-12).log()


def _turned(values: Tensor, vote: int) -> Tensor:
    """Positions, and normals where there are any, with their three coordinates moved on by `vote` places."""
    return torch.cat([part.roll(vote, dims=-1) for part in torch.split(values, 3, dim=-1)], dim=-1)


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    _ = compute
    identity(argument)
    return Wrapped(network=Voted(network))


def identity(argument: str) -> tuple[str, ...]:
    if argument:
        raise InvalidSetting(f"voted takes no argument, got {argument!r:.40}")
    return "voted", str(VOTES)


WRAPPER = Wrapper(
    name="voted",
    title="three positions",
    about="A shape is asked about in three positions, the answers averaged; three times the work.",
    denoises=False,
    kind="cloud",
    argument="",
    offered=("",),
    cost=lambda _: float(VOTES),
    wrap=wrap,
    identity=identity,
)
