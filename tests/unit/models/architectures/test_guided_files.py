"""Weight files of the guided-diffusion U-Net: read back, or refused in a sentence; code in them never runs."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core import IntegrityError, InvalidInput
from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec, read_guided_unet
from tests.material.guided_networks import TINY, every_variant, noise, patterned


@pytest.fixture(scope="module")
def tiny() -> GuidedUNet:
    return patterned(GuidedUNet(TINY)).requires_grad_(False)


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
