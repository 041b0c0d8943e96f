"""The zoo: every model of the manifest loads and answers any size; changed or missing weights are refused."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import nn

from engine.core import Compute, IntegrityError, UnknownName
from engine.models import BaseModel, available, load_model, model_info, zoo
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.models.catalogue import check_weights
from tests.material.tiny_models import forget_models

NAMES = [info.name for info in available()]
PARTS = [entry for role in (zoo.SEGMENTER, zoo.DENOISER, zoo.PARTS) for entry in zoo.bundled(role)]


@pytest.mark.parametrize("name", NAMES)
def test_every_model_loads(name: str, compute: Compute) -> None:
    model = load_model(name, compute)
    assert model.info == model_info(name)
    assert not model.network.training
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    assert {parameter.dtype for parameter in model.network.parameters()} == {torch.float32}


@pytest.mark.parametrize("entry", PARTS, ids=[entry.name for entry in PARTS])
def test_manifest_names_the_files_as_they_are(entry: zoo.BundledNetwork) -> None:
    rows = json.loads((zoo.FOLDER / "manifest.json").read_text())["models"]
    row = next(row for row in rows if row["name"] == entry.name)
    data = (zoo.FOLDER / row["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry.sha256 == row["sha256"]
    assert len(data) < 15 * 2**20


def test_every_row_of_the_manifest_has_a_role_and_a_known_architecture() -> None:
    rows = json.loads((zoo.FOLDER / "manifest.json").read_text())["models"]
    assert sorted(entry.name for entry in PARTS) == sorted(row["name"] for row in rows)
    assert {row["architecture"] for row in rows} <= set(zoo.ARCHITECTURES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("height", "width"), [(48, 64), (37, 50), (16, 16), (17, 129)])
def test_any_size_gives_one_class_a_pixel(name: str, height: int, width: int, compute: Compute) -> None:
    model = load_model(name, compute)
    batch = torch.rand(2, height, width, 3, generator=torch.Generator().manual_seed(0))
    assert model.logits(batch).shape == (2, len(model.info.labels), height, width)
    answers = model.predict(batch)
    assert answers.shape == (2, height, width)
    assert answers.dtype == torch.int64
    assert 0 <= int(answers.min()) <= int(answers.max()) < len(model.info.labels)


@pytest.mark.parametrize("name", NAMES)
def test_batch_normalisation_is_folded_in(name: str, compute: Compute) -> None:
    assert not any(isinstance(module, nn.BatchNorm2d) for module in load_model(name, compute).network.modules())


def test_fusing_changes_no_answer() -> None:
    torch.manual_seed(0)
    network = PyramidNet(PyramidNetSpec(classes=5, widths=(8, 8, 8, 8), blocks=(1, 1, 1)))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # statistics as after training, not the neutral ones
            nn.init.uniform_(module.running_mean, -1, 1)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
    images = torch.rand(2, 3, 40, 56)
    before = network.eval()(images)
    torch.testing.assert_close(network.fuse()(images), before, rtol=1e-3, atol=1e-4)


def test_padding_keeps_pixels_in_place() -> None:
    # A 64x64 picture and its 50x37 corner agree away from the cut: a shift by padding would move edges.
    torch.manual_seed(1)
    network = PyramidNet(PyramidNetSpec(classes=3, widths=(8, 8, 8, 8), blocks=(1, 1, 1), pool_sizes=())).fuse()
    images = torch.zeros(1, 3, 256, 256)
    images[..., 100:110] = 1.0
    whole, part = network(images), network(images[..., :203, :251])
    torch.testing.assert_close(part[..., :90, :90], whole[..., :90, :90], rtol=1e-3, atol=1e-4)


def test_models_are_cached(compute: Compute) -> None:
    assert load_model(NAMES[0], compute) is load_model(NAMES[0], compute)


def test_changed_weights_are_refused(copied_assets: Path, compute: Compute) -> None:
    file = copied_assets / f"{NAMES[0]}.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(IntegrityError, match=f"weights of {NAMES[0]} have sha256"):
        load_model(NAMES[0], compute)


def _as_published(folder: Path, data: bytes) -> None:
    """Replace the first model's file, and its hash in the manifest with it: only its content is wrong then."""
    (folder / f"{NAMES[0]}.safetensors").write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text())
    for row in manifest["models"]:
        if row["name"] == NAMES[0]:
            row["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("kind", ["pickle", "truncated", "another network", "empty"])
def test_whatever_is_no_weights_of_it_is_refused(copied_assets: Path, compute: Compute, kind: str) -> None:
    whole = (copied_assets / f"{NAMES[0]}.safetensors").read_bytes()
    other = save({"weight": torch.ones(3)})
    data = {
        "pickle": pickle.dumps({"weight": [1.0]}),
        "truncated": whole[:-100],
        "another network": other,
        "empty": b"",
    }
    _as_published(copied_assets, data[kind])
    forget_models()
    with pytest.raises(IntegrityError, match=f"does not hold the weights of {NAMES[0]}: .*; restore it"):
        load_model(NAMES[0], compute)


def test_all_weights_together_stay_small() -> None:
    files = list((zoo.FOLDER).glob("*.safetensors"))
    assert {file.stem for file in files} == {entry.name for entry in PARTS}
    assert sum(file.stat().st_size for file in files) <= 60e6
    assert max(file.stat().st_size for file in files) <= 15 * 2**20


def test_missing_weights_are_refused(copied_assets: Path, compute: Compute) -> None:
    (copied_assets / f"{NAMES[0]}.safetensors").unlink()
    with pytest.raises(IntegrityError, match="cannot be read"):
        load_model(NAMES[0], compute)


@pytest.mark.usefixtures("copied_assets")
def test_the_copy_itself_loads(compute: Compute) -> None:
    assert isinstance(load_model(NAMES[0], compute), BaseModel)


def test_listing_loads_no_weights(copied_assets: Path) -> None:
    for file in copied_assets.glob("*.safetensors"):
        file.unlink()
    assert [info.name for info in available()] == NAMES


def test_roles_are_kept_apart(tiny_denoisers: Path, compute: Compute) -> None:  # noqa: ARG001
    # "denoise-street" is published with the role of a denoiser: it can be loaded as one, and is no model.
    assert {entry.name for entry in zoo.bundled(zoo.DENOISER)} >= {"denoise-street", "dncnn-mse", "dncnn-stability"}
    assert {info.name for info in available()} == {entry.name for entry in zoo.bundled(zoo.SEGMENTER)} == set(NAMES)
    network = zoo.load_network("denoise-street", zoo.DENOISER, compute)
    assert not network.training
    assert zoo.bundled_network("denoise-street", zoo.DENOISER).spec["widths"] == [8, 12]
    with pytest.raises(UnknownName, match="unknown model 'denoise-street'; known: "):
        model_info("denoise-street")
    with pytest.raises(UnknownName, match=f"unknown denoiser '{NAMES[0]}'; known: denoise-"):
        zoo.bundled_network(NAMES[0], zoo.DENOISER)


@pytest.mark.parametrize("call", [model_info, load_model, check_weights])
def test_unknown_names_list_the_known(call) -> None:
    with pytest.raises(UnknownName, match=f"unknown model 'resnet'; known: .*{NAMES[0]}"):
        call("resnet")
