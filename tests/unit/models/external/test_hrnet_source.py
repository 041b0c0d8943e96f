"""HRNet checkpoints as they are published: prefixed keys, a loss beside the network, old and new file formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from engine.core import InvalidInput
from engine.core.errors import UnknownName
from engine.inputs.labels import label_spaces
from engine.models.architectures.hrnet import HRNet, HRNetSpec
from engine.models.external import Offer, sources
from engine.models.external._spaces import named_classes, space_named
from engine.models.external._weights import sha256_of

HRNET = sources["hrnet"]


def checkpoint(classes: int = 19) -> dict[str, Any]:
    torch.manual_seed(0)
    spec = HRNetSpec(classes=classes, width=4, modules=(1, 1, 1), blocks=1, stem_blocks=1)
    return dict(HRNet(spec).state_dict())


def published(path: Path, classes: int = 19, prefix: str = "model.", **settings: Any) -> Path:
    """A file as the training code writes it."""
    state = {prefix + key: value for key, value in checkpoint(classes).items()}
    torch.save(state | {"loss.criterion.weight": torch.ones(classes)}, path, **settings)
    return path


def test_end_to_end(tmp_path: Path, certify, sound) -> None:
    path = published(tmp_path / "hrnet_cs.pth")
    opened = HRNET.open(path, None, {})
    assert opened.labels == label_spaces["cityscapes"]
    assert opened.sha256 == sha256_of(path)
    sound(opened)
    certify(opened)


def test_the_network_is_the_checkpoints(tmp_path: Path) -> None:
    # Expected: the bare network on normalised pixels (ImageNet's mean and std), up-sampled four times.
    network = HRNet(HRNetSpec(classes=19, width=4, modules=(1, 1, 1), blocks=1, stem_blocks=1)).eval()
    network.load_state_dict(checkpoint())
    images = torch.rand(2, 3, 32, 64)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    plain = network((images - mean[:, None, None]) / std[:, None, None])
    expected = torch.nn.functional.interpolate(plain, size=(32, 64), mode="bilinear", align_corners=False)
    found = HRNET.open(published(tmp_path / "a.pth"), None, {}).network
    torch.testing.assert_close(found(images), expected)
    aligned = HRNET.open(published(tmp_path / "a.pth"), None, {"align_corners": True}).network
    assert not torch.allclose(aligned(images), expected)


@pytest.mark.parametrize("prefix", ["", "model.", "module.model.", "module."])
def test_prefixes_come_off(tmp_path: Path, prefix: str) -> None:
    assert len(HRNET.open(published(tmp_path / "a.pth", prefix=prefix), None, {}).labels) == 19


def test_old_and_other_formats(tmp_path: Path) -> None:
    old = published(tmp_path / "old.pth", _use_new_zipfile_serialization=False)  # as torch 1.1 wrote it
    state = {key: value.half() if value.is_floating_point() else value for key, value in checkpoint().items()}
    state = {key: value for key, value in state.items() if "num_batches_tracked" not in key}  # as torch 0.4 had it
    torch.save({"state_dict": state, "epoch": 484}, tmp_path / "training.pth.tar")
    save_file(state, tmp_path / "a.safetensors")
    for path in (old, tmp_path / "training.pth.tar", tmp_path / "a.safetensors"):
        opened = HRNET.open(path, None, {})
        assert {weight.dtype for weight in opened.network.parameters()} == {torch.float32}
        assert opened.network(torch.rand(1, 3, 16, 16)).shape == (1, 19, 16, 16)


@pytest.mark.parametrize(("classes", "name"), [(59, "pascal-context"), (60, "pascal-context-background")])
def test_labels_go_by_the_number_of_classes(tmp_path: Path, classes: int, name: str) -> None:
    path = published(tmp_path / "a.pth", classes=classes)
    assert HRNET.open(path, None, {}).labels == space_named(name)
    assert HRNET.open(path, space_named(name), {}).labels.name == name


def test_wrong_labels_are_refused(tmp_path: Path) -> None:
    path = published(tmp_path / "a.pth", classes=60)
    with pytest.raises(InvalidInput, match=r"answers 60 classes.*has 59; try pascal-context-background"):
        HRNET.open(path, label_spaces["pascal-context"], {})
    with pytest.raises(InvalidInput, match="answers 7 classes: give labels"):
        HRNET.open(published(tmp_path / "b.pth", classes=7), None, {})
    own = named_classes("own", list("abcdefg"))
    assert HRNET.open(tmp_path / "b.pth", own, {}).labels == own


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("last_layer.3.weight"), "no checkpoint of an HRNet"),
        (lambda state: state.pop("bn1.weight"), r"lacks 1 of \d+ weights, such as 'bn1.weight'"),
        (lambda state: state.update({"ocr.weight": torch.ones(1)}), "has unknown 1 of .*'ocr.weight'"),
        (lambda state: state.update({"conv1.weight": torch.ones(64, 4, 3, 3)}), "has other shapes for 1 of .*conv1"),
        (lambda state: state.update({"last_layer.3.weight": torch.ones(())}), "no checkpoint of an HRNet"),
        (lambda state: state["bn1.weight"].fill_(float("nan")), "no finite numbers, in 'bn1.weight'"),
    ],
)
def test_other_layouts_are_refused(tmp_path: Path, change, message: str) -> None:
    state = checkpoint()
    change(state)
    torch.save(state, tmp_path / "a.pth")
    with pytest.raises(InvalidInput, match=message):
        HRNET.open(tmp_path / "a.pth", None, {})


def test_nothing_can_be_fetched(tmp_path: Path) -> None:
    offer = Offer(name="w48", title="", labels="", megabytes=1, terms="", address="")
    with pytest.raises(InvalidInput, match="offers nothing to fetch"):
        HRNET.fetch(offer, tmp_path)


def test_only_spaces_without_background_can_get_one() -> None:
    assert space_named("cityscapes-background").classes[:2] == ("background", "road")
    for name in ("voc-background", "camvid-foreground", "x"):
        with pytest.raises(UnknownName, match=r"known: .*cityscapes"):
            space_named(name)
