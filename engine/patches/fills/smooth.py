"""Hidden pixels blend from the pixels just around the window."""

import torch
from torch import Tensor

from engine.patches.fills.base import Fill, Rectangle


def values(pictures: Tensor, hidden: Rectangle) -> Tensor:
    """Of the nearest pixels to the left, right, top and bottom that are not hidden the mean, weighed by 1 / distance.

    float64 (B, h, w, C). A side where the window reaches the border has no pixel and no weight. Each pixel is a sum of
    at most four terms in a fixed order.
    """
    _, height, width, _ = pictures.shape
    rows = torch.arange(hidden.top, hidden.bottom, device=pictures.device, dtype=torch.float64)[:, None, None]
    columns = torch.arange(hidden.left, hidden.right, device=pictures.device, dtype=torch.float64)[None, :, None]
    inside = pictures[:, hidden.top : hidden.bottom, hidden.left : hidden.right]
    total = torch.zeros_like(inside, dtype=torch.float64)
    weights = torch.zeros_like(inside[0], dtype=torch.float64)
    sides = []
    if hidden.top > 0:
        sides.append((rows - (hidden.top - 1), pictures[:, hidden.top - 1, None, hidden.left : hidden.right]))
    if hidden.bottom < height:
        sides.append((hidden.bottom - rows, pictures[:, hidden.bottom, None, hidden.left : hidden.right]))
    if hidden.left > 0:
        sides.append((columns - (hidden.left - 1), pictures[:, hidden.top : hidden.bottom, hidden.left - 1, None]))
    if hidden.right < width:
        sides.append((hidden.right - columns, pictures[:, hidden.top : hidden.bottom, hidden.right, None]))
    for distance, edge in sides:
        total = total + edge.double() / distance
        weights = weights + 1.0 / distance
    return total / weights


FILL = Fill(name="smooth", title="Blend from around", values=values)
