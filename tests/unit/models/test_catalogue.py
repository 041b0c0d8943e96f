"""Names of models with wrappers around them, their hashes, and certificates made with them.

All denoisers here are tiny and random, published into a copy of the assets: what is tested depends on no training.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch

from engine.certification import Certificate, Settings, certify, verify
from engine.core import Compute, EngineError, IntegrityError, InvalidSetting
from engine.inputs import Image
from engine.models import catalogue, full_name, load_model, model_info, wrapper_choices, zoo
from engine.models.catalogue import check_weights
from engine.models.wrappers import DenoisedAt, wrappers
from tests.material.tiny_models import publish_denoiser

BASE = "street-noise25"
NAMED = {"multi": "multi:2", "scale": "scale:0.5"}  # with an argument where it needs one, or takes long without
OF_IMAGES = {name for name, entry in wrappers.items() if entry.kind == "image"}
EVERY = [f"{BASE}+{NAMED.get(name, name)}" for name in sorted(OF_IMAGES)]
SETTINGS = Settings(sigma=0.05, tau=0.6, n0=2, n=8, alpha=0.4, seed=1, size=64)


def test_the_wrappers_that_there_are() -> None:
    assert {"single", "multi", "dncnn", "scale", "multiscale"} == OF_IMAGES
    assert set(wrappers) - OF_IMAGES == {"voted"}
    assert {name for name, entry in wrappers.items() if entry.denoises} == {"single", "multi", "dncnn"}
    for name, entry in wrappers.items():
        assert entry.name == name
        assert entry.title.strip()
        assert entry.about.endswith(".")


def test_a_full_name_is_its_parts() -> None:
    assert full_name("a") == full_name("a", "", "") == "a"
    assert full_name("a", "scale:0.5", "", "single") == "a+scale:0.5+single"


@pytest.mark.usefixtures("tiny_denoisers")
@pytest.mark.parametrize("name", EVERY)
def test_every_wrapper_certifies_and_verifies(name: str, compute: Compute, street_image: Image) -> None:
    model = load_model(name, compute)
    assert model.info == model_info(name)
    made = certify(model, street_image, SETTINGS)
    assert made.hits.shape == (48, 64)
    assert made.provenance.model == name
    assert made.provenance.weights_sha256 == model_info(name).weights_sha256
    assert verify(made, subject=street_image, resample=True).passed
    assert isinstance(model.for_noise(0.05).network, DenoisedAt) == model.info.denoised
    assert not any(module.training for module in load_model(BASE, compute).network.modules())
    assert not any(parameter.requires_grad for parameter in model.network.parameters())


@pytest.mark.usefixtures("tiny_denoisers")
def test_models_share_a_denoiser_and_are_cached(compute: Compute) -> None:
    one, other = load_model(f"{BASE}+single", compute), load_model(f"{BASE}+scale:0.5+single", compute)
    assert one.network.denoise is other.network.denoise  # what lets a sweep denoise once for both
    assert one is load_model(f"{BASE}+single", compute)
    assert one.network.segmenter is load_model(BASE, compute).network


@pytest.mark.usefixtures("tiny_denoisers")
def test_what_is_known_of_a_wrapped_model() -> None:
    base, info = model_info(BASE), model_info(f"{BASE}+scale:0.5+multi:2")
    assert (info.name, info.denoised, base.denoised) == (f"{BASE}+scale:0.5+multi:2", True, False)
    assert info.title == f"{base.title}, another scale (0.5), multi-step denoising (2)"
    assert (info.labels, info.trained_sigma, info.card) == (base.labels, base.trained_sigma, base.card)
    assert not model_info(f"{BASE}+multiscale").denoised


def test_hashes_tell_all_that_decides_what_is_computed(tiny_denoisers: Path) -> None:
    # The joint hash is the sha256 of all identities joined by "+": the base's digest, then each part's words.
    def digest(name: str) -> str:
        return hashlib.sha256((tiny_denoisers / f"{name}.safetensors").read_bytes()).hexdigest()

    def joint(*words: str) -> str:
        return hashlib.sha256("+".join([digest(BASE), *words]).encode()).hexdigest()

    single = ("single", "denoise-street", digest("denoise-street"))
    expected = {
        "single": joint(*single),
        "single:denoise-street": joint(*single),
        "multi": joint("multi", "8", "denoise-street", digest("denoise-street")),
        "multi:8": joint("multi", "8", "denoise-street", digest("denoise-street")),
        "multi:9": joint("multi", "9", "denoise-street", digest("denoise-street")),
        "dncnn": joint("dncnn", "dncnn-mse", digest("dncnn-mse")),
        "scale:0.5": joint("scale", "0.5"),
        "multiscale": joint("multiscale", "0.25", "0.5", "0.75", "1", "1.5", "2", "mirrored"),
        "scale:0.5+single": joint("scale", "0.5", *single),
    }
    assert {word: model_info(f"{BASE}+{word}").weights_sha256 for word in expected} == expected
    publish_denoiser(tiny_denoisers, "denoise-street", seed=9)
    assert model_info(f"{BASE}+single").weights_sha256 != expected["single"]
    assert model_info(f"{BASE}+dncnn").weights_sha256 == expected["dncnn"]


def test_denoisers_of_another_kind_are_refused(tiny_denoisers: Path) -> None:
    _ = tiny_denoisers
    with pytest.raises(InvalidSetting, match="dncnn-mse is a direct denoiser, and a diffusion one is needed here"):
        model_info(f"{BASE}+single:dncnn-mse")


def test_costs_multiply(tiny_denoisers: Path) -> None:
    _ = tiny_denoisers
    assert catalogue.model_cost(BASE) == 1.0
    assert catalogue.model_cost(f"{BASE}+single") < catalogue.model_cost(f"{BASE}+multiscale+single")
    steps = [catalogue.model_cost(f"{BASE}+multi:{count}") for count in (2, 8, 25)]
    assert steps == pytest.approx([13.2, 49.8, 153.5])  # the more evaluations, the more work


KNOWN_WRAPPERS = "known: dncnn, multi, multiscale, scale, single, voted"


@pytest.mark.usefixtures("tiny_denoisers")
@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("+blur", f"unknown wrapper 'blur'; {KNOWN_WRAPPERS}"),
        ("+", f"unknown wrapper ''; {KNOWN_WRAPPERS}"),
        ("+Single", f"unknown wrapper 'Single'; {KNOWN_WRAPPERS}"),
        ("+scale", "scale takes a number from 0.1 to 4, as in scale:0.5, got ''"),
        ("+scale:big", "scale takes a number from 0.1 to 4, as in scale:0.5, got 'big'"),
        ("+scale:0", "scale takes a number from 0.1 to 4, as in scale:0.5, got '0'"),
        ("+scale:5", "scale takes a number from 0.1 to 4, as in scale:0.5, got '5'"),
        ("+scale:nan", "scale takes a number from 0.1 to 4, as in scale:0.5, got 'nan'"),
        ("+multiscale:2", "multiscale takes no argument, got '2'; for one scale use scale:0.5"),
        ("+multi:0", "multi takes how many evaluations, 1 to 1000, as in multi:25, got '0'"),
        ("+multi:1001", "multi takes how many evaluations, 1 to 1000, as in multi:25, got '1001'"),
        ("+multi:-3", "multi takes how many evaluations, 1 to 1000, as in multi:25, got '-3'"),
        ("+multi:²", "multi takes how many evaluations, 1 to 1000, as in multi:25, got '²'"),
        ("+multi:2:nobody", "unknown denoiser 'nobody'; known: "),
        ("+single:nobody", "unknown denoiser 'nobody'; known: "),
        (f"+single:{BASE}", f"unknown denoiser '{BASE}'; known: "),
        ("+dncnn:l1", "dncnn takes the loss it was trained with, mse or stability, got 'l1'"),
        ("+single+dncnn", "a name takes one scale part and one denoiser at most, the denoiser last, got "),
        ("+single+single", "a name takes one scale part and one denoiser at most, the denoiser last, got "),
        ("+single+scale:0.5", "a name takes one scale part and one denoiser at most, the denoiser last, got "),
        ("+scale:2+multiscale", "a name takes one scale part and one denoiser at most, the denoiser last, got "),
        ("+dncnn+multiscale", "a name takes one scale part and one denoiser at most, the denoiser last, got "),
    ],
)
def test_names_that_cannot_be(rest: str, words: str, compute: Compute) -> None:
    for call in (model_info, lambda name: load_model(name, compute), check_weights):
        with pytest.raises(EngineError) as caught:
            call(BASE + rest)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 240


@pytest.mark.usefixtures("tiny_denoisers")
def test_an_unknown_model_is_named_as_such() -> None:
    with pytest.raises(EngineError, match=f"unknown model 'resnet'; known: .*{BASE}"):
        model_info("resnet+single")


@pytest.mark.usefixtures("tiny_denoisers")
def test_every_part_that_is_offered_can_be_loaded(compute: Compute) -> None:
    offered = wrapper_choices()
    assert {part.name.partition(":")[0] for part in offered} == OF_IMAGES
    assert [part.name for part in wrapper_choices("cloud")] == ["voted"]
    denoises = [part.denoises for part in offered]
    assert denoises == sorted(denoises, reverse=True)  # denoisers first
    for part in offered:
        info = load_model(full_name(BASE, part.name), compute).info
        assert info.denoised == part.denoises
        assert info.title.endswith(f", {part.title}")


def test_denoisers_that_do_not_ship_are_neither_offered_nor_known(copied_assets: Path) -> None:
    manifest = copied_assets / "manifest.json"
    rows = json.loads(manifest.read_text())["models"]
    manifest.write_text(json.dumps({"models": [row for row in rows if row["role"] == zoo.SEGMENTER]}))
    assert {part.name.partition(":")[0] for part in wrapper_choices()} == {"scale", "multiscale"}
    for word in ("single", "multi:2", "dncnn", "dncnn:stability"):
        with pytest.raises(EngineError, match=r"unknown denoiser '[a-z-]+'"):
            model_info(f"{BASE}+{word}")


def test_a_changed_denoiser_is_refused(tiny_denoisers: Path, compute: Compute) -> None:
    file = tiny_denoisers / "denoise-street.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    for call in (check_weights, lambda name: load_model(name, compute)):
        with pytest.raises(IntegrityError, match="weights of denoise-street have sha256"):
            call(f"{BASE}+single")
    check_weights(BASE)
    check_weights(f"{BASE}+dncnn")
    load_model(f"{BASE}+dncnn", compute)


def weights_check(certificate: Certificate) -> tuple[bool, str]:
    (check,) = [check for check in verify(certificate).checks if check.name == "weights"]
    return check.passed, check.detail


def test_a_certificate_stands_or_falls_with_its_denoiser(
    tiny_denoisers: Path, compute: Compute, street_image: Image, tmp_path: Path
) -> None:
    name = f"{BASE}+single"
    certify(load_model(name, compute), street_image, SETTINGS).save(tmp_path / "made.npz")
    made = Certificate.load(tmp_path / "made.npz")
    assert made.provenance.model == name
    assert weights_check(made) == (True, f"the weights of {name} are the ones recorded")
    publish_denoiser(tiny_denoisers, "denoise-street", seed=9)
    passed, detail = weights_check(made)
    assert not passed
    assert f"made with other weights of {name}" in detail
    publish_denoiser(tiny_denoisers, "denoise-street")
    assert weights_check(made)[0]
    (tiny_denoisers / "denoise-street.safetensors").write_bytes(b"something else")
    passed, detail = weights_check(made)
    assert not passed
    assert "weights of denoise-street have sha256" in detail


@pytest.mark.usefixtures("tiny_denoisers")
def test_noise_beyond_the_diffusion_is_refused(compute: Compute) -> None:
    # The process goes to sigma 78.7; settings allow up to 10, so only other callers meet this.
    model = load_model(f"{BASE}+single", compute)
    with pytest.raises(InvalidSetting, match="the diffusion model's last step"):
        model.for_noise(100.0).predict(torch.zeros(1, 32, 32, 3))
