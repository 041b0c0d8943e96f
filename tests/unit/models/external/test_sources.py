"""The registry of sources, their options, and that none of their packages is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.core import InvalidInput
from engine.core.errors import MissingPackage, UnknownName
from engine.inputs.labels import label_spaces
from engine.models.external import Option, _packages, sources
from engine.models.external._dense import DenseSegmenter, the_answer

FRESH = """
import sys
import engine
from engine.models.external import sources
from engine.models.external.config import read_config
assert [one.installed for one in sources.values()]
loaded = {"torchvision", "transformers", "huggingface_hub"} & set(sys.modules)
assert not loaded, loaded
"""


def test_every_source_is_there() -> None:
    assert set(sources) == {"torchvision", "segformer", "hrnet", "scripted"}
    for name, one in sources.items():
        assert one.name == name
        assert one.title
        assert (one.package is None) == (not one.install)
    with pytest.raises(UnknownName, match="unknown model source 'x'; known: hrnet, scripted, segformer, torchvision"):
        sources["x"]


def test_offers_tell_what_a_person_must_know() -> None:
    offers = [offer for one in sources.values() for offer in one.offers]
    assert len({offer.name for offer in offers}) == len(offers) == 6
    for offer in offers:
        assert offer.labels in label_spaces
        assert 10 < offer.megabytes < 200
        assert offer.terms.endswith(".")
        assert offer.title
        assert offer.address


def test_nothing_is_loaded_before_it_is_needed(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FRESH], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", ["a"], [1, None, ["a"]]),
        ("flag", [True, False], [1, "true"]),
        ("count", [1, 32], [0, True, 1.5, "8", 10**9]),
        ("triple", [[0, 0.5, 1]], [[1, 2], [1, 2, "3"], "abc", [1, 2, float("nan")], [True, 1, 1], 3]),
    ],
)
def test_options_are_checked(kind: str, good: list[object], bad: list[object]) -> None:
    option = Option(name="thing", kind=kind, help="")
    for value in good:
        assert option.checked(value) == (tuple(value) if isinstance(value, list) else value)
    for value in bad:
        with pytest.raises(InvalidInput, match="thing must be "):
            option.checked(value)


def test_options_may_be_limited() -> None:
    with pytest.raises(InvalidInput, match=r"std must be a list of three positive numbers, got \[1, 0, 1\]"):
        sources["scripted"].checked_options({"std": [1, 0, 1]})
    with pytest.raises(InvalidInput, match=r"variant must be one of lraspp_mobilenet_v3_large, .*got 'x'"):
        sources["torchvision"].checked_options({"variant": "x"})
    with pytest.raises(InvalidInput, match="source hrnet has no option 'variant'; it knows: align_corners"):
        sources["hrnet"].checked_options({"variant": "x"})
    with pytest.raises(InvalidInput, match="source segformer has no option 'x'; it knows: none"):
        sources["segformer"].checked_options({"x": 1})


def test_missing_and_broken_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingPackage, match="needs the package nowhere, which is not installed: pip install it"):
        _packages.imported("nowhere.inside", "pip install it")

    def broken(name: str) -> None:
        raise ImportError(f"{name} wants a newer something\nand more")

    monkeypatch.setattr(_packages.importlib, "import_module", broken)
    with pytest.raises(MissingPackage, match=r"is installed but cannot be imported \(half wants a newer something\)"):
        _packages.imported("half", "pip install it")


def test_padding_keeps_pixels_in_place() -> None:
    # A network that answers its input: what comes back must be the normalised input itself, whatever was padded.
    dense = DenseSegmenter(nn_identity(), pick=the_answer, mean=(0.5, 0.5, 0.5), std=(2.0, 2.0, 2.0), multiple_of=32)
    images = torch.rand(2, 3, 37, 50)
    torch.testing.assert_close(dense(images), (images - 0.5) / 2)
    small = DenseSegmenter(nn_identity(), pick=the_answer, mean=(0, 0, 0), std=(1, 1, 1), least=64)
    torch.testing.assert_close(small(images), images)


def nn_identity() -> torch.nn.Module:
    return torch.nn.Identity()
