"""The U-Net of guided diffusion (ADM), in the layout of the published checkpoints, and the reader of such files.

The defaults are those of `256x256_diffusion_uncond.pt` (ImageNet, class-unconditional, 552,814,086 parameters, trained
on the linear schedule of 1000 steps).

Source: Dhariwal & Nichol 2021, "Diffusion Models Beat GANs on Image Synthesis", appendix B; the layout is that of
github.com/openai/guided-diffusion.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.core.errors import IntegrityError, InvalidInput, InvalidSetting
from engine.models.architectures._guided_layers import (
    GROUPS,
    AttentionBlock,
    DoubledConv,
    ResidualBlock,
    StridedConv,
    conv3x3,
    double,
    group_norm,
    halve,
    timestep_embedding,
)
from engine.models.architectures._tensor_file import check_layout, read_tensors

_HEAD_CHANNELS = 64
_UPSAMPLING = re.compile(r"output_blocks\.(\d{1,4})\.(?:[12]\.in_layers\.0|[12]\.conv)\.weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedUNetSpec:
    """Sizes of a GuidedUNet. Raises InvalidSetting.

    `channel_mult` times `model_channels` are the widths, from the finest level to the coarsest. `attention_factors` are
    the downsampling factors with attention (resolutions 32, 16 and 8 of 256 pixels); the middle always has it.
    """

    model_channels: int = 256
    channel_mult: tuple[float, ...] = (1, 1, 2, 2, 4, 4)
    num_res_blocks: int = 2
    attention_factors: tuple[int, ...] = (8, 16, 32)
    num_head_channels: int = _HEAD_CHANNELS
    resblock_updown: bool = True
    use_scale_shift_norm: bool = True
    learn_sigma: bool = True
    use_new_attention_order: bool = False

    def __post_init__(self) -> None:
        if self.model_channels < 2 or self.model_channels % 2:
            raise InvalidSetting(f"model_channels must be even and at least 2, got {self.model_channels}")
        if not self.widths or any(width < GROUPS or width % GROUPS for width in self.widths):
            raise InvalidSetting(f"the width of every level must be a multiple of {GROUPS}, got {self.widths}")
        if self.num_res_blocks < 1:
            raise InvalidSetting(f"num_res_blocks must be at least 1, got {self.num_res_blocks}")
        factors = tuple(2**level for level in range(len(self.widths)))
        if not set(self.attention_factors) <= set(factors):
            raise InvalidSetting(f"attention_factors must be among {factors}, got {self.attention_factors}")
        if self.num_head_channels < 1 or any(width % self.num_head_channels for width in self.attended_widths):
            raise InvalidSetting(
                f"num_head_channels must divide the widths {self.attended_widths}, got {self.num_head_channels}"
            )

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of every level."""
        return tuple(round(mult * self.model_channels) for mult in self.channel_mult)

    @property
    def attended_widths(self) -> tuple[int, ...]:
        """Channels of every level with attention, and of the middle."""
        return (*(width for level, width in enumerate(self.widths) if self.attends(level)), self.widths[-1])

    @property
    def embedding(self) -> int:
        """Width of the learned time embedding."""
        return 4 * self.model_channels

    def attends(self, level: int) -> bool:
        return 2**level in self.attention_factors


class GuidedUNet(nn.Module):
    """Estimates the noise in images; float (B, 3, H, W) in about [-1, 1] of any H, W >= 1, at timesteps int64 (B,).

    Sizes that are not multiples of 2**(levels - 1) are padded inside at the bottom and the right, and cropped again.
    """

    def __init__(self, spec: GuidedUNetSpec) -> None:
        super().__init__()
        self.spec = spec
        first, last = spec.widths[0], spec.widths[-1]
        self.time_embed = nn.Sequential(
            nn.Linear(spec.model_channels, spec.embedding), nn.SiLU(), nn.Linear(spec.embedding, spec.embedding)
        )
        self.input_blocks = nn.ModuleList(_encoder(spec))
        self.middle_block = _Stage([_residual(spec, last, last), _attention(spec, last), _residual(spec, last, last)])
        self.output_blocks = nn.ModuleList(_decoder(spec))
        self.out = nn.Sequential(group_norm(first), nn.SiLU(), conv3x3(first, 6 if spec.learn_sigma else 3))

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """The noise eps, (B, 3, H, W) in the dtype of `x`; what a checkpoint says of the variance is dropped.

        Computed in the dtype of the parameters, the sinusoids of `t` in float32.
        """
        dtype = next(self.parameters()).dtype
        height, width = x.shape[-2:]
        embedding = self.time_embed(timestep_embedding(t, self.spec.model_channels).to(dtype))
        hidden = _padded(x.to(dtype), 2 ** (len(self.spec.widths) - 1))
        skips = []
        for stage in self.input_blocks:
            hidden = stage(hidden, embedding)
            skips.append(hidden)
        hidden = self.middle_block(hidden, embedding)
        for stage in self.output_blocks:
            hidden = stage(torch.cat([hidden, skips.pop()], dim=1), embedding)
        return self.out(hidden)[:, :3, :height, :width].to(x.dtype)


class _Stage(nn.ModuleList):
    """Layers one after the other; residual blocks are told the time."""

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        for layer in self:
            x = layer(x, embedding) if isinstance(layer, ResidualBlock) else layer(x)
        return x


def _residual(spec: GuidedUNetSpec, inputs: int, outputs: int) -> ResidualBlock:
    return ResidualBlock(inputs, outputs, spec.embedding, scale_shift=spec.use_scale_shift_norm)


def _attention(spec: GuidedUNetSpec, width: int) -> AttentionBlock:
    return AttentionBlock(width, spec.num_head_channels, new_order=spec.use_new_attention_order)


def _down(spec: GuidedUNetSpec, width: int) -> nn.Module:
    if not spec.resblock_updown:
        return StridedConv(width)
    return ResidualBlock(width, width, spec.embedding, scale_shift=spec.use_scale_shift_norm, resample=halve)


def _up(spec: GuidedUNetSpec, width: int) -> nn.Module:
    if not spec.resblock_updown:
        return DoubledConv(width)
    return ResidualBlock(width, width, spec.embedding, scale_shift=spec.use_scale_shift_norm, resample=double)


def _layers(spec: GuidedUNetSpec, level: int, inputs: int) -> list[nn.Module]:
    """A residual block into the width of `level`, and attention where that level has it."""
    width = spec.widths[level]
    block = _residual(spec, inputs, width)
    return [block, _attention(spec, width)] if spec.attends(level) else [block]


def _encoder(spec: GuidedUNetSpec) -> Iterator[_Stage]:
    width = spec.widths[0]
    yield _Stage([conv3x3(3, width)])
    for level, outputs in enumerate(spec.widths):
        if level:
            yield _Stage([_down(spec, width)])
        for _ in range(spec.num_res_blocks):
            yield _Stage(_layers(spec, level, width))
            width = outputs


def _skip_widths(spec: GuidedUNetSpec) -> list[int]:
    """Channels that every stage of the encoder puts out."""
    skips = [spec.widths[0]]
    for level, width in enumerate(spec.widths):
        skips += ([spec.widths[level - 1]] if level else []) + [width] * spec.num_res_blocks
    return skips


def _decoder(spec: GuidedUNetSpec) -> Iterator[_Stage]:
    skips, width = _skip_widths(spec), spec.widths[-1]
    for level in reversed(range(len(spec.widths))):
        for place in range(spec.num_res_blocks + 1):
            layers = _layers(spec, level, width + skips.pop())
            width = spec.widths[level]
            if level and place == spec.num_res_blocks:
                layers.append(_up(spec, width))
            yield _Stage(layers)


def _padded(x: Tensor, multiple: int) -> Tensor:
    """`x` with H and W raised to multiples. Reflection keeps noise looking like noise; tiny images are replicated."""
    height, width = x.shape[-2:]
    bottom, right = -height % multiple, -width % multiple
    if not (bottom or right):
        return x
    mode = "reflect" if bottom < height and right < width else "replicate"
    return functional.pad(x, (0, right, 0, bottom), mode=mode)


def read_guided_unet(path: Path, spec: GuidedUNetSpec | None = None) -> tuple[GuidedUNet, str]:
    """The network in a local .pt, .pth or .safetensors file, and the file's sha256.

    It is float32, on the CPU, in evaluation mode, without gradients to its parameters. Without `spec`, the sizes are
    read off the tensors; heads leave no trace there and are taken to be 64 channels wide (or the largest power of two
    below that divides) in the legacy order, as in the published unconditional models.

    Raises InvalidInput if there is no such file or it holds another layout; IntegrityError if it is damaged or holds
    anything but finite tensors. Code in a file is never run.
    """
    tensors, digest = read_tensors(path)
    with torch.device("meta"):
        network = GuidedUNet(spec or _inferred_spec(path, tensors))
    if "label_emb.weight" in tensors:
        raise InvalidInput(f"{path.name} is class-conditional (label_emb.weight); use a class-unconditional checkpoint")
    check_layout(path, network.state_dict(), tensors)
    network.to_empty(device="cpu").load_state_dict(tensors)  # copied: a mapped file could change under the network
    if not all(bool(parameter.isfinite().all()) for parameter in network.parameters()):
        raise IntegrityError(f"{path.name} holds weights that are not finite; restore the file")
    return network.eval().requires_grad_(False), digest


def _inferred_spec(path: Path, tensors: Mapping[str, Tensor]) -> GuidedUNetSpec:
    layout = f"{path.name} does not have the layout of a guided-diffusion U-Net"
    try:
        return _spec_of({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    except KeyError as error:
        raise InvalidInput(f"{layout}: it lacks {error.args[0]}") from error
    except (IndexError, ZeroDivisionError, InvalidSetting) as error:
        raise InvalidInput(f"{layout}: its sizes do not fit together ({error})") from error


def _spec_of(shapes: Mapping[str, tuple[int, ...]]) -> GuidedUNetSpec:
    """The sizes behind the shapes: every level has as many stages in the encoder as up to the first upsampling in the
    decoder, and opens with a residual block."""
    model_channels = shapes["time_embed.0.weight"][1]
    stages = len({name.split(".")[1] for name in shapes if name.startswith("input_blocks.")})
    upsamplings = [int(match[1]) for match in map(_UPSAMPLING.fullmatch, shapes) if match]
    period = min(upsamplings) + 1 if upsamplings else max(stages, 1)
    openings = [f"input_blocks.{level * period + 1}" for level in range(stages // period)]
    widths = [shapes[f"{opening}.0.out_layers.3.weight"][0] for opening in openings]
    attended = [f"{opening}.1.qkv.weight" in shapes for opening in openings]
    return GuidedUNetSpec(
        model_channels=model_channels,
        channel_mult=tuple(width / model_channels for width in widths),
        num_res_blocks=period - 1,
        attention_factors=tuple(2**level for level, attends in enumerate(attended) if attends),
        num_head_channels=math.gcd(_HEAD_CHANNELS, widths[-1], *itertools.compress(widths, attended)),
        resblock_updown=len(openings) == 1 or f"input_blocks.{period}.0.op.weight" not in shapes,
        use_scale_shift_norm=shapes[f"{openings[0]}.0.emb_layers.1.weight"][0] == 2 * widths[0],
        learn_sigma=shapes["out.2.weight"][0] == 6,
    )
