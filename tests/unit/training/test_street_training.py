"""Training is a function of recipe and data: the same seed gives the same weights, stopped and resumed or not.

The recipe here is the real one made tiny; the data is a generated tree in CamVid's layout.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from safetensors.torch import load_file

from engine.errors import Cancelled, InvalidInput, UnknownName
from engine.models.publish import publish
from engine.models.pyramid_net import PyramidNet, PyramidNetSpec
from engine.scenes import render_street
from engine.training.augment import random_view
from engine.training.street import StreetRecipe, export_weights, manifest_row, recipe, train_street


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("camvid")
    for part in ("images", "labels"):
        (folder / "train" / part).mkdir(parents=True)
    for seed in range(3):
        scene = render_street(seed, 96, 72)
        Pillow.fromarray(scene.pixels).save(folder / "train" / "images" / f"{seed}.png")
        Pillow.fromarray(scene.labels).save(folder / "train" / "labels" / f"{seed}.png")
    return folder


@pytest.fixture(scope="module")
def tiny() -> StreetRecipe:
    spec = PyramidNetSpec(classes=11, widths=(8, 8, 16, 16), blocks=(1, 1, 1))
    small = {"steps": 4, "batch": 2, "scene_count": 1, "size": (48, 64), "small_size": (32, 48), "small_share": 0.5}
    return replace(recipe("street-noise25"), spec=spec, warmup=2, **small)


@pytest.fixture(scope="module")
def straight(tiny: StreetRecipe, root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    return load_file(train_street(tiny, root, tmp_path_factory.mktemp("straight")))


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def test_stopped_and_resumed_is_the_same(
    tiny: StreetRecipe, root: Path, tmp_path: Path, straight: dict[str, torch.Tensor]
) -> None:
    calls = iter([False, True])
    with pytest.raises(Cancelled, match="after step 2"):
        train_street(tiny, root, tmp_path, cancelled=lambda: next(calls))
    assert same(straight, load_file(train_street(tiny, root, tmp_path)))


def test_another_seed_is_another_model(
    tiny: StreetRecipe, root: Path, tmp_path: Path, straight: dict[str, torch.Tensor]
) -> None:
    assert not same(straight, load_file(train_street(replace(tiny, seed=1), root, tmp_path)))


def test_a_finished_run_only_exports(tiny: StreetRecipe, root: Path, tmp_path: Path) -> None:
    first = train_street(tiny, root, tmp_path).read_bytes()
    assert train_street(tiny, root, tmp_path).read_bytes() == first
    assert json.loads((tmp_path / "recipe.json").read_text())["name"] == "street-noise25"


def test_exported_weights_compute_what_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PyramidNet(PyramidNetSpec(classes=11, widths=(8, 8, 16, 16), blocks=(1, 1, 1))).train()
    network(torch.rand(4, 3, 32, 48))  # gives the normalisation layers statistics to fold
    image = torch.rand(1, 3, 32, 48)
    expected = network.eval()(image).detach()
    stored = load_file(export_weights(network, tmp_path / "model.safetensors"))
    assert all(tensor.dtype == torch.float16 for tensor in stored.values())
    again = PyramidNet(network.spec).fuse()
    again.load_state_dict(stored)
    assert torch.allclose(again(image), expected, atol=0.02 * float(expected.abs().max()))


def test_views_are_valid_and_keep_labels_with_pixels() -> None:
    # A disc, white and labelled 1, off the centre of a black picture: whatever the framing, the two stay together.
    rows, columns = np.mgrid[:120, :160]
    labels = ((rows - 50) ** 2 + (columns - 90) ** 2 < 35**2).astype(np.uint8)
    pixels = np.repeat(labels[..., None] * np.uint8(255), 3, axis=2)
    for seed in range(40):
        view, target = random_view(pixels, labels, (60, 80), np.random.default_rng(seed))
        assert view.shape == (60, 80, 3)
        assert view.dtype == np.float32
        assert 0.0 <= view.min() <= view.max() <= 1.0
        assert target.shape == (60, 80)
        inside, outside = view[target == 1].mean(), view[target == 0].mean()
        assert inside > outside + 0.4 * view.max(), seed


def test_missing_data_and_unknown_recipes(tmp_path: Path, tiny: StreetRecipe) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        train_street(tiny, tmp_path, tmp_path / "out")
    with pytest.raises(UnknownName, match="known: street-clean, street-noise25"):
        recipe("nope")


def test_publish_needs_a_card_and_writes_the_manifest(tmp_path: Path, tiny: StreetRecipe) -> None:
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(b"weights")
    folder = tmp_path / "models"
    folder.mkdir()
    with pytest.raises(InvalidInput, match="model card"):
        publish(weights, manifest_row(tiny), folder)
    (folder / "street-noise25.md").write_text("# card")
    publish(weights, manifest_row(tiny), folder)
    publish(weights, manifest_row(tiny), folder)
    (row,) = json.loads((folder / "manifest.json").read_text())["models"]
    assert row["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert (folder / row["file"]).read_bytes() == b"weights"
