"""Models and denoisers of `models.toml`, from the file to a certificate that verifies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.certification import Settings, base_prediction, certify, verify
from engine.core import Compute, IntegrityError, InvalidInput, InvalidSetting, UnknownName
from engine.evaluation import denoise_once
from engine.inputs import Image
from engine.models import available, configuration_problem, load_model, model_info, wrapper_choices
from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec
from engine.models.external import sha256_of
from engine.models.external.config import read_config, read_denoisers
from tests.material.tiny_models import forget_models

GUIDED = GuidedUNetSpec(model_channels=32, channel_mult=(1, 2), num_res_blocks=1, attention_factors=(2,))
SETTINGS = Settings(n0=2, n=6, size=64, alpha=0.1, tau=0.6)


class Segmenter(nn.Module):
    """Three classes by which channel is brightest."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return 4.0 * images


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a TorchScript segmenter and a guided-diffusion checkpoint of the published layout."""
    torch.jit.script(Segmenter()).save(str(tmp_path / "own.pt"))
    torch.manual_seed(0)
    torch.save(GuidedUNet(GUIDED).state_dict(), tmp_path / "guided.pt")
    (tmp_path / "models.toml").write_text(
        '[[model]]\nname = "own"\nsource = "scripted"\npath = "own.pt"\nlabels = ["red", "green", "blue"]\n'
        f'[[denoiser]]\nname = "guided"\npath = "guided.pt"\nsha256 = "{sha256_of(tmp_path / "guided.pt")}"\n'
    )
    monkeypatch.chdir(tmp_path)
    forget_models()
    yield tmp_path
    forget_models()


def test_a_configured_model_certifies_and_verifies(home: Path, compute: Compute, street_image: Image) -> None:
    assert [info.name for info in available()][-1] == "own"
    model = load_model("own", compute)
    assert model.info.labels.classes == ("red", "green", "blue")
    made = certify(model, street_image, SETTINGS)
    assert made.provenance.weights_sha256 == model_info("own").weights_sha256
    assert verify(made, subject=street_image).passed
    (home / "own.pt").write_bytes((home / "own.pt").read_bytes() + b"\0")
    assert not verify(made, subject=street_image).passed


@pytest.mark.parametrize("how", ["single:guided", "multi:2:guided"])
def test_a_configured_denoiser_stands_before_any_model(
    home: Path, compute: Compute, street_image: Image, how: str
) -> None:
    _ = home
    for segmenter in ("own", "street-clean"):
        model = load_model(f"{segmenter}+{how}", compute)
        made = certify(model, street_image, SETTINGS)
        assert made.provenance.model == f"{segmenter}+{how}"
        assert made.provenance.weights_sha256 == model_info(f"{segmenter}+{how}").weights_sha256
        assert made.provenance.weights_sha256 != model_info(segmenter).weights_sha256
        assert verify(made, subject=street_image).passed


def test_a_configured_denoiser_is_offered_beside_those_that_ship(home: Path) -> None:
    offered = [part.name for part in wrapper_choices()]
    assert "single:guided" in offered
    (home / "guided.pt").write_bytes(b"not looked at for a menu")
    assert [part.name for part in wrapper_choices()] == offered
    assert [part.name for part in wrapper_choices("cloud")] == ["voted"]


def test_a_changed_denoiser_is_refused(home: Path, compute: Compute) -> None:
    torch.save(GuidedUNet(GUIDED).state_dict(), home / "guided.pt")
    with pytest.raises(IntegrityError, match=r"guided\.pt of guided has sha256 .* restore it"):
        load_model("own+single:guided", compute)


def test_names_that_nobody_gave_list_those_there_are(home: Path, compute: Compute) -> None:
    _ = home
    with pytest.raises(UnknownName, match=r"unknown denoiser 'nope'; known: .*guided"):
        load_model("own+single:nope", compute)
    with pytest.raises(UnknownName, match=r"unknown model 'nope'; known: .*own"):
        model_info("nope")
    with pytest.raises(InvalidSetting, match="one scale part and one denoiser at most"):
        model_info("own+single:guided+single:guided")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[model]\n", "models.toml is no TOML"),
        ('[[model]]\nname = "own"\nsource = "scripted"\npath = "gone.pt"\nlabels = "voc"\n', "names no file"),
        ('[[model]]\nname = "street-clean"\nsource = "scripted"\npath = "own.pt"\nlabels = "voc"\n', "ships with"),
        ('[[denoiser]]\nname = "denoise-street"\npath = "guided.pt"\n', "ships with"),
    ],
)
def test_a_broken_configuration_is_said_and_spoils_nothing_else(
    home: Path, compute: Compute, text: str, words: str
) -> None:
    (home / "models.toml").write_text(text)
    assert words in configuration_problem()
    assert "own" not in [info.name for info in available()]
    assert load_model("street-clean", compute).info.name == "street-clean"
    assert wrapper_choices()


def test_what_the_configuration_says_is_part_of_the_model(home: Path, compute: Compute, street_image: Image) -> None:
    first = load_model("own", compute)
    config = home / "models.toml"
    config.write_text(config.read_text().replace('labels = ["red"', 'mean = [0.9, 0.0, 0.0]\nlabels = ["red"'))
    second = load_model("own", compute)
    assert first.info.weights_sha256 != second.info.weights_sha256
    assert not np.array_equal(base_prediction(first, street_image), base_prediction(second, street_image))


def test_drawing_again_does_not_run_a_strangers_code(home: Path, compute: Compute, street_image: Image) -> None:
    _ = home
    made = certify(load_model("own", compute), street_image, SETTINGS)
    with pytest.raises(InvalidSetting, match="would run the code in the file of own; say that you trust it"):
        verify(made, subject=street_image, resample=True)
    assert verify(made, subject=street_image, resample=True, trust_models=True).checks


def test_a_denoiser_that_is_replaced_is_not_kept(home: Path, compute: Compute, street_image: Image) -> None:
    # As in a running server: no cache is cleared in between.
    (home / "models.toml").write_text('[[denoiser]]\nname = "guided"\npath = "guided.pt"\n')
    shown, hashes = [], []
    for seed in (0, 1):
        torch.manual_seed(seed)
        torch.save(GuidedUNet(GUIDED).state_dict(), home / "guided.pt")
        model = load_model("street-clean+single:guided", compute)
        hashes.append(model.info.weights_sha256)
        shown.append(denoise_once(model, street_image, Settings(sigma=0.5, size=64)).clean)
    assert hashes[0] != hashes[1]
    assert not np.array_equal(*shown)


class Coupled(nn.Module):
    """Normalises by the batch, as a network exported in training mode does."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images - images.mean(dim=0, keepdim=True)


def test_a_network_that_mixes_its_batch_is_refused(home: Path, compute: Compute) -> None:
    torch.jit.script(Coupled()).save(str(home / "own.pt"))
    with pytest.raises(InvalidInput, match="own answers differently for an input when others are beside it"):
        load_model("own", compute)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[denoiser]]\nname = "a"\n', "denoiser 1: it lacks path"),
        ('[[denoiser]]\nname = "A"\npath = "own.pt"\n', "denoiser 1: name must be"),
        ('[[denoiser]]\nname = "a"\npath = "none.pt"\n', "names no file or folder"),
        ('[[denoiser]]\nname = "a"\npath = "own.pt"\nlabels = "camvid"\n', "a denoiser has no key 'labels'"),
        ('[[denoiser]]\nname = "a"\npath = "own.pt"\n' * 2, "gives the name a to 2 denoisers"),
        ("denoiser = 3\n", r"must hold denoisers as \[\[denoiser\]\] entries"),
    ],
)
def test_a_denoisers_entry_is_refused_in_one_sentence(home: Path, text: str, message: str) -> None:
    (home / "models.toml").write_text(text)
    with pytest.raises(InvalidInput, match=message):
        read_denoisers(home / "models.toml")


def test_models_and_denoisers_stand_in_one_file(home: Path) -> None:
    assert [row.name for row in read_config(home / "models.toml")] == ["own"]
    assert [row.name for row in read_denoisers(home / "models.toml")] == ["guided"]
