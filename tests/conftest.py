"""Shared fixtures: exact arithmetic on the CPU, small pictures, a coin model of known probability, the street model.

Browser fixtures live in tests/browser/conftest.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from engine.certification import Certificate, Settings, certify
from engine.core import Compute
from engine.export import png
from engine.inputs import Image, decode_image
from engine.models import BaseModel, load_model, zoo
from tests.material.pictures import coin_certificate, street_scene
from tests.material.tiny_models import DENOISERS, forget_models, publish_denoiser
from tests.material.tiny_zoo import build_tiny_zoo

ROOT = Path(__file__).resolve().parents[1]

# How many examples a property is tried on: pytest --hypothesis-profile NAME. The same ones every time, but for
# `thorough`, which looks for new ones.
for _profile, _examples, _same in (("default", 300, True), ("quick", 40, True), ("thorough", 5000, False)):
    hypothesis.settings.register_profile(_profile, max_examples=_examples, deadline=None, derandomize=_same)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("default"), print_blob=True)
hypothesis.settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the browser first: one worker has them and keeps its server, the other goes through the rest."""
    items.sort(key=lambda item: "browser" not in item.path.parts)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; tests that want it are skipped where it is not."""
    folder = ROOT.parent / "shared" / "data"
    if not (folder / "camvid" / "val" / "images").is_dir():
        pytest.skip("no ../shared/data/camvid beside the checkout: this test needs real CamVid images")
    return folder


@pytest.fixture(scope="session")
def compute() -> Compute:
    """float32 on the CPU: the same everywhere."""
    return Compute(device=torch.device("cpu"), precision="fp32")


@pytest.fixture(scope="session")
def street(compute: Compute) -> BaseModel:
    """The model that ships. Its weights are replaced now and then: no test may depend on what it answers."""
    return load_model("street-noise25", compute)


@pytest.fixture(scope="session")
def street_png() -> bytes:
    """A 64x48 picture of sky, houses and road, as PNG."""
    return png(street_scene(64, 48))


@pytest.fixture(scope="session")
def street_image(street_png: bytes) -> Image:
    return decode_image(street_png, size=64)


@pytest.fixture(scope="session")
def street_settings() -> Settings:
    """So little noise that any network keeps most of its answers: most pixels are certified whatever the weights."""
    return Settings(sigma=0.02, tau=0.6, n0=5, n=40, alpha=0.1, seed=3, size=64)


@pytest.fixture(scope="session")
def street_certificate(street: BaseModel, street_image: Image, street_settings: Settings) -> Certificate:
    return certify(street, street_image, street_settings)


@pytest.fixture(scope="session")
def coin_cert(compute: Compute) -> Certificate:
    """A certificate of a coin model on 24x16 pixels: the left half is certified, the right half is not."""
    return coin_certificate(compute)


@pytest.fixture
def fresh_zoo() -> Iterator[None]:
    """Forget the manifest and the loaded models before and after: for tests that point the zoo elsewhere."""
    forget_models()
    yield
    forget_models()


@pytest.fixture(scope="session")
def tiny_zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models like the real one, all of them tiny; not to be changed."""
    folder = tmp_path_factory.mktemp("zoo") / "models"
    build_tiny_zoo(folder)
    return folder


@pytest.fixture
def copied_assets(tiny_zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_zoo: None) -> Path:  # noqa: ARG001
    """A models' folder that tests may spoil, in place of the real one: all names of it, with tiny networks."""
    shutil.copytree(tiny_zoo, tmp_path / "models")
    monkeypatch.setattr(zoo, "FOLDER", tmp_path / "models")
    return tmp_path / "models"


@pytest.fixture
def tiny_denoisers(copied_assets: Path) -> Path:
    """The copied assets with tiny random networks under the names of all three denoisers."""
    for name in DENOISERS:
        publish_denoiser(copied_assets, name)
    return copied_assets


@pytest.fixture
def camvid_root(tmp_path: Path) -> Path:
    """A CamVid tree of two 64x48 images under split `val`, labels 0..11 with 11 for void."""
    rng = np.random.default_rng(5)
    for folder in ("images", "labels"):
        (tmp_path / "camvid" / "val" / folder).mkdir(parents=True)
    for name in ("a_001", "b_002"):
        labels = np.repeat(np.repeat(rng.integers(0, 12, (6, 8)), 8, axis=0), 8, axis=1).astype(np.uint8)
        Pillow.fromarray(street_scene(64, 48)).save(tmp_path / "camvid" / "val" / "images" / f"{name}.jpg")
        Pillow.fromarray(labels).save(tmp_path / "camvid" / "val" / "labels" / f"{name}.png")
    return tmp_path / "camvid"
