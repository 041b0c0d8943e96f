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
from safetensors.torch import load_file, save_file

from engine.core.errors import Cancelled, InvalidInput, UnknownName
from engine.models import zoo
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.models.publish import publish
from engine.training import Task, recipe, tasks
from engine.training.augment import random_view, shrink_details
from engine.training.base import start_weights
from engine.training.loop import save_weights
from engine.training.street import StreetRecipe, manifest_row, train_street


@pytest.fixture(scope="module")
def tiny() -> StreetRecipe:
    spec = PyramidNetSpec(classes=11, widths=(8, 8, 16, 16), blocks=(1, 1, 1))
    small = {"steps": 4, "batch": 2, "scene_count": 1, "size": (48, 64), "small_size": (32, 48), "small_share": 0.5}
    return replace(recipe("street", "street-first25"), spec=spec, warmup=2, **small)


@pytest.fixture(scope="module")
def straight(
    tiny: StreetRecipe, camvid_train: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, torch.Tensor]:
    return load_file(train_street(tiny, camvid_train, tmp_path_factory.mktemp("straight")))


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def test_stopped_and_resumed_is_the_same(
    tiny: StreetRecipe, camvid_train: Path, tmp_path: Path, straight: dict[str, torch.Tensor]
) -> None:
    calls = iter([False, True])
    with pytest.raises(Cancelled, match="after step 2"):
        train_street(tiny, camvid_train, tmp_path, cancelled=lambda: next(calls))
    assert same(straight, load_file(train_street(tiny, camvid_train, tmp_path)))


def test_another_seed_is_another_model(
    tiny: StreetRecipe, camvid_train: Path, tmp_path: Path, straight: dict[str, torch.Tensor]
) -> None:
    assert not same(straight, load_file(train_street(replace(tiny, seed=1), camvid_train, tmp_path)))


def test_a_finished_run_only_exports(tiny: StreetRecipe, camvid_train: Path, tmp_path: Path) -> None:
    first = train_street(tiny, camvid_train, tmp_path).read_bytes()
    assert train_street(tiny, camvid_train, tmp_path).read_bytes() == first
    assert json.loads((tmp_path / "recipe.json").read_text())["name"] == "street-first25"


def test_exported_weights_compute_what_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PyramidNet(PyramidNetSpec(classes=11, widths=(8, 8, 16, 16), blocks=(1, 1, 1))).train()
    network(torch.rand(4, 3, 32, 48))  # gives the normalisation layers statistics to fold
    image = torch.rand(1, 3, 32, 48)
    expected = network.eval()(image).detach()
    stored = load_file(save_weights(network.fuse(), tmp_path / "model.safetensors"))
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


def test_shrinking_takes_faint_detail_and_leaves_strong_edges() -> None:
    columns = np.arange(80)
    edge = np.where(columns < 40, 0.2, 0.8).astype(np.float32)
    stripes = 0.03 * (-1.0) ** columns
    image = np.repeat(np.tile(edge + stripes.astype(np.float32), (60, 1))[..., None], 3, axis=2)
    shrunk = shrink_details(image, 0.25)
    assert shrunk.dtype == np.float32
    assert shrunk.shape == image.shape
    assert 0.0 <= shrunk.min() <= shrunk.max() <= 1.0
    assert np.ptp(shrunk[:, 5:25]) < 0.2 * np.ptp(image[:, 5:25])
    assert shrunk[:, 42].mean() - shrunk[:, 37].mean() > 0.4
    errors = [np.square(shrink_details(image, sigma) - image).mean() for sigma in (0.1, 0.5, 1.0)]
    assert errors == sorted(errors)


def test_only_a_share_of_the_views_is_shrunk() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    labels = np.zeros((60, 80), np.uint8)

    def view(seed: int, share: float) -> np.ndarray:
        return random_view(pixels, labels, (60, 80), np.random.default_rng(seed), shrink=(share, 1.0))[0]

    changed = [not np.array_equal(view(seed, 0.5), view(seed, 0.0)) for seed in range(40)]
    assert 8 <= sum(changed) <= 32
    assert all(np.array_equal(view(seed, 1.0), view(seed, 0.5)) for seed in range(40) if changed[seed])


def test_missing_data_and_unknown_recipes(tmp_path: Path, tiny: StreetRecipe) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        train_street(tiny, tmp_path, tmp_path / "out")
    with pytest.raises(UnknownName, match="unknown street recipe 'nope'; known: street-base, street-clean"):
        recipe("street", "nope")
    with pytest.raises(UnknownName, match="unknown task 'fly'; known: denoiser, parts, street"):
        recipe("fly", "nope")


@pytest.mark.parametrize("entry", tasks.values(), ids=tasks)
def test_every_recipe_goes_by_its_name_and_starts_from_one_that_exists(entry: Task) -> None:
    assert tasks[entry.name] is entry
    for name, plan in entry.recipes.items():
        assert plan.name == name
        assert recipe(entry.name, name) is plan
        assert plan.starts_from in {"", *entry.recipes}
        assert plan.starts_from != name
        assert 0 < plan.warmup < plan.steps
        row = entry.manifest_row(plan)
        assert row["name"] == name
        assert row["architecture"] in zoo.ARCHITECTURES
        assert row["role"] in (zoo.SEGMENTER, zoo.DENOISER, zoo.PARTS)
        json.dumps(row)


def test_a_start_must_fit_the_recipe(tmp_path: Path) -> None:
    here, broken = tmp_path / "weights.safetensors", tmp_path / "broken.safetensors"
    save_file({"weight": torch.ones(2, dtype=torch.float16)}, here)
    broken.write_bytes(b"anything")
    found = start_weights("second", "first", here)
    assert found is not None
    assert found["weight"].dtype == torch.float32
    assert start_weights("first", "", None) is None
    with pytest.raises(InvalidInput, match="second goes on with the weights of first: give that file as the start"):
        start_weights("second", "first", None)
    with pytest.raises(InvalidInput, match="first starts from random weights: give it no file"):
        start_weights("first", "", here)
    for file in (tmp_path / "none", broken):
        with pytest.raises(InvalidInput, match=f"cannot start from {file.name}"):
            start_weights("second", "first", file)


def test_weights_of_another_network_are_no_start(tiny: StreetRecipe, camvid_train: Path, tmp_path: Path) -> None:
    other = save_file({"weight": torch.ones(2)}, tmp_path / "other.safetensors") or tmp_path / "other.safetensors"
    second = replace(tiny, name="second", starts_from="first")
    with pytest.raises(InvalidInput, match="do not fit second: give those of its first stage"):
        train_street(second, camvid_train, tmp_path / "out", start=other)


def test_a_second_stage_goes_on_with_the_first(
    tiny: StreetRecipe, camvid_train: Path, tmp_path: Path, straight: dict[str, torch.Tensor]
) -> None:
    # At rate 0 the exported weights are the start's, unfolded and folded again; one step moves the running statistics
    # by a tenth of what its batch differs from the one calibrated on.
    start = tmp_path / "first.safetensors"
    save_file(straight, start)
    second = replace(tiny, name="second", starts_from="street-first25", steps=1, learning_rate=0.0, small_share=0.0)
    out = tmp_path / "out"
    found = load_file(train_street(second, camvid_train, out, start=start, log=lambda _: None))
    assert found.keys() == straight.keys()
    networks = []
    for weights in (straight, found):
        network = PyramidNet(tiny.spec).fuse()
        network.load_state_dict(weights)
        networks.append(network)
    view = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    before, after = (network(view).detach() for network in networks)
    torch.testing.assert_close(after, before, rtol=0.02, atol=0.02 * float(before.abs().max()))
    with pytest.raises(InvalidInput, match="give that file as the start"):
        train_street(second, camvid_train, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_publish_needs_a_card_and_writes_the_manifest(tmp_path: Path, tiny: StreetRecipe) -> None:
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(b"weights")
    folder = tmp_path / "models"
    folder.mkdir()
    with pytest.raises(InvalidInput, match="model card"):
        publish(weights, manifest_row(tiny), folder)
    (folder / "street-first25.md").write_text("# card")
    publish(weights, manifest_row(tiny), folder)
    publish(weights, manifest_row(tiny), folder)
    (row,) = json.loads((folder / "manifest.json").read_text())["models"]
    assert row["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert (folder / row["file"]).read_bytes() == b"weights"


def test_a_folder_of_another_recipe_is_not_gone_on_with(tiny: StreetRecipe, camvid_train: Path, tmp_path: Path) -> None:
    train_street(tiny, camvid_train, tmp_path)
    with pytest.raises(InvalidInput, match="holds a checkpoint of another recipe"):
        train_street(replace(tiny, seed=9), camvid_train, tmp_path)
    with pytest.raises(InvalidInput, match="holds 1 scenes, not 2; delete it"):
        train_street(replace(tiny, scene_count=2), camvid_train, tmp_path)
