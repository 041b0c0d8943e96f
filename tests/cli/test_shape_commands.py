"""certify and verify on shapes: meshes and clouds in, certificates and coloured clouds out, refusals in a sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.certification import Certificate
from engine.cli import main
from engine.inputs.clouds import cloud_suffixes, decode_cloud, read_shape
from engine.models import zoo
from tests.material.bad_clouds import BAD_CLOUDS, BadCloud
from tests.material.cloud_files import rows, sphere
from tests.material.commands import SMALL_SHAPES
from tests.material.tiny_models import PARTS, forget_models, publish_part_model


@pytest.fixture
def shape(tmp_path: Path, copied_assets: Path) -> Path:
    """A sphere of 100 points with normals; `parts-tiny` is in the zoo."""
    publish_part_model(copied_assets)
    path = tmp_path / "ball.xyz"
    path.write_bytes(rows(3.0 * sphere(100) + 5.0, sphere(100)))
    return path


@pytest.mark.parametrize("family", ["l2", "so3", "rotation-axis", "so3-uniform", "l1-laplace"])
def test_a_shape_is_certified_and_verified(
    shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], family: str
) -> None:
    out = tmp_path / "out"
    settings = ["--model", "parts-tiny@Cup", "--family", family, "--sigma", "0.1", *SMALL_SHAPES]
    assert main(["certify", str(shape), "--out", str(out), *settings]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["components"], row["working_size"], row["model"]) == (64, [64], "parts-tiny@Cup")
    assert row["settings"]["points"] == 64
    certificate = Certificate.load(out / "certificate.npz")
    assert certificate.kind == "cloud"
    assert certificate.labels.shape == (64,)
    assert certificate.votes.shape == (len(PARTS["Cup"]), 64)
    assert certificate.provenance.source_size == (100, 0)
    check = ["verify", str(out / "certificate.npz"), "--shape", str(shape), "--resample"]
    assert main(check) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is True
    assert "counts of all 64 components agree" in told["checks"][-1]["detail"]
    again = decode_cloud((out / "certified.ply").read_bytes(), suffix=".ply", points=64)
    cloud = read_shape(shape, points=64)
    np.testing.assert_allclose(again.points, cloud.points, atol=1e-5)
    np.testing.assert_allclose(again.scale, cloud.scale, rtol=1e-5)
    assert b"property short predicted\n" in (out / "certified.ply").read_bytes()
    assert again.labels is None  # an answer must not come back as the truth
    assert row["radius_unit"] == engine.perturbations[family].unit


def test_a_category_may_be_named_by_itself(shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = ["certify", str(shape), "--out", str(tmp_path / "out"), "--model", "parts-tiny", *SMALL_SHAPES]
    assert main([*start, "--category", "Cup"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "parts-tiny@Cup"
    assert main([*start, "--category", "Sofa"]) == 2
    assert "unknown category 'Sofa'; known: Chair, Cup" in capsys.readouterr().err


def test_a_shape_is_for_the_model_of_shapes(shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --model the file's ending chooses; a model of shapes cannot do without a category."""
    out = ["--out", str(tmp_path / "out")]
    assert main(["certify", str(shape), *out, "--category", "Cup", *SMALL_SHAPES]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "parts-tiny@Cup"
    assert (
        main(
            ["attack", str(shape), *out, "--category", "Cup", "--certify", "parts-tiny", "--steps", "2", *SMALL_SHAPES]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["certified_by"]) == ("parts-tiny@Cup", "parts-tiny@Cup")
    assert main(["plan", str(shape), "--category", "Cup", *SMALL_SHAPES]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["components"] == 64
    assert told["seconds"] > 0
    for command in (["certify", *out], ["certify", "--model", "parts-tiny", *out], ["plan"]):
        assert main([command[0], str(shape), *command[1:], *SMALL_SHAPES]) == 2
        assert "parts-tiny needs a category, as in parts-tiny@Cup" in capsys.readouterr().err


def test_the_category_is_part_of_the_question(shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cups have two parts and chairs three: other classes, and another certificate."""
    for category, parts in PARTS.items():
        out = tmp_path / category
        assert main(["certify", str(shape), "--out", str(out), "--model", f"parts-tiny@{category}", *SMALL_SHAPES]) == 0
        assert Certificate.load(out / "certificate.npz").provenance.classes == parts
    capsys.readouterr()
    moved = tmp_path / "moved.xyz"
    moved.write_bytes(shape.read_bytes().replace(b"5.", b"6."))
    assert main(["verify", str(tmp_path / "Cup" / "certificate.npz"), "--shape", str(moved)]) == 1
    assert "this is not the shape that it was made of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "street-noise25"], "street-noise25 segments images, not point clouds; choose another model"),
        (["--model", "parts-tiny@"], "parts-tiny needs a category, as in parts-tiny@Cup"),
        (["--model", "parts-tiny@Sofa"], "unknown category 'Sofa'; known: Chair, Cup"),
        (["--model", "parts-none@Cup"], "unknown model of shapes 'parts-none'; known: parts-tiny"),
        (["--model", "parts-tiny@Cup+single"], "single goes around models of images"),
        (["--model", "street-noise25+voted"], "voted goes around models of clouds"),
        (["--model", "parts-tiny@Cup", "--points", "4"], "points must lie in [16, 16384], got 4"),
        (["--model", "parts-tiny@Cup", "--family", "so4"], "unknown perturbation family 'so4'"),
    ],
)
def test_what_cannot_be_certified(
    shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    out = tmp_path / "out"
    assert main(["certify", str(shape), "--out", str(out), *SMALL_SHAPES, *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_an_image_is_no_shape(picture: Path, shape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shape.is_file()
    start = ["certify", str(picture), "--out", str(tmp_path / "out"), *SMALL_SHAPES, "--size", "64"]
    assert main([*start, "--model", "parts-tiny@Cup"]) == 2
    assert "parts-tiny@Cup segments point clouds, not images" in capsys.readouterr().err
    assert main([*start, "--family", "so3"]) == 2
    assert "family so3 perturbs point clouds, not images" in capsys.readouterr().err


@pytest.fixture(scope="module")
def refuses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[BadCloud], tuple[int, str]]]:
    """Certify a bad file with `parts-tiny`; returns the exit code and what was said."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "models").mkdir()
    (folder / "models" / "manifest.json").write_text('{"models": []}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo, "FOLDER", folder / "models")
        publish_part_model(folder / "models")

        def certify(bad: BadCloud) -> tuple[int, str]:
            path, told = folder / bad.file_name, io.StringIO()
            path.write_bytes(bad.make())
            with redirect_stderr(told):
                code = main(
                    ["certify", str(path), "--out", str(folder / "out"), "--model", "parts-tiny@Cup", *SMALL_SHAPES]
                )
            path.unlink()
            return code, told.getvalue()

        yield certify
    forget_models()


@pytest.mark.parametrize("bad", BAD_CLOUDS, ids=lambda bad: bad.name)
def test_bad_shapes(bad: BadCloud, refuses: Callable[[BadCloud], tuple[int, str]]) -> None:
    code, told = refuses(bad)
    assert code == 2
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1
    if Path(bad.file_name).suffix in cloud_suffixes():  # else the file is taken for an image
        assert bad.words in told
