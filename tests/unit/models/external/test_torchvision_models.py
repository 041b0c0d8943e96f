"""torchvision's networks with random weights in the layout of its published files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core import Cancelled, IntegrityError, InvalidInput
from engine.core.errors import MissingPackage, UnknownName
from engine.inputs.labels import label_spaces
from engine.models.external import Offer, _packages, sources, torchvision_models
from engine.models.external._spaces import named_classes

TORCHVISION = sources["torchvision"]
LRASPP = "lraspp_mobilenet_v3_large"


def builders():
    return _packages.imported("torchvision.models.segmentation", "")


def network(name: str, classes: int = 21, **settings: object) -> torch.nn.Module:
    torch.manual_seed(0)
    return getattr(builders(), name)(weights=None, weights_backbone=None, num_classes=classes, **settings)


@pytest.fixture(scope="module")
def lraspp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights under the name that torchvision publishes its own by."""
    path = tmp_path_factory.mktemp("weights") / f"{LRASPP}-d234d4ea.pth"
    torch.save(network(LRASPP).state_dict(), path)
    return path


def test_end_to_end(lraspp: Path, certify, sound) -> None:
    opened = TORCHVISION.open(lraspp, None, {})
    assert opened.labels == label_spaces["voc"]
    sound(opened)
    certify(opened)


def test_the_network_is_torchvisions(lraspp: Path) -> None:
    # Expected: torchvision's own network on pixels normalised as its own transform does.
    expected = network(LRASPP).eval()
    normalise = builders().LRASPP_MobileNet_V3_Large_Weights.DEFAULT.transforms()
    images = torch.rand(2, 3, 40, 56)
    mean, std = (torch.tensor(value)[:, None, None] for value in (normalise.mean, normalise.std))
    found = TORCHVISION.open(lraspp, None, {}).network(images)
    torch.testing.assert_close(found, expected((images - mean) / std)["out"])


@pytest.mark.parametrize("name", [offer.name for offer in TORCHVISION.offers if "resnet" not in offer.name])
def test_auxiliary_heads_of_published_files_are_passed_over(tmp_path: Path, name: str, sound) -> None:
    extra = {} if name == LRASPP else {"aux_loss": True}
    save_file(network(name, **extra).state_dict(), tmp_path / "weights.safetensors")
    sound(TORCHVISION.open(tmp_path / "weights.safetensors", None, {"variant": name}))


@pytest.mark.parametrize("name", [offer.name for offer in TORCHVISION.offers])
def test_every_variant_can_be_built(name: str) -> None:
    variant = torchvision_models._VARIANTS[name]
    with torch.device("meta"):
        state = network(name, classes=5, aux_loss=None).state_dict()
    assert state[variant.classifier].shape[0] == 5
    published = builders().__dict__[variant.weights].DEFAULT
    assert published.url.rpartition("/")[2].startswith(name)
    assert published.meta["_file_size"] == pytest.approx(variant.megabytes, abs=0.1)
    assert tuple(published.meta["categories"][1:]) == label_spaces["voc"].classes[1:]
    assert len(torchvision_models._hash_in(published.url)) == 8


def test_other_class_counts_need_labels(tmp_path: Path) -> None:
    torch.save(network(LRASPP, classes=3).state_dict(), tmp_path / f"{LRASPP}.pth")
    with pytest.raises(InvalidInput, match="answers 3 classes: give labels"):
        TORCHVISION.open(tmp_path / f"{LRASPP}.pth", None, {})
    labels = named_classes("own", ("sky", "ground", "rest"))
    assert TORCHVISION.open(tmp_path / f"{LRASPP}.pth", labels, {}).labels == labels


def test_wrong_files_are_refused(tmp_path: Path, lraspp: Path) -> None:
    with pytest.raises(InvalidInput, match="is no checkpoint of FCN, ResNet-50: it lacks"):
        TORCHVISION.open(lraspp, None, {"variant": "fcn_resnet50"})
    torch.save({"weight": torch.ones(1)}, tmp_path / "x.pth")
    with pytest.raises(InvalidInput, match=r"does not begin with one of lraspp_mobilenet_v3_large, .*option variant"):
        TORCHVISION.open(tmp_path / "x.pth", None, {})
    with pytest.raises(InvalidInput, match="is no checkpoint of LR-ASPP"):
        TORCHVISION.open(tmp_path / "x.pth", None, {"variant": LRASPP})


def test_without_torchvision(lraspp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builders()
    for module in ("torchvision", "torchvision.models", "torchvision.models.segmentation"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    assert not TORCHVISION.installed
    for call in (
        lambda: TORCHVISION.open(lraspp, None, {}),
        lambda: TORCHVISION.fetch(TORCHVISION.offers[0], tmp_path),
    ):
        with pytest.raises(MissingPackage, match=r"needs the package torchvision.*: pip install torchvision"):
            call()


def test_fetching_what_is_published(lraspp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(lraspp.read_bytes()).hexdigest()
    there = tmp_path / f"{LRASPP}-{digest[:8]}.pth"
    there.write_bytes(lraspp.read_bytes())
    monkeypatch.setattr(torchvision_models, "_published", lambda *_: there.as_uri())
    told: list[tuple[int, int]] = []
    folder = tmp_path / "models"
    fetched = TORCHVISION.fetch(TORCHVISION.offers[0], folder, lambda *at: told.append(at))
    assert fetched == folder / there.name
    assert told[-1] == (there.stat().st_size,) * 2
    assert len(told) > 1
    assert TORCHVISION.open(fetched, None, {}).sha256 == digest

    told.clear()
    assert TORCHVISION.fetch(TORCHVISION.offers[0], folder, lambda *at: told.append(at)) == fetched
    assert not told  # it is there already


def test_nothing_half_stays(lraspp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_models, "_published", lambda *_: lraspp.as_uri())  # named for another hash
    with pytest.raises(IntegrityError, match="expected d234d4ea"):
        TORCHVISION.fetch(TORCHVISION.offers[0], tmp_path / "models")
    with pytest.raises(Cancelled):
        TORCHVISION.fetch(TORCHVISION.offers[0], tmp_path / "models", cancelled=lambda: True)
    assert not list((tmp_path / "models").iterdir())


def test_offers_of_others_are_refused(tmp_path: Path) -> None:
    offer = Offer(name="x", title="", labels="voc", megabytes=1, terms="", address="")
    with pytest.raises(UnknownName, match="unknown offer 'x'; known: deeplabv3"):
        TORCHVISION.fetch(offer, tmp_path)
