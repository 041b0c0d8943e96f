"""The layers of the guided-diffusion U-Net: residual blocks told the time, self-attention, resampling.

The names of submodules and their places in sequences are those of the published checkpoints: not ours to choose.

Source: Dhariwal & Nichol 2021, "Diffusion Models Beat GANs on Image Synthesis", section 3 (ADM).
"""

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

GROUPS = 32
_MAX_PERIOD = 10_000.0

Resample = Callable[[Tensor], Tensor]


def timestep_embedding(t: Tensor, width: int) -> Tensor:
    """Cosines, then sines, of t at width / 2 geometric frequencies from 1 down to 1 / 10000: float32 (B, width).

    `t` is (B,) of any number type; `width` is even.
    """
    half = width // 2
    exponents = torch.arange(half, dtype=torch.float32, device=t.device) / half
    angles = t.to(torch.float32)[:, None] * _MAX_PERIOD**-exponents
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def group_norm(channels: int) -> nn.GroupNorm:
    """32 groups. Below float32, torch itself takes the statistics in float32."""
    return nn.GroupNorm(GROUPS, channels)


def conv3x3(inputs: int, outputs: int, *, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1)


def keep(x: Tensor) -> Tensor:
    """The resampling of a residual block that has none."""
    return x


def halve(x: Tensor) -> Tensor:
    """Means of 2x2 pixels: (B, C, H, W) -> (B, C, H / 2, W / 2)."""
    return functional.avg_pool2d(x, kernel_size=2)


def double(x: Tensor) -> Tensor:
    """Every pixel four times: (B, C, H, W) -> (B, C, 2H, 2W)."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class StridedConv(nn.Module):
    """Halves H and W with a learned convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = conv3x3(channels, channels, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.op(x)


class DoubledConv(nn.Module):
    """Doubles H and W, then convolves."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = conv3x3(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(double(x))


class ResidualBlock(nn.Module):
    """Two normalised convolutions beside a shortcut; between them the time embedding scales and shifts, or is added.

    A block that resamples does so on both ways: after the first activation and before the shortcut.
    """

    def __init__(
        self, inputs: int, outputs: int, embedding: int, *, scale_shift: bool, resample: Resample = keep
    ) -> None:
        super().__init__()
        self.scale_shift = scale_shift
        self.resample = resample
        self.in_layers = nn.Sequential(group_norm(inputs), nn.SiLU(), conv3x3(inputs, outputs))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, outputs * (2 if scale_shift else 1)))
        # place 2 held the dropout of the training
        self.out_layers = nn.Sequential(group_norm(outputs), nn.SiLU(), nn.Identity(), conv3x3(outputs, outputs))
        self.skip_connection = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, kernel_size=1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """(B, inputs, H, W) and (B, embedding) -> (B, outputs, H', W')."""
        norm, activation, conv = self.in_layers
        hidden = conv(self.resample(activation(norm(x))))
        told: Tensor = self.emb_layers(embedding)[:, :, None, None]
        norm, activation, _, conv = self.out_layers
        if self.scale_shift:
            scale, shift = told.chunk(2, dim=1)
            hidden = norm(hidden) * (1 + scale) + shift
        else:
            hidden = norm(hidden + told)
        return self.skip_connection(self.resample(x)) + conv(activation(hidden))


class AttentionBlock(nn.Module):
    """Every position attends to all others, in heads, beside a shortcut.

    The rows of `qkv` are ordered (head, q k v, channel), as in the published image models; with `new_order` they are
    (q k v, head, channel).
    """

    def __init__(self, channels: int, head_channels: int, *, new_order: bool) -> None:
        super().__init__()
        self.heads = channels // head_channels
        self.new_order = new_order
        self.norm = group_norm(channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, kernel_size=1)
        self.proj_out = nn.Conv1d(channels, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same."""
        flat = x.flatten(2)
        query, key, value = self._split(self.qkv(self.norm(flat)))
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return (flat + self.proj_out(mixed.transpose(2, 3).reshape(flat.shape))).reshape(x.shape)

    def _split(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 3 * channels, T) -> query, key and value, each (B, heads, T, head channels), contiguous.

        The fused attention kernels want the last axis dense; the fallback needs memory quadratic in T.
        """
        batch, width, length = rows.shape
        head_channels = width // (3 * self.heads)
        if self.new_order:
            parts = rows.reshape(batch, 3, self.heads, head_channels, length).permute(1, 0, 2, 4, 3)
        else:
            parts = rows.reshape(batch, self.heads, 3, head_channels, length).permute(2, 0, 1, 4, 3)
        query, key, value = parts.contiguous().unbind(0)
        return query, key, value
