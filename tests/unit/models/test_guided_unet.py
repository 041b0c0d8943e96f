"""The guided-diffusion U-Net: the published layout, forward passes against explicit arithmetic, weight files.

Expected layouts come from reading github.com/openai/guided-diffusion (unet.py, script_util.py, README's flags of the
256x256 unconditional model); golden outputs from another implementation, see `test_agrees_with_diffusers`.
"""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as functional
from safetensors.torch import save_file
from torch import Tensor, nn

from engine import IntegrityError, InvalidInput, InvalidSetting
from engine.models.architectures._guided_layers import (
    AttentionBlock,
    ResidualBlock,
    double,
    halve,
    keep,
    timestep_embedding,
)
from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec, read_guided_unet

TINY = GuidedUNetSpec(
    model_channels=32, channel_mult=(1, 2), num_res_blocks=1, attention_factors=(2,), num_head_channels=64
)
VARIANTS = {
    "published-kind": TINY,
    "convolutions-resample": replace(TINY, resblock_updown=False),
    "time-is-added": replace(TINY, use_scale_shift_norm=False),
    "mean-only": replace(TINY, learn_sigma=False),
    "three-levels": replace(TINY, channel_mult=(1, 2, 2), num_res_blocks=2, attention_factors=(2, 4)),
    "attention-in-the-middle-only": replace(TINY, attention_factors=()),
    "attention-at-the-finest": replace(TINY, attention_factors=(1,), num_head_channels=32),
    "half-width-first": replace(TINY, model_channels=64, channel_mult=(0.5, 1)),
    "one-level": replace(TINY, channel_mult=(1,), num_res_blocks=2, attention_factors=(), num_head_channels=32),
}
every_variant = pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS.keys())


def patterned(network: GuidedUNet) -> GuidedUNet:
    """Weights by formula, the same everywhere: waves, scaled by fan-in; no two tensors alike."""
    with torch.no_grad():
        for place, (name, parameter) in enumerate(network.named_parameters()):
            wave = torch.sin(0.7 * torch.arange(parameter.numel(), dtype=torch.float64) + place)
            if parameter.dim() > 1:
                wave *= 2.0 / parameter[0].numel() ** 0.5
            else:
                gain = name.endswith(("norm.weight", "in_layers.0.weight", "out_layers.0.weight", "out.0.weight"))
                wave = 0.2 * wave + gain
            parameter.copy_(wave.reshape(parameter.shape))
    return network.eval()


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def tiny() -> GuidedUNet:
    return patterned(GuidedUNet(TINY)).requires_grad_(False)


@pytest.fixture(scope="module")
def published() -> dict[str, tuple[int, ...]]:
    """The shapes of the published 256x256 network, without its 2 GB."""
    with torch.device("meta"):
        network = GuidedUNet(GuidedUNetSpec())
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


# --- the published layout ---------------------------------------------------------------------------------------------

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


# --- forward passes ---------------------------------------------------------------------------------------------------


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


# --- weight files -----------------------------------------------------------------------------------------------------


def write(path: Path, tensors: object) -> Path:
    if path.suffix == ".safetensors":
        save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path


@every_variant
@pytest.mark.parametrize("name", ["net.pt", "net.safetensors"])
def test_files_give_back_the_network(spec: GuidedUNetSpec, name: str, tmp_path: Path) -> None:
    network = patterned(GuidedUNet(spec))
    path = write(tmp_path / name, network.state_dict())
    found, digest = read_guided_unet(path)
    assert found.spec == (replace(spec, resblock_updown=True) if len(spec.widths) == 1 else spec)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not found.training
    assert not any(parameter.requires_grad for parameter in found.parameters())
    x, t = noise(1, 3, 8, 8), torch.tensor([31])
    with torch.inference_mode():
        assert torch.equal(found(x, t), network(x, t))


def test_a_given_spec_decides_what_shapes_cannot_tell(tiny: GuidedUNet, tmp_path: Path) -> None:
    spec = replace(TINY, num_head_channels=16, use_new_attention_order=True)
    found, _ = read_guided_unet(write(tmp_path / "net.pt", tiny.state_dict()), spec)
    assert found.spec == spec


def test_older_containers_and_half_precision_load(tiny: GuidedUNet, tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    torch.save(
        {name: tensor.half() for name, tensor in tiny.state_dict().items()}, path, _use_new_zipfile_serialization=False
    )
    found, _ = read_guided_unet(path)
    assert {parameter.dtype for parameter in found.parameters()} == {torch.float32}
    assert torch.equal(found.out[2].weight, tiny.out[2].weight.half().float())


@pytest.mark.parametrize("name", ["net.pt", "net.safetensors"])
def test_the_network_does_not_change_with_its_file(tiny: GuidedUNet, name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, tiny.state_dict())
    found, _ = read_guided_unet(path)
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert all(torch.equal(tensor, tiny.state_dict()[name]) for name, tensor in found.state_dict().items())


class _Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_is_refused_and_never_runs(zipped: bool, tmp_path: Path) -> None:
    path, marker = tmp_path / "bomb.pt", tmp_path / "ran"
    torch.save({"a": torch.ones(1), "b": _Bomb(marker)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(IntegrityError, match=r"bomb.pt cannot be read: it is damaged, cut short, or holds code"):
        read_guided_unet(path)
    assert not marker.exists()


@pytest.mark.parametrize("name", ["net.pt", "net.safetensors"])
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
def test_files_cut_short_are_refused(tiny: GuidedUNet, name: str, kept: float, tmp_path: Path) -> None:
    path = write(tmp_path / name, tiny.state_dict())
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(IntegrityError, match="cannot be read: it is damaged, cut short"):
        read_guided_unet(path)


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    for name, data in {
        "a.pt": b"no weights at all",
        "b.pt": pickle.dumps([1, 2], protocol=2),
        "c.safetensors": b"{}" * 40,
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises((IntegrityError, InvalidInput)):
            read_guided_unet(tmp_path / name)


def test_missing_files_and_other_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none.pt cannot be read: No such file"):
        read_guided_unet(tmp_path / "none.pt")
    with pytest.raises(InvalidInput, match=r"net.onnx must be a .pt, .pth or .safetensors file"):
        read_guided_unet(tmp_path / "net.onnx")


@pytest.mark.parametrize(
    "content",
    [
        [torch.ones(1)],
        {"state_dict": {"a": torch.ones(1)}},
        {3: torch.ones(1)},
        {"a": torch.ones(1, dtype=torch.int64)},
        {"a": torch.ones(2, 2).to_sparse()},
        {"a": torch.ones(1, device="meta")},
    ],
    ids=["list", "nested", "number", "integers", "sparse", "meta"],
)
def test_what_is_not_named_floats_is_refused(content: object, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="must hold a mapping of names to plain floating-point tensors"):
        read_guided_unet(write(tmp_path / "net.pt", content))


LAYOUTS = {
    "empty": (lambda w: w.clear(), "of a guided-diffusion U-Net: it lacks time_embed.0.weight"),
    "another network": (
        lambda w: (w.clear(), w.update({"conv.weight": torch.ones(3)})),
        "of a guided-diffusion U-Net: it lacks time_embed.0.weight",
    ),
    "no encoder": (
        lambda w: [w.pop(name) for name in list(w) if name.startswith("input_blocks.")],
        "of a guided-diffusion U-Net: its sizes do not fit together",
    ),
    "scalar": (lambda w: w.update({"time_embed.0.weight": torch.ones(())}), "sizes do not fit together"),
    "no channels": (lambda w: w.update({"time_embed.0.weight": torch.ones(4, 0)}), "sizes do not fit together"),
    "odd width": (
        lambda w: w.update({"input_blocks.1.0.out_layers.3.weight": torch.ones(40, 32, 3, 3)}),
        r"the width of every level must be a multiple of 32, got \(40, 64\)",
    ),
    "one missing": (lambda w: w.pop("middle_block.1.qkv.bias"), "it lacks middle_block.1.qkv.bias"),
    "one too many": (lambda w: w.update({"extra.bias": torch.ones(1)}), "it has 'extra.bias', which does not belong"),
    "one misshapen": (
        lambda w: w.update({"out.0.bias": torch.ones(3)}),
        r"out.0.bias must have shape \(32,\), got \(3,\)",
    ),
    "class-conditional": (
        lambda w: w.update({"label_emb.weight": torch.ones(1000, 128)}),
        "class-conditional .*use a class-unconditional checkpoint",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_other_layouts_are_refused(tiny: GuidedUNet, spoil, message: str, tmp_path: Path) -> None:
    weights = dict(tiny.state_dict())
    spoil(weights)
    with pytest.raises(InvalidInput, match=message) as caught:
        read_guided_unet(write(tmp_path / "net.safetensors", weights))
    assert "\n" not in str(caught.value)


def test_a_spec_that_is_not_the_files_is_refused(tiny: GuidedUNet, tmp_path: Path) -> None:
    path = write(tmp_path / "net.pt", tiny.state_dict())
    with pytest.raises(InvalidInput, match="does not have the layout expected"):
        read_guided_unet(path, GuidedUNetSpec())


def test_weights_that_are_not_finite_are_refused(tiny: GuidedUNet, tmp_path: Path) -> None:
    weights = dict(tiny.state_dict())
    weights["out.2.bias"] = torch.tensor([0.0, torch.nan, 0, 0, 0, 0])
    with pytest.raises(IntegrityError, match="not finite"):
        read_guided_unet(write(tmp_path / "net.pt", weights))
