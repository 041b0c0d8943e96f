"""train and publish: a recipe in, weights out, and then a model that the zoo knows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

from engine.cli import main
from engine.core.device import Compute
from engine.models import zoo
from engine.synthetic.scenes import render_street
from engine.training import denoiser
from tests.material.commands import refused, run
from tests.material.pictures import encoded
from tests.material.tiny_models import DNCNN, forget_models

NAME = "dncnn-tiny"


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> str:
    """A recipe that trains for two steps, among the denoisers'."""
    tiny = replace(
        denoiser.RECIPES["dncnn-mse"], name=NAME, spec=DNCNN, steps=2, batch=2, warmup=1, scene_count=1, size=(48, 64),
        crop=(32, 32),
    )  # fmt: skip
    monkeypatch.setitem(denoiser.RECIPES, NAME, tiny)
    return NAME


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    scene = render_street(0, 96, 72)
    for folder, pixels in (("images", scene.pixels), ("labels", scene.labels)):
        (tmp_path / "streets" / "train" / folder).mkdir(parents=True)
        (tmp_path / "streets" / "train" / folder / "a.png").write_bytes(encoded(Pillow.fromarray(pixels), "PNG"))
    return tmp_path / "streets"


def test_trained_and_published(
    capsys: pytest.CaptureFixture[str], recipe: str, streets: Path, copied_assets: Path, compute: Compute
) -> None:
    out = copied_assets / "trained"
    code = main(["train", "denoiser", "--recipe", recipe, "--root", str(streets), "--out", str(out)])
    last = capsys.readouterr().out.splitlines()[-1]  # what the training says comes before
    assert (code, json.loads(last)) == (0, {"weights": str(out / "model.safetensors"), "recipe": recipe})
    publishing = ["publish", "denoiser", "--recipe", recipe, "--weights", out / "model.safetensors"]
    assert f"write the model card {recipe}.md first" in refused(capsys, *publishing)
    (copied_assets / f"{recipe}.md").write_text("# Card\n")
    assert run(capsys, *publishing)[:2] == (0, [{"published": recipe}])
    forget_models()
    assert zoo.bundled_network(recipe, zoo.DENOISER).spec == {"width": 8, "depth": 3}
    assert zoo.load_network(recipe, zoo.DENOISER, compute).spec == DNCNN


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["street"], "--recipe"),
        (["fly", "--recipe", "x"], "invalid choice: 'fly'"),
        (["street", "--recipe", "dncnn-mse"], "unknown street recipe 'dncnn-mse'; known: street-base, "),
        (["denoiser", "--recipe", "street-clean"], "unknown denoiser recipe 'street-clean'; known: denoise-"),
        (["street", "--recipe", "street-noise50"], "goes on with the weights of street-first25: give that file"),
        (["denoiser", "--recipe", "dncnn-stability"], "goes on with the weights of dncnn-mse: give that file"),
        (["street", "--recipe", "street-first25", "--start", "w"], "starts from random weights: give it no file"),
        (["street", "--recipe", "street-noise50", "--start", "no"], "cannot start from no"),
    ],
)
def test_trainings_that_cannot_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], words: str
) -> None:
    out = tmp_path / "out"
    assert words in refused(capsys, "train", *arguments, "--root", tmp_path, "--out", out)
    assert not out.exists()


def test_what_cannot_be_published(capsys: pytest.CaptureFixture[str], copied_assets: Path, tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in copied_assets.iterdir()}
    start = ["publish", "street", "--recipe", "street-noise25", "--weights"]
    assert "--recipe" in refused(capsys, "publish", "street", "--weights", tmp_path)
    assert "unknown street recipe 'x'" in refused(capsys, "publish", "street", "--recipe", "x", "--weights", tmp_path)
    assert "cannot read" in refused(capsys, *start, tmp_path / "none")
    large = tmp_path / "large"
    large.write_bytes(bytes(15 * 2**20 + 1))
    assert "at most 15728640 are kept" in refused(capsys, *start, large)
    assert {file.name: file.read_bytes() for file in copied_assets.iterdir()} == before
