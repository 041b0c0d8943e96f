"""Forward passes of the guided-diffusion U-Net against explicit arithmetic.

Golden outputs are from another implementation, see `test_agrees_with_diffusers`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as functional
from torch import nn

from engine.models.architectures._guided_layers import (
    AttentionBlock,
    ResidualBlock,
    double,
    halve,
    keep,
    timestep_embedding,
)
from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec
from tests.material.guided_networks import TINY, VARIANTS, every_variant, noise, patterned


@pytest.fixture(scope="module")
def tiny() -> GuidedUNet:
    return patterned(GuidedUNet(TINY)).requires_grad_(False)


def test_agrees_with_diffusers() -> None:
    # Expected: UNet2DModel of diffusers 0.42.1 in float64 (scale_shift norm, resnet resampling, flip_sin_to_cos,
    # freq_shift 0, attn_norm_num_groups 32), given these weights under its names (rows of qkv regrouped by head), at
    # rows 0, 3, 7 and columns 5, 2, 7 of the first three output channels. Its sinusoids are float32.
    expected = torch.tensor(
        [
            [
                [3.0929606465, 0.9886978426, -0.6764827793],
                [3.6289018014, 1.0862039467, -0.1091632392],
                [3.1665861620, 0.9040233392, 0.5162820809],
            ],
            [
                [1.8304940428, -1.5333628398, -0.3698247798],
                [2.5520689311, -0.7730042341, 0.1584272743],
                [2.5797015485, 0.2330825747, 0.6691836431],
            ],
        ],
        dtype=torch.float64,
    )
    network = patterned(GuidedUNet(replace(TINY, num_head_channels=32)).double())
    x = torch.sin(0.3 * torch.arange(2 * 3 * 8 * 8, dtype=torch.float64)).reshape(2, 3, 8, 8)
    with torch.inference_mode():
        found = network(x, torch.tensor([3, 700]))[:, :, [0, 3, 7], [5, 2, 7]]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=3e-6)


def test_timestep_embedding_is_its_formula() -> None:
    t = np.array([0, 1, 17, 999])
    rates = np.exp(-np.log(10_000.0) * np.arange(16) / 16)
    expected = np.concatenate([np.cos(t[:, None] * rates), np.sin(t[:, None] * rates)], axis=1)
    found = timestep_embedding(torch.from_numpy(t), 32)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-4)  # float32 angles up to 999
    np.testing.assert_allclose(found[:3].numpy(), expected[:3], atol=5e-6)


@pytest.mark.parametrize("new_order", [False, True])
def test_attention_is_softmax_of_scaled_products(new_order: bool) -> None:
    torch.manual_seed(0)
    block = AttentionBlock(64, 16, new_order=new_order).double()
    x = noise(2, 64, 3, 5).double()
    rows = block.qkv(functional.group_norm(x.reshape(2, 64, 15), 32, block.norm.weight, block.norm.bias))
    heads = []
    for head in range(4):
        # legacy: each head holds its own q, k, v; new: all q, then all k, then all v
        starts = [64 * part + 16 * head for part in range(3)] if new_order else [48 * head + 16 * p for p in range(3)]
        query, key, value = (rows[:, start : start + 16] for start in starts)
        weights = torch.softmax(torch.einsum("bct,bcs->bts", query, key) / 4.0, dim=-1)
        heads.append(torch.einsum("bts,bcs->bct", weights, value))
    expected = x + block.proj_out(torch.cat(heads, dim=1)).reshape(x.shape)
    torch.testing.assert_close(block(x), expected)


@pytest.mark.parametrize("resample", [keep, halve, double])
@pytest.mark.parametrize("scale_shift", [True, False])
@pytest.mark.parametrize("outputs", [32, 64])
def test_residual_block_from_its_state_dict(resample, scale_shift: bool, outputs: int) -> None:
    torch.manual_seed(1)
    block = ResidualBlock(32, outputs, 24, scale_shift=scale_shift, resample=resample).double()
    nn.init.normal_(block.out_layers[0].weight)
    w = block.state_dict()
    x, embedding = noise(2, 32, 6, 8).double(), noise(2, 24, seed=1).double()
    sized = {
        keep: lambda y: y,
        halve: lambda y: (y[..., ::2, ::2] + y[..., 1::2, ::2] + y[..., ::2, 1::2] + y[..., 1::2, 1::2]) / 4,
        double: lambda y: y.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2),
    }[resample]
    hidden = functional.group_norm(x, 32, w["in_layers.0.weight"], w["in_layers.0.bias"])
    hidden = sized(hidden * hidden.sigmoid())
    hidden = functional.conv2d(hidden, w["in_layers.2.weight"], w["in_layers.2.bias"], padding=1)
    told = (embedding * embedding.sigmoid()) @ w["emb_layers.1.weight"].T + w["emb_layers.1.bias"]
    told = told[:, :, None, None]
    if not scale_shift:
        hidden = hidden + told
    hidden = functional.group_norm(hidden, 32, w["out_layers.0.weight"], w["out_layers.0.bias"])
    if scale_shift:
        hidden = hidden * (1 + told[:, :outputs]) + told[:, outputs:]
    hidden = functional.conv2d(hidden * hidden.sigmoid(), w["out_layers.3.weight"], w["out_layers.3.bias"], padding=1)
    shortcut = sized(x)
    if outputs != 32:
        shortcut = functional.conv2d(shortcut, w["skip_connection.weight"], w["skip_connection.bias"])
    torch.testing.assert_close(block(x, embedding), shortcut + hidden)


@every_variant
def test_every_variant_gives_noise_of_the_image_size(spec: GuidedUNetSpec) -> None:
    with torch.inference_mode():
        eps = patterned(GuidedUNet(spec))(noise(2, 3, 12, 20), torch.tensor([0, 999]))
    assert eps.shape == (2, 3, 12, 20)
    assert eps.isfinite().all()
    assert eps.std() > 0.1


@pytest.mark.parametrize(("height", "width"), [(9, 14), (8, 17), (33, 8), (1, 3), (2, 2)])
def test_any_size_is_padded_below_and_right_and_cropped(height: int, width: int) -> None:
    network = patterned(GuidedUNet(VARIANTS["three-levels"])).requires_grad_(False)
    x, t = noise(1, 3, height, width), torch.tensor([5])
    bottom, right = -height % 4, -width % 4
    mode = "reflect" if bottom < height and right < width else "edge"
    padded = torch.from_numpy(np.pad(x.numpy(), ((0, 0), (0, 0), (0, bottom), (0, right)), mode=mode))
    expected = network(padded, t)[..., :height, :width]
    torch.testing.assert_close(network(x, t), expected)


def test_each_image_has_its_own_timestep(tiny: GuidedUNet) -> None:
    x, t = noise(3, 3, 8, 8), torch.tensor([0, 250, 999])
    together = tiny(x, t)
    for place in range(3):
        alone = tiny(x[place : place + 1], t[place : place + 1])
        torch.testing.assert_close(together[place : place + 1], alone, rtol=1e-4, atol=1e-5)
    assert (tiny(x[:1], t[:1]) - tiny(x[:1], t[1:2])).abs().max() > 0.05


def test_gradients_reach_the_image(tiny: GuidedUNet) -> None:
    x = noise(1, 3, 7, 9).requires_grad_()
    tiny(x, torch.tensor([100])).square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert (x.grad != 0).all()


def test_bfloat16_runs_near_float32(tiny: GuidedUNet) -> None:
    x, t = noise(1, 3, 8, 8), torch.tensor([400])
    exact = tiny(x, t)
    half = GuidedUNet(TINY).eval()
    half.load_state_dict(tiny.state_dict())
    half = half.to(torch.bfloat16)
    eps = half(x.to(torch.bfloat16), t)
    assert eps.dtype == torch.bfloat16
    assert half(x, t).dtype == torch.float32  # the caller's arithmetic stays as fine as it was
    assert (eps.float() - exact).std() < 0.05 * exact.std()


def test_without_the_variance_the_first_three_channels_remain(tiny: GuidedUNet) -> None:
    mean_only = GuidedUNet(VARIANTS["mean-only"])
    weights = tiny.state_dict()
    for name in ("out.2.weight", "out.2.bias"):
        weights[name] = weights[name][:3]
    mean_only.load_state_dict(weights)
    x, t = noise(1, 3, 8, 8), torch.tensor([10])
    torch.testing.assert_close(mean_only(x, t), tiny(x, t))
