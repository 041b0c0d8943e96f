"""scale: the segmenter sees the noisy image at another size."""

from torch import nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.models.wrappers._scales import AtScales
from engine.models.wrappers.base import Wrapped, Wrapper

_SMALLEST, _LARGEST = 0.1, 4.0


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    _ = compute
    return Wrapped(network=AtScales(network, (_parse(argument),), mirror=False))


def identity(argument: str) -> tuple[str, ...]:
    return "scale", repr(_parse(argument))


def _parse(argument: str) -> float:
    try:
        scale = float(argument)
    except ValueError:
        scale = 0.0
    if not _SMALLEST <= scale <= _LARGEST:
        raise InvalidSetting(
            f"scale takes a number from {_SMALLEST:g} to {_LARGEST:g}, as in scale:0.5, got {argument!r:.40}"
        )
    return scale


WRAPPER = Wrapper(
    name="scale",
    title="another scale",
    about="The noisy image is resized before the segmenter sees it; averaging over pixels removes noise and detail.",
    denoises=False,
    argument=f"the scale, from {_SMALLEST:g} to {_LARGEST:g}",
    offered=("0.5",),
    cost=lambda _: 4.0,
    wrap=wrap,
    identity=identity,
)
