"""HRNetV2 for segmentation: four resolutions side by side that keep exchanging what they know.

Modules are named so that the state_dict has the keys and shapes of the checkpoints that the authors publish
(HRNet-Semantic-Segmentation, `seg_hrnet`, without OCR).
Source: Wang et al. 2020, Deep high-resolution representation learning for visual recognition, section 3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

STRIDE = 4
_STEM = 64
_EXPANSION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HRNetSpec:
    """Sizes of an HRNet: `width` channels at stride 4, doubled at 8, 16 and 32.

    modules: exchange modules of stages 2, 3 and 4. blocks: residual blocks of every branch. stem_blocks: bottlenecks
    of stage 1. kernel: of the last convolution. align_corners: how maps are up-sampled between resolutions.
    """

    classes: int
    width: int = 48
    modules: tuple[int, int, int] = (1, 4, 3)
    blocks: int = 4
    stem_blocks: int = 4
    kernel: int = 1
    align_corners: bool = False


class HRNet(nn.Module):
    """Maps normalised images (B, 3, H, W) to logits (B, classes, ceil(H / 4), ceil(W / 4)), any H, W >= 1."""

    def __init__(self, spec: HRNetSpec) -> None:
        super().__init__()
        self.spec = spec
        widths = [spec.width * 2**level for level in range(4)]
        self.conv1 = _conv3(3, _STEM, stride=2)
        self.bn1 = nn.BatchNorm2d(_STEM)
        self.conv2 = _conv3(_STEM, _STEM, stride=2)
        self.bn2 = nn.BatchNorm2d(_STEM)
        outputs = _STEM * _EXPANSION
        self.layer1 = nn.Sequential(*(_Bottleneck(outputs if i else _STEM, _STEM) for i in range(spec.stem_blocks)))
        self.transition1 = nn.ModuleList((_unit(outputs, widths[0]), _downwards([outputs, widths[1]])))
        self.stage2 = _stage(widths[:2], spec.modules[0], spec)
        self.transition2 = _new_branch(widths[:3])
        self.stage3 = _stage(widths[:3], spec.modules[1], spec)
        self.transition3 = _new_branch(widths)
        self.stage4 = _stage(widths, spec.modules[2], spec)
        joint = sum(widths)
        self.last_layer = nn.Sequential(
            nn.Conv2d(joint, joint, kernel_size=1),
            nn.BatchNorm2d(joint),
            nn.ReLU(inplace=True),
            nn.Conv2d(joint, spec.classes, kernel_size=spec.kernel, padding=spec.kernel // 2),
        )

    def forward(self, images: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(images)), inplace=True)
        x = functional.relu(self.bn2(self.conv2(x)), inplace=True)
        x = self.layer1(x)
        maps = self.stage2([transition(x) for transition in self.transition1])
        maps = self.stage3([*maps, self.transition2[-1](maps[-1])])
        maps = self.stage4([*maps, self.transition3[-1](maps[-1])])
        size = maps[0].shape[-2:]
        finest, *coarser = maps
        joint = [finest, *(_resized(coarse, size, align_corners=self.spec.align_corners) for coarse in coarser)]
        logits: Tensor = self.last_layer(torch.cat(joint, dim=1))
        return logits


def spec_of(state: Mapping[str, Tensor], *, align_corners: bool = False) -> HRNetSpec:
    """The sizes of the HRNet that a state_dict was taken from. Raises KeyError naming a weight every HRNet has."""
    last = state["last_layer.3.weight"]
    return HRNetSpec(
        classes=last.shape[0],
        kernel=last.shape[-1],
        width=state["stage2.0.branches.0.0.conv1.weight"].shape[0],
        modules=(_members(state, "stage2."), _members(state, "stage3."), _members(state, "stage4.")),
        blocks=_members(state, "stage2.0.branches.0."),
        stem_blocks=_members(state, "layer1."),
        align_corners=align_corners,
    )


class _Bottleneck(nn.Module):
    """Residual block 1x1, 3x3, 1x1 of the stem; the skip is projected where the channels change."""

    def __init__(self, inputs: int, inner: int) -> None:
        super().__init__()
        outputs = inner * _EXPANSION
        self.conv1 = nn.Conv2d(inputs, inner, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = _conv3(inner, inner)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outputs, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = _unit(inputs, outputs, kernel=1, relu=False) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        y = functional.relu(self.bn2(self.conv2(y)), inplace=True)
        return functional.relu(self.bn3(self.conv3(y)).add_(self.downsample(x)), inplace=True)


class _Basic(nn.Module):
    """Residual block of two 3x3 convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = _conv3(channels, channels)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = _conv3(channels, channels)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        return functional.relu(self.bn2(self.conv2(y)).add_(x), inplace=True)


class _Exchange(nn.Module):
    """Blocks on every branch, then every branch gets the sum of all branches, brought to its resolution."""

    def __init__(self, widths: Sequence[int], blocks: int, *, align_corners: bool) -> None:
        super().__init__()
        self.align_corners = align_corners
        self.branches = nn.ModuleList(nn.Sequential(*(_Basic(width) for _ in range(blocks))) for width in widths)
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(_path(widths, source, target) for source in range(len(widths)))
            for target in range(len(widths))
        )

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        maps = [branch(x) for branch, x in zip(self.branches, maps, strict=True)]
        return [self._fused(maps, target) for target in range(len(maps))]

    def _fused(self, maps: list[Tensor], target: int) -> Tensor:
        paths = self.fuse_layers[target]
        assert isinstance(paths, nn.ModuleList)
        size = maps[target].shape[-2:]
        total = paths[0](maps[0])
        for path, x in zip(paths[1:], maps[1:], strict=True):
            total = total + _resized(path(x), size, align_corners=self.align_corners)
        return functional.relu(total)


def _stage(widths: Sequence[int], modules: int, spec: HRNetSpec) -> nn.Sequential:
    return nn.Sequential(*(_Exchange(widths, spec.blocks, align_corners=spec.align_corners) for _ in range(modules)))


def _new_branch(widths: Sequence[int]) -> nn.ModuleList:
    """Branches that exist stay as they are (no weights); a new one comes from the coarsest."""
    return nn.ModuleList((*(nn.Identity() for _ in widths[:-1]), _downwards(widths[-2:])))


def _path(widths: Sequence[int], source: int, target: int) -> nn.Module:
    """From one branch to another: upwards by channels only (the map is resized after), downwards by strides of two."""
    if source == target:
        return nn.Identity()
    if source > target:
        return _unit(widths[source], widths[target], kernel=1, relu=False)
    steps = [widths[source]] * (target - source) + [widths[target]]
    return _downwards(steps, last_relu=False)


def _downwards(widths: Sequence[int], *, last_relu: bool = True) -> nn.Sequential:
    """One stride of two from each width to the next."""
    last = len(widths) - 2
    return nn.Sequential(
        *(
            _unit(inputs, outputs, stride=2, relu=last_relu or step < last)
            for step, (inputs, outputs) in enumerate(pairwise(widths))
        )
    )


def _unit(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, relu: bool = True) -> nn.Sequential:
    """Convolution, batch normalisation, optional ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


def _conv3(inputs: int, outputs: int, *, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)


def _resized(x: Tensor, size: torch.Size, *, align_corners: bool) -> Tensor:
    if x.shape[-2:] == size:
        return x
    return functional.interpolate(x, size=size, mode="bilinear", align_corners=align_corners)


def _members(state: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbered members a list of modules has."""
    numbers = {key[len(prefix) :].partition(".")[0] for key in state if key.startswith(prefix)}
    return len(numbers)
