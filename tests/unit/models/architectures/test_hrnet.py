"""HRNet: the layout of the published checkpoints, and answers of the right size.

Expected keys and shapes: read off HRNet-Semantic-Segmentation's `seg_hrnet` and its W48 configuration for Cityscapes.
"""

from __future__ import annotations

import pytest
import torch

from engine.models.architectures.hrnet import HRNet, HRNetSpec, spec_of

# One key of every kind of module: name in the published files -> shape for width 48 and 19 classes.
W48 = {
    "conv1.weight": (64, 3, 3, 3),
    "bn1.running_var": (64,),
    "conv2.weight": (64, 64, 3, 3),
    "layer1.0.conv1.weight": (64, 64, 1, 1),
    "layer1.0.conv3.weight": (256, 64, 1, 1),
    "layer1.0.bn3.bias": (256,),
    "layer1.0.downsample.0.weight": (256, 64, 1, 1),
    "layer1.0.downsample.1.running_mean": (256,),
    "layer1.3.conv1.weight": (64, 256, 1, 1),
    "transition1.0.0.weight": (48, 256, 3, 3),
    "transition1.0.1.weight": (48,),
    "transition1.1.0.0.weight": (96, 256, 3, 3),
    "transition2.2.0.0.weight": (192, 96, 3, 3),
    "transition3.3.0.1.bias": (384,),
    "transition3.3.0.0.weight": (384, 192, 3, 3),
    "stage2.0.branches.0.0.conv1.weight": (48, 48, 3, 3),
    "stage2.0.branches.1.3.bn2.num_batches_tracked": (),
    "stage2.0.fuse_layers.0.1.0.weight": (48, 96, 1, 1),
    "stage2.0.fuse_layers.1.0.0.0.weight": (96, 48, 3, 3),
    "stage3.3.branches.2.3.conv2.weight": (192, 192, 3, 3),
    "stage3.0.fuse_layers.2.0.0.0.weight": (48, 48, 3, 3),
    "stage3.0.fuse_layers.2.0.1.0.weight": (192, 48, 3, 3),
    "stage4.2.fuse_layers.0.3.0.weight": (48, 384, 1, 1),
    "stage4.2.fuse_layers.3.0.2.0.weight": (384, 48, 3, 3),
    "stage4.2.fuse_layers.3.0.2.1.weight": (384,),
    "last_layer.0.weight": (720, 720, 1, 1),
    "last_layer.0.bias": (720,),
    "last_layer.1.running_mean": (720,),
    "last_layer.3.weight": (19, 720, 1, 1),
    "last_layer.3.bias": (19,),
}
ABSENT = ("transition2.0", "transition3.1", "stage2.0.fuse_layers.0.0", "layer1.1.downsample", "stage4.3", "stage3.4")


def w48() -> HRNet:
    with torch.device("meta"):
        return HRNet(HRNetSpec(classes=19))


def test_w48_has_the_published_layout() -> None:
    state = w48().state_dict()
    assert {key: tuple(state[key].shape) for key in W48} == W48
    assert not [key for key in state if key.startswith(tuple(f"{name}." for name in ABSENT))]


def test_w48_has_the_published_number_of_parameters() -> None:
    # 65.8 M in the authors' table for HRNetV2-W48 on Cityscapes.
    assert round(sum(weight.numel() for weight in w48().parameters()) / 1e6, 2) == 65.86


@pytest.mark.parametrize(
    "spec",
    [
        HRNetSpec(classes=19),
        HRNetSpec(classes=59, width=18, modules=(1, 3, 2), blocks=2, stem_blocks=2),
        HRNetSpec(classes=7, width=4, kernel=3),
    ],
)
def test_sizes_are_read_off_the_weights(spec: HRNetSpec) -> None:
    with torch.device("meta"):
        state = HRNet(spec).state_dict()
    assert spec_of(state) == spec


@pytest.mark.parametrize("align_corners", [False, True])
def test_answers_at_a_quarter_of_any_size(align_corners: bool) -> None:
    spec = HRNetSpec(classes=3, width=4, modules=(1, 1, 1), blocks=1, stem_blocks=1, align_corners=align_corners)
    network = HRNet(spec).eval()
    for height, width in ((64, 64), (37, 50), (16, 16), (1, 5)):
        assert network(torch.rand(1, 3, height, width)).shape == (1, 3, -(-height // 4), -(-width // 4))


def test_every_branch_reaches_the_answer() -> None:
    torch.manual_seed(0)
    network = HRNet(HRNetSpec(classes=2, width=4, modules=(1, 1, 1), blocks=1, stem_blocks=1))
    network(torch.rand(2, 3, 64, 64)).square().sum().backward()
    assert not [name for name, weight in network.named_parameters() if weight.grad is None]
