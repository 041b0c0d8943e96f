"""Hidden pixels get the mean colour of all others."""

from torch import Tensor

from engine.patches.fills.base import Fill, Rectangle


def values(pictures: Tensor, hidden: Rectangle) -> Tensor:
    """The mean of the pixels that are not hidden, float64 (B, 1, 1, C).

    Sums of multiples of 2^-16 up to 1 are exact in float64 up to 2^37 pixels, in whatever order they are added.
    """
    batch, height, width, channels = pictures.shape
    strips = (
        pictures[:, : hidden.top],
        pictures[:, hidden.bottom :],
        pictures[:, hidden.top : hidden.bottom, : hidden.left],
        pictures[:, hidden.top : hidden.bottom, hidden.right :],
    )
    total = sum(strip.double().sum(dim=(1, 2)) for strip in strips)
    assert isinstance(total, Tensor)
    count = height * width - (hidden.bottom - hidden.top) * (hidden.right - hidden.left)
    return (total / count).reshape(batch, 1, 1, channels)


FILL = Fill(name="mean", title="Mean colour", values=values)
