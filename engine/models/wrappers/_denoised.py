"""DenoiseCertify: a denoiser in front of a segmenter, together one base model. Source: METHOD section 7."""

from collections.abc import Callable

from torch import Tensor, nn

from engine.models.base import labels_of
from engine.models.coupling import know_alike

Denoise = Callable[[Tensor, float], Tensor]
"""(noisy images, float (B, 3, H, W) around [0, 1], sigma) -> images in [0, 1], same shape and type."""


class Denoised(nn.Module):
    """A segmenter behind a denoiser, before it is known what noise is met: `for_noise` tells it."""

    def __init__(self, segmenter: nn.Module, denoise: Denoise) -> None:
        super().__init__()
        self.segmenter = segmenter
        self.denoise = denoise

    def for_noise(self, sigma: float) -> nn.Module:
        return know_alike(DenoisedAt(self.segmenter, self.denoise, sigma), self)

    def without_denoiser(self) -> nn.Module:
        return self.segmenter

    def forward(self, images: Tensor) -> Tensor:
        _ = images
        raise RuntimeError("a denoised model must be told its noise first: BaseModel.for_noise(sigma)")


class DenoisedAt(nn.Module):
    """The pipeline at one noise level; logits and labels as the segmenter's."""

    def __init__(self, segmenter: nn.Module, denoise: Denoise, sigma: float) -> None:
        super().__init__()
        self.segmenter = segmenter
        self.denoise = denoise
        self.sigma = sigma

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.segmenter(self.clean(images))
        return logits

    def labels(self, images: Tensor) -> Tensor:
        return labels_of(self.segmenter, self.clean(images))

    def clean(self, images: Tensor) -> Tensor:
        """What the segmenter sees of a noisy batch."""
        return self.denoise(images, self.sigma)
