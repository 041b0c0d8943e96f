"""The guided-diffusion U-Net has the published layout: names, shapes, number of parameters.

Expected layouts come from reading github.com/openai/guided-diffusion (unet.py, script_util.py, README's flags of the
256x256 unconditional model).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.core import InvalidSetting
from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec
from tests.material.guided_networks import TINY, VARIANTS


@pytest.fixture(scope="module")
def published() -> dict[str, tuple[int, ...]]:
    """The shapes of the published 256x256 network, without its 2 GB."""
    with torch.device("meta"):
        network = GuidedUNet(GuidedUNetSpec())
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


# (inputs, outputs, attention) of every residual block, read off the architecture: 256-channel model, widths
# 256 256 512 512 1024 1024, two blocks a level and a resampling one between levels; the decoder takes skips in reverse.
ENCODER = [(256, 256, False)] * 6 + [(256, 512, False)] + [(512, 512, False)] * 2 + [(512, 512, True)] * 2
ENCODER += [(512, 512, False), (512, 1024, True), (1024, 1024, True), (1024, 1024, False)] + [(1024, 1024, True)] * 2
MIDDLE = [(1024, 1024, True), (1024, 1024, False)]
DECODER = [(2048, 1024, True)] * 3 + [(1024, 1024, False)]
DECODER += [(2048, 1024, True)] * 2 + [(1536, 1024, True), (1024, 1024, False)]
DECODER += [(1536, 512, True)] + [(1024, 512, True)] * 2 + [(512, 512, False)]
DECODER += [(1024, 512, False)] * 2 + [(768, 512, False), (512, 512, False)]
DECODER += [(768, 256, False)] + [(512, 256, False)] * 2 + [(256, 256, False)] + [(512, 256, False)] * 3


def block_parameters(inputs: int, outputs: int, attention: bool) -> int:
    norms = 2 * inputs + 2 * outputs
    convs = 9 * inputs * outputs + outputs + 9 * outputs * outputs + outputs
    time = 1024 * 2 * outputs + 2 * outputs
    shortcut = inputs * outputs + outputs if inputs != outputs else 0
    attending = 2 * outputs + 4 * outputs * outputs + 4 * outputs if attention else 0
    return norms + convs + time + shortcut + attending


def test_the_published_model_has_552_814_086_parameters(published: dict[str, tuple[int, ...]]) -> None:
    # 552,814,086 is what users of the file count (public notes on DiffPure and DPS give it beside the file's size of
    # 2,211,383,297 bytes: four bytes each and 127 kB of container); 552.8 M is what papers print; the sum below and
    # diffusers' UNet2DModel of these sizes agree.
    time = 256 * 1024 + 1024 + 1024 * 1024 + 1024
    ends = (27 * 256 + 256) + 2 * 256 + (9 * 256 * 6 + 6)
    by_hand = time + ends + sum(block_parameters(*block) for block in ENCODER + MIDDLE + DECODER)
    assert by_hand == 552_814_086
    assert sum(int(np.prod(shape)) for shape in published.values()) == by_hand
    assert 0 < 2_211_383_297 - 4 * by_hand < 200_000


PUBLISHED = {
    "time_embed.0.weight": (1024, 256),
    "time_embed.2.bias": (1024,),
    "input_blocks.0.0.weight": (256, 3, 3, 3),
    "input_blocks.1.0.in_layers.0.weight": (256,),
    "input_blocks.1.0.in_layers.2.weight": (256, 256, 3, 3),
    "input_blocks.1.0.emb_layers.1.weight": (512, 1024),
    "input_blocks.1.0.out_layers.0.bias": (256,),
    "input_blocks.1.0.out_layers.3.weight": (256, 256, 3, 3),
    "input_blocks.3.0.in_layers.2.weight": (256, 256, 3, 3),  # halves
    "input_blocks.7.0.skip_connection.weight": (512, 256, 1, 1),
    "input_blocks.10.1.norm.weight": (512,),
    "input_blocks.10.1.qkv.weight": (1536, 512, 1),
    "input_blocks.10.1.proj_out.weight": (512, 512, 1),
    "input_blocks.13.0.skip_connection.bias": (1024,),
    "input_blocks.17.1.qkv.bias": (3072,),
    "middle_block.0.emb_layers.1.bias": (2048,),
    "middle_block.1.qkv.weight": (3072, 1024, 1),
    "middle_block.2.out_layers.3.bias": (1024,),
    "output_blocks.0.0.in_layers.0.weight": (2048,),
    "output_blocks.2.2.in_layers.2.weight": (1024, 1024, 3, 3),  # doubles, after attention
    "output_blocks.5.0.in_layers.2.weight": (1024, 1536, 3, 3),
    "output_blocks.8.1.proj_out.bias": (512,),
    "output_blocks.11.1.in_layers.2.weight": (512, 512, 3, 3),  # doubles, no attention before it
    "output_blocks.14.0.skip_connection.weight": (256, 512, 1, 1),
    "output_blocks.17.0.in_layers.2.weight": (256, 512, 3, 3),
    "out.0.weight": (256,),
    "out.2.weight": (6, 256, 3, 3),
}


def test_names_and_shapes_are_the_published_ones(published: dict[str, tuple[int, ...]]) -> None:
    assert {name: published.get(name) for name in PUBLISHED} == PUBLISHED
    assert "input_blocks.18.0.in_layers.2.weight" not in published
    assert "input_blocks.9.1.qkv.weight" not in published  # resampling blocks have no attention
    assert "output_blocks.9.1.qkv.weight" not in published
    attended = sum(attention for *_, attention in ENCODER + MIDDLE + DECODER)
    shortcuts = sum(inputs != outputs for inputs, outputs, _ in ENCODER + MIDDLE + DECODER)
    blocks = len(ENCODER + MIDDLE + DECODER)
    assert len(published) == 10 * blocks + 6 * attended + 2 * shortcuts + 4 + 2 + 4


def test_convolutions_that_resample_have_the_older_names() -> None:
    names = GuidedUNet(VARIANTS["convolutions-resample"]).state_dict().keys()
    assert {"input_blocks.2.0.op.weight", "output_blocks.1.2.conv.bias"} <= names
    assert "input_blocks.2.0.in_layers.2.weight" not in names


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_channels": 33}, "model_channels must be even"),
        ({"channel_mult": ()}, "multiple of 32"),
        ({"channel_mult": (1, 1.25)}, "multiple of 32"),
        ({"num_res_blocks": 0}, "num_res_blocks must be at least 1"),
        ({"attention_factors": (4,)}, r"attention_factors must be among \(1, 2\), got \(4,\)"),
        ({"num_head_channels": 48}, r"num_head_channels must divide the widths \(64, 64\), got 48"),
    ],
)
def test_settings_outside_their_sets_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        replace(TINY, **changes)
