"""Every value of a picture rises or falls by the same amount."""

from torch import Tensor

from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """x + b."""
    return clean + values[0].to(clean.dtype)


CHANGE = Change(
    name="brightness",
    title="Brightness",
    inputs=("image",),
    parameters=(Parameter(name="brightness", title="Brightness", neutral=0.0, low=-0.4, high=0.4),),
    apply=apply,
)
