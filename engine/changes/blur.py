"""A picture spreads out like ink in blotting paper: blurs that compose exactly.

Every value walks at random over the pixels, from one to a neighbour at exponential times, along rows and along columns,
and is reflected at the borders. After a time r its place has variance r along each axis, exactly so away from borders;
its law along an axis of N pixels has the DCT-II coefficients exp(-r (1 - cos(pi k / N))), so that the blur by r after
that by s is the blur by r + s. Its kernel is positive and sums to 1: pictures stay in the range of their values. The
law is computed as what it is, the difference of two Poisson counts of mean r / 2: only positive numbers are added.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import pad

from engine.changes.base import Change, Parameter


def wide(mean: float) -> int:
    """How far from its mean a Poisson count lies with probability below 2^-53 only, and a difference of two of half
    that mean: x with mean h(x / mean) >= 38, h(t) = (1 + t) ln(1 + t) - t (Chernoff)."""
    return math.ceil(10.0 + 9.0 * math.sqrt(mean))


def taps(variance: Tensor) -> Tensor:
    """The law's weights at 0, 1, 2, ... pixels from the centre, float64 (K,), on the endless line."""
    mean = variance / 2.0
    mode, reach = int(mean.detach()), wide(float(mean.detach()))
    above = torch.arange(mode + 1, mode + reach + 1, dtype=torch.float64, device=mean.device)
    below = torch.arange(mode, max(0, mode - reach), -1, dtype=torch.float64, device=mean.device)
    counts = torch.cat([(below / mean).cumprod(0).flip(0), mean.new_ones(1), (mean / above).cumprod(0)])
    far = min(wide(float(variance.detach())) + 1, len(counts))
    law = pad(counts, (0, far - 1)).unfold(0, len(counts), 1) @ counts
    return law / (law[0] + 2.0 * law[1:].sum())


def matrix(law: Tensor, pixels: int) -> Tensor:
    """Which share of each pixel's value comes to which, along an axis: float64 (pixels, pixels), symmetric."""
    far = torch.arange(1 - len(law), len(law), device=law.device)
    circle = law.new_zeros(2 * pixels).index_add(0, far.remainder(2 * pixels), law[far.abs()])
    line = torch.cat([circle[1:], circle])  # at place n: what comes from n + 1 pixels away, around the circle
    mirrored = line[: 2 * pixels - 1].unfold(0, pixels, 1)
    return mirrored + line[pixels : 3 * pixels - 1].unfold(0, pixels, 1).flip(0)


def apply(clean: Tensor, values: Tensor) -> Tensor:
    """Blurred by a kernel of variance r along both axes, in pixels squared."""
    law = taps(values[0].double())
    down, across, channels = clean.shape
    rows, columns = (matrix(law, pixels).to(clean.dtype) for pixels in (down, across))
    along = (rows @ clean.reshape(down, -1)).view(down, across, channels).transpose(1, 2)
    return (along.reshape(-1, across) @ columns).view(down, channels, across).transpose(1, 2).contiguous()


CHANGE = Change(
    name="blur",
    title="Blur",
    inputs=("image",),
    parameters=(Parameter(name="blur", title="Blur", neutral=0.0, low=0.0, high=9.0, unit=" px²"),),
    apply=apply,
)
