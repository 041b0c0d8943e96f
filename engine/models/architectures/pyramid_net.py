"""A compact residual encoder-decoder with pyramid pooling for dense prediction on CPUs and GPUs.

Dense 3x3 convolutions only (they run well in bfloat16 with channels_last), a stride-16 trunk for context, a pyramid
pooling head for the scene as a whole, and a sub-pixel classifier: the finest feature map has stride 4 and predicts the
4x4 pixels of each of its cells at once, so that no full-resolution convolution is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as functional
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDE = 16
_SUBPIXEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PyramidNetSpec:
    """Sizes of a PyramidNet: `widths` are channels at strides 2, 4, 8, 16, `blocks` residual blocks at 4, 8, 16."""

    classes: int
    widths: tuple[int, int, int, int] = (32, 64, 96, 192)
    blocks: tuple[int, int, int] = (1, 2, 3)
    pool_sizes: tuple[int, ...] = (1, 2, 4)


class PyramidNet(nn.Module):
    """Maps images (B, 3, H, W), float in about [0, 1], to logits (B, classes, H, W); any H, W >= 16.

    Sizes that are not multiples of 16 are padded by edge replication inside and cropped again, so a pixel of the
    output always belongs to the same pixel of the input.
    """

    def __init__(self, spec: PyramidNetSpec) -> None:
        super().__init__()
        self.spec = spec
        half, quarter, eighth, trunk = spec.widths
        self.stem = _conv(3, half, stride=2)
        self.down4 = _conv(half, quarter, stride=2)
        self.stage4 = _blocks(quarter, spec.blocks[0])
        self.down8 = _conv(quarter, eighth, stride=2)
        self.stage8 = _blocks(eighth, spec.blocks[1])
        self.down16 = _conv(eighth, trunk, stride=2)
        self.stage16 = _blocks(trunk, spec.blocks[2])
        self.pyramid = _PyramidPooling(trunk, spec.pool_sizes)
        self.up8 = _Merge(trunk, eighth)
        self.up4 = _Merge(eighth, quarter)
        self.classify = nn.Conv2d(quarter, spec.classes * _SUBPIXEL**2, kernel_size=1)

    def forward(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        return _spread(self._cells(images)).permute(0, 3, 1, 2)[..., :height, :width]

    def labels(self, images: Tensor) -> Tensor:
        """The class of every pixel, int64 (B, H, W): `forward(images).argmax(1)`, with less memory moved."""
        height, width = images.shape[-2:]
        best = self._cells(images).max(dim=-1, keepdim=True).indices  # on CPUs twice as fast as argmax, same ties
        return _spread(best)[..., 0][:, :height, :width]

    def _cells(self, images: Tensor) -> Tensor:
        """Logits (B, h, w, 4, 4, classes) of the 4x4 pixels of every cell of the padded image."""
        height, width = images.shape[-2:]
        pad_bottom, pad_right = -height % STRIDE, -width % STRIDE
        if pad_bottom or pad_right:
            images = functional.pad(images, (0, pad_right, 0, pad_bottom), mode="replicate")
        at4 = self.stage4(self.down4(self.stem(images.sub(0.45).mul_(4.0))))
        at8 = self.stage8(self.down8(at4))
        at16 = self.pyramid(self.stage16(self.down16(at8)))
        fine = self.up4(self.up8(at16, at8), at4)
        cells = self.classify(fine).permute(0, 2, 3, 1)
        return cells.reshape(*cells.shape[:3], _SUBPIXEL, _SUBPIXEL, self.spec.classes)

    def fuse(self) -> PyramidNet:
        """Fold batch normalisation into the convolutions, in place; for inference and attacks, never for training."""
        self.eval()
        for module in self.modules():
            if isinstance(module, ConvNorm):
                module.fuse()
        return self


def _spread(cells: Tensor) -> Tensor:
    """(B, h, w, 4, 4, values) -> (B, 4h, 4w, values): every cell's pixels to their places."""
    batch, height, width, _, _, values = cells.shape
    return cells.transpose(2, 3).reshape(batch, height * _SUBPIXEL, width * _SUBPIXEL, values)


class ConvNorm(nn.Module):
    """3x3 or 1x1 convolution, batch normalisation, optional ReLU."""

    def __init__(self, inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x))
        return functional.relu(x, inplace=True) if self.relu else x

    def fuse(self) -> None:
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


def _conv(inputs: int, outputs: int, *, stride: int) -> ConvNorm:
    return ConvNorm(inputs, outputs, stride=stride)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = ConvNorm(channels, channels, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)).add_(x), inplace=True)


def _blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(_Residual(channels) for _ in range(count)))


class _PyramidPooling(nn.Module):
    """Adds the scene's averages at several grid sizes to every position (Zhao et al. 2017, PSPNet, summed)."""

    def __init__(self, channels: int, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes = sizes
        self.project = nn.ModuleList(ConvNorm(channels, channels, kernel=1) for _ in sizes)

    def forward(self, x: Tensor) -> Tensor:
        total = x
        for size, project in zip(self.sizes, self.project, strict=True):
            pooled = project(functional.adaptive_avg_pool2d(x, size))
            total = total + functional.interpolate(pooled, size=x.shape[-2:], mode="bilinear", align_corners=False)
        return total


class _Merge(nn.Module):
    """Upsamples the coarse map by two, adds the projected fine one, and mixes them with a 3x3 convolution."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.reduce = ConvNorm(coarse, fine, kernel=1, relu=False)
        self.mix = ConvNorm(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        up = functional.interpolate(self.reduce(coarse), scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.mix(functional.relu(up.add_(fine), inplace=True))
