"""multiscale: several scales and mirrored, averaged."""

from torch import nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.models.wrappers._scales import SCALES, AtScales
from engine.models.wrappers.base import Wrapped, Wrapper


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    _ = compute
    identity(argument)
    return Wrapped(network=AtScales(network, SCALES, mirror=True))


def identity(argument: str) -> tuple[str, ...]:
    if argument:
        raise InvalidSetting(f"multiscale takes no argument, got {argument!r:.40}; for one scale use scale:0.5")
    return "multiscale", *(f"{scale:g}" for scale in SCALES), "mirrored"


WRAPPER = Wrapper(
    name="multiscale",
    title="multi-scale inference",
    about="Probabilities averaged over scales "
    f"{', '.join(f'{scale:g}' for scale in SCALES)}, each also mirrored; about sixteen times the work.",
    denoises=False,
    argument="",
    offered=("",),
    cost=lambda _: 17.0,
    wrap=wrap,
    identity=identity,
)
