"""The same network at several scales and mirrored, its probabilities averaged at the size of the input."""

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.models.wrappers._memory import measured_bytes

SCALES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
_MIN_SIDE = 16
_MAPS = 3 * 4  # bytes of float32 logits, probabilities and their sum at full size, for each class and pixel
_BUDGET = {"cpu": 2**30, "cuda": 8 * 2**30}


class AtScales(nn.Module):
    """Maps images (B, 3, H, W) to log mean probabilities (B, classes, H, W), float32.

    Every scale sees the images reduced (averaged over the pixels that fall together) or enlarged, and with `mirror`
    also mirrored left to right. A single scale without mirror gives that scale's own logits. No side gets below 16
    pixels. How many images a scale takes at once follows from the memory that one needs, measured the first time.
    """

    def __init__(self, network: nn.Module, scales: tuple[float, ...], *, mirror: bool) -> None:
        super().__init__()
        self.network = network
        self.scales = scales
        self.mirror = mirror
        self._at_once: dict[tuple[int, int], int] = {}

    def forward(self, images: Tensor) -> Tensor:
        if len(self.scales) == 1 and not self.mirror:
            return self._logits(images, self.scales[0])
        views = [(scale, flipped) for scale in self.scales for flipped in ((False, True) if self.mirror else (False,))]
        total: Tensor | None = None
        for scale, flipped in views:
            logits = self._logits(images.flip(-1) if flipped else images, scale)
            probabilities = (logits.flip(-1) if flipped else logits).softmax(dim=1)
            total = probabilities if total is None else total + probabilities
        assert total is not None
        return (total / len(views)).clamp_min(1e-12).log()

    def _logits(self, images: Tensor, scale: float) -> Tensor:
        """float32 (B, classes, H, W), at the size of the images."""
        height, width = images.shape[-2:]
        size = (max(_MIN_SIDE, round(scale * height)), max(_MIN_SIDE, round(scale * width)))
        parts = [
            functional.interpolate(
                self.network(_resized(part, size)).float(), size=(height, width), mode="bilinear", align_corners=False
            )
            for part in torch.split(images, self._batch(images, size))
        ]
        return torch.cat(parts)

    def _batch(self, images: Tensor, size: tuple[int, int]) -> int:
        if size not in self._at_once:
            example = _resized(images[:1], size).detach()
            pixels = images.shape[-2] * images.shape[-1]
            needed = measured_bytes(self.network, example, lambda logits: _MAPS * logits.shape[1] * pixels)
            self._at_once[size] = max(1, _BUDGET.get(images.device.type, 2**30) // needed)
        return self._at_once[size]


def _resized(images: Tensor, size: tuple[int, int]) -> Tensor:
    if tuple(images.shape[-2:]) == size:
        return images
    smaller = size[0] < images.shape[-2]
    resized = functional.interpolate(images.float(), size=size, mode="bilinear", align_corners=False, antialias=smaller)
    return resized.to(images.dtype).contiguous(memory_format=torch.channels_last)
