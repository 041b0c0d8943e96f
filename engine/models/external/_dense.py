"""Puts what published segmenters expect around them: normalised input, and logits brought back to the input's size."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
Triple = tuple[float, float, float]


class DenseSegmenter(nn.Module):
    """Maps images (B, 3, H, W), float in about [0, 1], to logits (B, classes, H, W) by a network of another project.

    mean, std: what the network's input is normalised with. pick: what of its answer are the logits (B, classes, h, w);
    they are up-sampled bilinearly if need be. Where H or W is below `least` or no multiple of `multiple_of`, the image
    is padded by edge replication at the bottom and right and the logits are cropped, so pixels keep their places.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        network: nn.Module,
        *,
        pick: Callable[[Any], Tensor],
        mean: Triple = IMAGENET_MEAN,
        std: Triple = IMAGENET_STD,
        least: int = 1,
        multiple_of: int = 1,
        align_corners: bool = False,
    ) -> None:
        super().__init__()
        self.network = network
        self.pick = pick
        self.least, self.multiple_of, self.align_corners = least, multiple_of, align_corners
        self.register_buffer("mean", torch.tensor(mean).reshape(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        padded = self._padded((images - self.mean) / self.std)
        logits = self.pick(self.network(padded))
        if logits.shape[-2:] != padded.shape[-2:]:
            logits = functional.interpolate(
                logits, size=padded.shape[-2:], mode="bilinear", align_corners=self.align_corners
            )
        return logits[..., :height, :width]

    def _padded(self, images: Tensor) -> Tensor:
        below, right = (max(side, self.least) for side in images.shape[-2:])
        below += -below % self.multiple_of - images.shape[-2]
        right += -right % self.multiple_of - images.shape[-1]
        if not below and not right:
            return images
        return functional.pad(images, (0, right, 0, below), mode="replicate")


def the_answer(answer: Tensor) -> Tensor:
    """The `pick` of networks that answer logits and nothing else."""
    return answer
