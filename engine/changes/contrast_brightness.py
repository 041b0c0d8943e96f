"""All values of a picture rise or fall by the same amount, and then grow by the same factor."""

from torch import Tensor

from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """c (x + b)."""
    contrast, brightness = values.to(clean.dtype)
    return contrast * (clean + brightness)


CHANGE = Change(
    name="contrast-brightness",
    title="Contrast and brightness",
    inputs=("image",),
    parameters=(
        Parameter(name="contrast", title="Contrast", neutral=1.0, low=0.5, high=2.0, multiplies=True),
        Parameter(name="brightness", title="Brightness", neutral=0.0, low=-0.4, high=0.4),
    ),
    apply=apply,
)
