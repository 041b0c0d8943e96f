"""A user's own network as TorchScript or as an exported program."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim, export

from engine.core import EngineError, IntegrityError, InvalidInput
from engine.models.external import sources
from engine.models.external._spaces import named_classes

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

SCRIPTED = sources["scripted"]
LABELS = named_classes("own", ("sky", "road", "rest"))


class Small(nn.Module):
    """Answers at a quarter of the input's size."""

    def __init__(self, factor: int = 1) -> None:
        super().__init__()
        self.factor = factor
        self.conv = nn.Conv2d(3, 8, 3, stride=4, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.classify = nn.Conv2d(8, 3, 1)

    def forward(self, images: Tensor) -> Tensor:
        if images.shape[-1] % self.factor:
            raise RuntimeError("odd size")
        return self.classify(torch.relu(self.norm(self.conv(images))))


class Named(Small):
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {"seg": self.classify(self.conv(images)), "other": images}


class Restless(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images + torch.rand_like(images)


def small() -> Small:
    torch.manual_seed(0)
    return Small().eval()


def scripted(path: Path, network: nn.Module, *, frozen: bool = False) -> Path:
    made = torch.jit.script(network.eval())
    (torch.jit.freeze(made) if frozen else made).save(path)
    return path


def exported(path: Path, *, dynamic: bool = True) -> Path:
    shapes = {0: Dim("batch", max=512), 2: Dim("height", min=16, max=4096), 3: Dim("width", min=16, max=4096)}
    program = export(small(), (torch.rand(2, 3, 48, 64),), dynamic_shapes=(shapes,) if dynamic else None)
    torch.export.save(program, path)
    return path


@pytest.mark.parametrize("kind", ["script", "frozen", "export"])
def test_end_to_end(tmp_path: Path, kind: str, certify, sound) -> None:
    path = tmp_path / ("net.pt2" if kind == "export" else "net.pt")
    if kind == "export":
        exported(path)
    else:
        scripted(path, small(), frozen=kind == "frozen")
    opened = SCRIPTED.open(path, LABELS, {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)})
    assert opened.labels == LABELS
    images = torch.rand(1, 3, 32, 32)
    expected = nn.functional.interpolate(small()((images - 0.5) / 0.25), size=(32, 32), mode="bilinear")
    torch.testing.assert_close(opened.network(images), expected, rtol=1e-4, atol=1e-5)
    sound(opened)
    certify(opened)


def test_the_logits_may_have_a_name(tmp_path: Path, sound) -> None:
    path = scripted(tmp_path / "net.pt", Named())
    sound(SCRIPTED.open(path, LABELS, {"output": "seg"}))
    for options, message in (
        ({}, "is no tensor .*; set output"),
        ({"output": "logits"}, "has no 'logits', but seg, other; set output"),
    ):
        with pytest.raises(InvalidInput, match=message):
            SCRIPTED.open(path, LABELS, options)
    with pytest.raises(InvalidInput, match="has no 'seg', but no names at all"):
        SCRIPTED.open(scripted(tmp_path / "b.pt", small()), LABELS, {"output": "seg"})


def test_sizes_can_be_padded(tmp_path: Path, sound) -> None:
    path = scripted(tmp_path / "net.pt", Small(factor=32))
    with pytest.raises(InvalidInput, match=r"cannot answer .* 33 x 47; .* or set multiple_of .*odd size"):
        SCRIPTED.open(path, LABELS, {})
    sound(SCRIPTED.open(path, LABELS, {"multiple_of": 32}))


def test_fixed_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="export it for any batch, height and width"):
        SCRIPTED.open(exported(tmp_path / "net.pt2", dynamic=False), LABELS, {})


def test_other_answers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"answers \(2, 3, 33, 47\) .* but labels has 4 classes"):
        SCRIPTED.open(scripted(tmp_path / "net.pt", small()), named_classes("own", list("abcd")), {})
    with pytest.raises(InvalidInput, match="differently each time; save it in evaluation mode"):
        SCRIPTED.open(scripted(tmp_path / "b.pt", Restless()), LABELS, {})
    with pytest.raises(InvalidInput, match="give labels, a known space or class names"):
        SCRIPTED.open(tmp_path / "net.pt", None, {})


@pytest.mark.parametrize("name", ["net.pt", "net.pt2"])
def test_damaged_files_are_refused(tmp_path: Path, name: str, running_code) -> None:
    path = tmp_path / name
    whole = exported(path) if name.endswith("2") else scripted(path, small())
    data = whole.read_bytes()
    for content in (b"", b"hello", data[: len(data) // 2]):
        path.write_bytes(content)
        with pytest.raises(IntegrityError, match=r"damaged or no .*; note that such files run code of their own"):
            SCRIPTED.open(path, LABELS, {})
    torch.save(running_code, path)
    with pytest.raises(EngineError):
        SCRIPTED.open(path, LABELS, {})


def test_the_danger_is_told() -> None:
    from engine.models.external import scripted as module

    assert "RUNS CODE" in (module.__doc__ or "")
    assert "trusted files only" in SCRIPTED.title
