"""SegFormer folders as transformers writes them, tiny and random."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.core import EngineError, IntegrityError, InvalidInput
from engine.core.errors import MissingPackage
from engine.inputs.labels import label_spaces
from engine.models.external import _packages, sources
from engine.models.external._spaces import named_classes
from engine.models.external._weights import sha256_of

SEGFORMER = sources["segformer"]
TINY = {
    "depths": [1, 1, 1, 1],
    "hidden_sizes": [8, 8, 16, 16],
    "num_attention_heads": [1, 1, 2, 2],
    "decoder_hidden_size": 16,
}


def folder(path: Path, **settings: Any) -> Path:
    transformers = _packages.imported("transformers", "")
    torch.manual_seed(0)
    config = transformers.SegformerConfig(**TINY | settings)
    transformers.SegformerForSemanticSegmentation(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("segformer") / "b-tiny", num_labels=19)


@pytest.fixture
def spoilt(streets: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the folder that a test may change."""

    def copy(file: str = "", content: bytes | Mapping[str, Any] | None = None) -> Path:
        for known in streets.iterdir():
            (tmp_path / known.name).write_bytes(known.read_bytes())
        if isinstance(content, Mapping):
            changed = json.loads((tmp_path / file).read_text()) if (tmp_path / file).exists() else {}
            content = json.dumps(changed | content).encode()
        if file and content is None:
            (tmp_path / file).unlink()
        elif content is not None:
            (tmp_path / file).write_bytes(content)
        return tmp_path

    return copy


def test_end_to_end(streets: Path, certify, sound) -> None:
    opened = SEGFORMER.open(streets, None, {})
    assert opened.labels == label_spaces["cityscapes"]
    assert opened.sha256 == sha256_of(streets)
    sound(opened)
    certify(opened)


def test_the_network_is_transformers_own(streets: Path) -> None:
    # Expected: transformers' own loading of that folder, on pixels normalised with ImageNet's mean and std.
    transformers = _packages.imported("transformers", "")
    expected = transformers.SegformerForSemanticSegmentation.from_pretrained(streets, local_files_only=True).eval()
    images = torch.rand(2, 3, 64, 96)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    logits = expected((images - mean[:, None, None]) / std[:, None, None]).logits
    logits = torch.nn.functional.interpolate(logits, size=(64, 96), mode="bilinear", align_corners=False)
    torch.testing.assert_close(SEGFORMER.open(streets, None, {}).network(images), logits)


def test_files_keep_the_published_names(streets: Path) -> None:
    # As in the checkpoints that NVIDIA published in 2021: this is the layout that opening must understand.
    keys = set(load_file(streets / "model.safetensors"))
    assert {
        "segformer.encoder.patch_embeddings.0.proj.weight",
        "segformer.encoder.block.0.0.attention.self.query.weight",
        "segformer.encoder.block.0.0.mlp.dwconv.dwconv.weight",
        "decode_head.linear_c.0.proj.weight",
        "decode_head.batch_norm.running_mean",
        "decode_head.classifier.weight",
    } <= keys


def test_pickled_weights(spoilt: Callable[..., Path], streets: Path) -> None:
    state = load_file(streets / "model.safetensors")
    path = spoilt("model.safetensors")
    torch.save(state, path / "pytorch_model.bin")
    images = torch.rand(1, 3, 32, 32)
    found, expected = (SEGFORMER.open(one, None, {}).network(images) for one in (path, streets))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("settings", "scale", "mean", "std"),
    [
        ({"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.1]}, 1.0, (0.5, 0.4, 0.3), (0.2, 0.2, 0.1)),
        ({"do_normalize": False}, 1.0, (0.0,) * 3, (1.0,) * 3),
        ({"do_rescale": False, "image_mean": [100, 100, 100], "image_std": [50, 50, 50]}, 255.0, (100,) * 3, (50,) * 3),
        ({"rescale_factor": 2 / 255, "image_mean": [1, 1, 1], "image_std": [1, 1, 1]}, 2.0, (1.0,) * 3, (1.0,) * 3),
    ],
)
def test_normalisation_is_the_folders(spoilt, settings, scale: float, mean, std) -> None:
    # Expected: (scale * pixel - mean) / std, as transformers' image processor computes it from bytes.
    network = SEGFORMER.open(spoilt("preprocessor_config.json", settings), None, {}).network
    images = torch.rand(1, 3, 4, 4)
    expected = (scale * images - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    torch.testing.assert_close((images - network.mean) / network.std, expected)


def test_labels_go_by_the_number_of_classes(tmp_path: Path) -> None:
    ade = folder(tmp_path / "ade", num_labels=150)
    assert SEGFORMER.open(ade, None, {}).labels == label_spaces["ade20k"]
    with pytest.raises(InvalidInput, match="ade answers 150 classes, but labels cityscapes has 19"):
        SEGFORMER.open(ade, label_spaces["cityscapes"], {})
    named = folder(tmp_path / "mine", id2label={0: "sky", 1: "road", 2: "rest"})
    assert SEGFORMER.open(named, None, {}).labels.classes == ("sky", "road", "rest")
    labels = named_classes("own", ("a", "b", "c"))
    assert SEGFORMER.open(named, labels, {}).labels == labels
    with pytest.raises(InvalidInput, match="answers 4 classes: give labels"):
        SEGFORMER.open(folder(tmp_path / "numbered", num_labels=4), None, {})


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", None, r"config\.json cannot be read"),
        ("config.json", b"{", r"config\.json is no JSON"),
        ("config.json", b"[1]", "must hold settings by name"),
        ("config.json", {"model_type": "bert"}, "must hold a segformer, its config.json says 'bert'"),
        ("config.json", {"hidden_sizes": [8, 8, 16, 32]}, "does not fit config.json: mismatched keys"),
        ("config.json", {"depths": [2, 1, 1, 1]}, "does not fit config.json: missing keys, such as"),
        ("config.json", {"depths": "many"}, "cannot be built from its config.json"),
        ("config.json", {"hidden_sizes": [-8, 8, 16, 16]}, "cannot be built from its config.json"),
        ("config.json", {"hidden_act": "rm"}, "cannot be built from its config.json"),
        ("model.safetensors", None, "holds neither model.safetensors nor pytorch_model.bin"),
        ("model.safetensors", b"hello", "damaged or no safetensors file"),
        ("preprocessor_config.json", {"image_std": [0, 1, 1]}, "image_std must be a list of three positive numbers"),
        ("preprocessor_config.json", {"rescale_factor": "all"}, r"rescale_factor .* must lie in \(0, 1\], got 'all'"),
    ],
)
def test_bad_folders_are_refused(spoilt: Callable[..., Path], file: str, content: Any, message: str) -> None:
    path = spoilt(file, content)
    with pytest.raises(EngineError, match=message) as caught:
        SEGFORMER.open(path, None, {})
    assert isinstance(caught.value, InvalidInput | IntegrityError)
    assert "\n" not in str(caught.value)


def test_unknown_weights_are_refused(spoilt: Callable[..., Path], streets: Path) -> None:
    path = spoilt()
    save_file(load_file(streets / "model.safetensors") | {"extra": torch.ones(1)}, path / "model.safetensors")
    with pytest.raises(InvalidInput, match=r"does not fit config.json: unexpected keys, such as extra"):
        SEGFORMER.open(path, None, {})


def test_code_in_weights_is_not_run(spoilt: Callable[..., Path], running_code) -> None:
    path = spoilt("model.safetensors")
    torch.save({"a": running_code}, path / "pytorch_model.bin")
    with pytest.raises(IntegrityError, match="holds more than tensors"):
        SEGFORMER.open(path, None, {})


def test_a_file_is_no_folder(streets: Path) -> None:
    with pytest.raises(InvalidInput, match=r"must be a folder with config.json"):
        SEGFORMER.open(streets / "config.json", None, {})


def test_without_transformers(streets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("transformers", "transformers.models", "transformers.models.segformer"):
        monkeypatch.setitem(sys.modules, module, None)
    assert not SEGFORMER.installed
    with pytest.raises(MissingPackage, match=r"needs the package transformers, .*: pip install transformers"):
        SEGFORMER.open(streets, None, {})


def test_opening_says_nothing(streets: Path, spoilt: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    SEGFORMER.open(streets, None, {})
    with pytest.raises(InvalidInput):
        SEGFORMER.open(spoilt("config.json", {"depths": [2, 1, 1, 1]}), None, {})
    assert capfd.readouterr() == ("", "")
