"""--denoise and --scale: they build the model's full name, which the certificate then bears."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from engine.certification import Certificate
from engine.cli.options import add_compute, model_name
from engine.core import EngineError
from tests.material.commands import SMALL, refused, run


def named(*arguments: str) -> str:
    parser = argparse.ArgumentParser()
    add_compute(parser)
    return model_name(parser.parse_args(["--model", "m", *arguments]))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], "m"),
        (["--denoise", "none"], "m"),
        (["--denoise", "single"], "m+single"),
        (["--denoise", "multi:25"], "m+multi:25"),
        (["--denoise", "dncnn:stability"], "m+dncnn:stability"),
        (["--scale", "0.5"], "m+scale:0.5"),
        (["--scale", "multi"], "m+multiscale"),
        (["--scale", "0.5", "--denoise", "single"], "m+scale:0.5+single"),  # denoised, then scaled
        (["--model", "m+scale:2", "--denoise", "multi"], "m+scale:2+multi"),
    ],
)
def test_full_names(arguments: list[str], name: str) -> None:
    assert named(*arguments) == name


@pytest.mark.parametrize("denoise", ["scale:0.5", "multiscale"])
def test_only_denoisers_denoise(denoise: str) -> None:
    with pytest.raises(EngineError, match=f"--denoise takes none or a denoiser, got '{denoise}'"):
        named("--denoise", denoise)
    with pytest.raises(EngineError, match=r"unknown wrapper 'blur'; known: dncnn, multi, .*, single, voted"):
        named("--denoise", "blur")


@pytest.mark.usefixtures("tiny_denoisers")
def test_certify_behind_a_denoiser(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    out, around = tmp_path / "out", ["--scale", "0.5", "--denoise", "single"]
    code, (row,), lines = run(capsys, "certify", picture, "--out", out, *SMALL, *around)
    assert (code, lines) == (0, [])
    assert row["model"] == "street-noise25+scale:0.5+single"
    assert Certificate.load(out / "certificate.npz").provenance.model == row["model"]
    code, (row,), _ = run(capsys, "verify", out / "certificate.npz", "--image", picture, "--resample")
    assert (code, row["passed"]) == (0, True)


@pytest.mark.usefixtures("tiny_denoisers")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scale", "9"], "scale takes a number from 0.1 to 4"),
        (["--scale", "half"], "scale takes a number from 0.1 to 4"),
        (["--denoise", "multi:0"], "multi takes how many evaluations"),
        (["--denoise", "dncnn:l1"], "mse or stability"),
        (["--denoise", "single:nobody"], "unknown denoiser 'nobody'"),
        (["--model", "street-noise25+single", "--denoise", "single"], "one denoiser at most"),
        (["--model", "street-noise25+single", "--scale", "0.5"], "one denoiser at most, the denoiser last"),
    ],
)
def test_what_cannot_go_around_a_model(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    assert words in refused(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, *arguments)
    assert not (tmp_path / "out").exists()
