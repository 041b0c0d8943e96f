"""Every value of a picture is raised to one power."""

from torch import Tensor

from engine.changes.base import Change, Parameter


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """x ** g. Black and white stay. Values must not be negative: they would have no power."""
    return clean ** values[0].to(clean.dtype)


CHANGE = Change(
    name="gamma",
    title="Gamma",
    inputs=("image",),
    parameters=(Parameter(name="gamma", title="Gamma", neutral=1.0, low=0.4, high=2.5, multiplies=True),),
    apply=apply,
)
