"""The command line: JSON on stdout, one line on stderr for every error, exit codes, nothing written on failure.

Run in this process by `engine.cli.main`; one smoke test goes through a real shell command.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import engine
from engine.certification import Certificate, base_prediction, certify, verify
from engine.cli import main
from engine.core import BOUNDS, choose_compute
from engine.inputs import ABSTAIN, decode_image
from engine.models import available, load_model, zoo
from tests.material.bad_images import BAD_INPUTS, BadInput
from tests.material.commands import FAST, SMALL, refused, run


@pytest.fixture
def certificate_file(tmp_path: Path, street_certificate: Certificate) -> Path:
    path = tmp_path / "certificate.npz"
    street_certificate.save(path)
    return path


def test_models(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, lines = run(capsys, "models")
    assert (code, lines) == (0, [])
    segmenters = [row for row in rows if "labels" in row]
    assert [row["name"] for row in segmenters] == [info.name for info in available()]
    of_shapes = [(row["name"], row["title"], tuple(row["categories"])) for row in rows if row.get("role") == zoo.PARTS]
    assert of_shapes == list(engine.models.part_models())
    denoisers = {row["name"]: row["weights_sha256"] for row in rows if row.get("role") == zoo.DENOISER}
    assert denoisers == {entry.name: entry.sha256 for entry in zoo.bundled(zoo.DENOISER)}
    assert len(rows) == len(segmenters) + len(of_shapes) + len(denoisers) == len(zoo._manifest())
    assert set(rows[0]) == {"name", "title", "labels", "classes", "trained_sigma", "weights_sha256"}


def test_certify(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    code, (row,), lines = run(capsys, "certify", picture, "--out", out, *SMALL)
    assert (code, lines) == (0, [])
    assert row["radius"] == pytest.approx(0.02 * 0.2533471031357997)  # qnorm(0.6)
    assert row["certified_fraction"] + row["abstain_fraction"] == pytest.approx(1)
    assert row["components"] == 3072
    assert row["working_size"] == [64, 48]
    assert row["compute"] == "cpu/fp32"
    assert row["settings"]["n"] == 30
    assert row["settings"]["correction"] == "holm"
    assert sorted(file.name for file in out.iterdir()) == ["certificate.npz", "certified.png", "segmentation.png"]
    made = Certificate.load(out / "certificate.npz")
    assert made.certified_fraction == row["certified_fraction"]
    assert verify(made, subject=decode_image(picture.read_bytes(), size=64)).passed
    for name in ("segmentation.png", "certified.png"):
        assert Pillow.open(out / name).size == (64, 48)


def test_pictures_show_the_certificate(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    run(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL)
    made = Certificate.load(tmp_path / "out" / "certificate.npz")
    colours = available()[0].labels.colours()
    shown = np.asarray(Pillow.open(tmp_path / "out" / "segmentation.png"))
    image = decode_image(picture.read_bytes(), size=made.settings.size)
    compute = choose_compute(made.provenance.device, made.provenance.precision)
    np.testing.assert_array_equal(shown, colours[base_prediction(load_model(made.provenance.model, compute), image)])
    certified = np.asarray(Pillow.open(tmp_path / "out" / "certified.png"))
    np.testing.assert_array_equal(certified[made.certified], colours[made.labels[made.certified]])


def test_that_nothing_was_certified_is_noted(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*arguments: Any, **options: Any) -> Certificate:
        made = certify(*arguments, **options)
        return replace(made, labels=np.full_like(made.labels, ABSTAIN))

    monkeypatch.setattr("engine.cli.commands.certify.certify", nothing)
    code, (row,), lines = run(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL)
    assert (code, row["certified_fraction"]) == (0, 0.0)
    assert lines == ["note: nothing was certified, so nothing is promised"]


def test_verify(capsys: pytest.CaptureFixture[str], certificate_file: Path, picture: Path) -> None:
    code, (row,), lines = run(capsys, "verify", certificate_file, "--image", picture)
    assert (code, lines, row["passed"]) == (0, [], True)
    assert [check["name"] for check in row["checks"]] == [
        "selection",
        "totals",
        "decisions",
        "radius",
        "weights",
        "input",
    ]


@pytest.mark.parametrize(("extra", "name"), [([], "resample"), (["--seed", "77"], "replication of draws")])
def test_verify_by_drawing_again(
    capsys: pytest.CaptureFixture[str], certificate_file: Path, picture: Path, extra: list[str], name: str
) -> None:
    code, (row,), _ = run(capsys, "verify", certificate_file, "--image", picture, "--resample", *extra)
    assert code == 0
    assert row["checks"][-1]["name"] == name


def test_verify_tampered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, street_certificate: Certificate, picture: Path
) -> None:
    replace(street_certificate, radius=1.0).save(tmp_path / "bad.npz")
    code, (row,), lines = run(capsys, "verify", tmp_path / "bad.npz", "--image", picture)
    assert (code, lines, row["passed"]) == (1, [], False)
    assert [check["name"] for check in row["checks"] if not check["passed"]] == ["radius"]


def test_evaluate(capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path) -> None:
    json_file = tmp_path / "results" / "scores.json"
    code, (row,), lines = run(
        capsys, "evaluate", "--dataset", "camvid", "--root", camvid_root, "--json", json_file, *SMALL
    )
    assert code == 0
    assert json.loads(json_file.read_text()) == row
    assert set(row) >= {"base_clean", "base_noisy", "certified", "radius", "seconds_per_image", "images", "settings"}
    for part in ("base_clean", "base_noisy", "certified"):
        assert set(row[part]) == {"accuracy", "miou_image", "miou_dataset", "abstention"}
        assert all(0 <= value <= 1 for value in row[part].values())
    assert row["images"] == 2
    assert row["base_clean"]["abstention"] == 0
    assert row["radius"] == pytest.approx(0.02 * 0.2533471031357997)
    assert row["seconds_per_image"] > 0
    assert "2/2 images" in lines[-1]


def test_evaluate_limit(capsys: pytest.CaptureFixture[str], camvid_root: Path) -> None:
    code, (row,), _ = run(capsys, "evaluate", "--dataset", "camvid", "--root", camvid_root, "--limit", "1", *SMALL)
    assert (code, row["images"]) == (0, 1)


def test_bench_writes_what_it_prints(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.audits.speed.bench", lambda model: {"model": model.info.name})  # the real one is slow
    code, (row,), _ = run(capsys, "bench", "--json", tmp_path / "bench.json", *FAST)
    assert code == 0
    assert row == json.loads((tmp_path / "bench.json").read_text()) == {"model": "street-noise25"}


def test_through_a_shell(picture: Path, tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "engine", "certify", str(picture), "--out", str(tmp_path / "out"), *SMALL]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["components"] == 3072
    done = subprocess.run([*command, "--tau", "0.4"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: tau must lie in [0.5, 1), got 0.4\n"


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=lambda bad: bad.name)
def test_bad_images(capsys: pytest.CaptureFixture[str], tmp_path: Path, bad: BadInput) -> None:
    path, out = tmp_path / bad.file_name, tmp_path / "out"
    path.write_bytes(bad.make())
    line = refused(capsys, "certify", path, "--out", out, *FAST, "--size", "320")
    words = "at most 20 MB" if bad.name == "over the byte limit" else bad.words
    assert words.lower() in line.lower()
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tau", "0.4"], "tau must lie in [0.5, 1), got 0.4"),
        (["--tau", "1"], "tau must lie in [0.5, 1), got 1.0"),
        (["--tau", "nan"], "tau must lie in [0.5, 1)"),
        (["--tau", "half"], "--tau"),
        (["--sigma", "0"], "sigma must lie in [0.001, 10]"),
        (["--sigma", "nan"], "sigma must lie in [0.001, 10]"),
        (["--sigma", "inf"], "sigma must lie in [0.001, 10]"),
        (["--sigma", "-0.25"], "sigma must lie in [0.001, 10]"),
        (["--n", "0"], "n must lie in [1, 100000]"),
        (["--n", "1.5"], "--n"),
        (["--n", "1" + "0" * 400], "n must lie in"),
        (["--n0", "0"], "n0 must lie in"),
        (["--alpha", "0"], "alpha must lie in [1e-12, 0.5]"),
        (["--alpha", "0.6"], "alpha must lie in [1e-12, 0.5]"),
        (["--size", "20"], "size must lie in [64, 1024], got 20"),
        (["--seed", "-1"], "seed must lie in"),
        (["--correction", "none"], "unknown correction 'none'; known: bonferroni, fdr-bh"),
        (["--family", "l7"], "unknown perturbation family 'l7'"),
        (["--model", "resnet"], "unknown model 'resnet'"),
        (["--device", "tpu"], "device must be auto, cpu or cuda"),
        (["--precision", "fp8"], "precision must be auto, bf16 or fp32"),
        (["--surprise", "1"], "unrecognized arguments"),
    ],
    ids=lambda value: " ".join(value)[:24] if isinstance(value, list) else "",
)
def test_bad_settings(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    assert words in refused(capsys, "certify", picture, "--out", tmp_path / "out", *FAST, *arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["certify"],
        ["verify"],
        ["evaluate"],
        ["models", "all"],
    ],
)
def test_bad_commands(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert "see: python -m engine" in refused(capsys, *arguments)


def test_missing_image(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "cannot be read" in refused(capsys, "certify", tmp_path / "none.png", "--out", tmp_path / "out", *FAST)
    assert not (tmp_path / "out").exists()


def test_folder_as_image(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "cannot be read" in refused(capsys, "certify", tmp_path, "--out", tmp_path / "out", *FAST)


@pytest.mark.parametrize("out", ["street.png", "street.png/below", "x" * 300])
def test_out_cannot_be_a_folder(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, out: str) -> None:
    assert "cannot write" in refused(capsys, "certify", picture, "--out", tmp_path / out, *SMALL)


@pytest.mark.parametrize("content", [b"", b"not a certificate", b"PK\x03\x04" + bytes(100)])
def test_verify_what_is_no_certificate(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.npz").write_bytes(content)
    assert "not a Certiscope certificate" in refused(capsys, "verify", tmp_path / "c.npz")


def test_verify_missing_files(capsys: pytest.CaptureFixture[str], tmp_path: Path, certificate_file: Path) -> None:
    assert "cannot be read" in refused(capsys, "verify", tmp_path / "none.npz")
    assert "cannot be read" in refused(capsys, "verify", certificate_file, "--image", tmp_path / "none.png")


def test_verify_bad_seeds(capsys: pytest.CaptureFixture[str], certificate_file: Path, picture: Path) -> None:
    assert "--seed is for --resample" in refused(capsys, "verify", certificate_file, "--seed", "3")
    line = refused(capsys, "verify", certificate_file, "--image", picture, "--resample", "--seed", "-3")
    assert "seed must lie in" in line


def test_evaluate_bad_places(capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path) -> None:
    start = ["evaluate", "--dataset", "camvid", *SMALL, "--root"]
    assert "no folder" in refused(capsys, *start, tmp_path / "none")
    assert "no folder" in refused(capsys, *start, camvid_root, "--split", "test")
    assert "limit must be" in refused(capsys, *start, camvid_root, "--limit", "-1")


def test_evaluate_refuses_an_impossible_json_file_before_the_work(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path
) -> None:
    start = ["evaluate", "--dataset", "camvid", "--root", camvid_root, *SMALL, "--json"]
    (tmp_path / "file").write_bytes(b"x")
    assert "cannot write" in refused(capsys, *start, tmp_path / "file" / "scores.json")
    assert "cannot write" in refused(capsys, *start, tmp_path)  # a folder


def test_bounds_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["certify", "--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"in {bound}" in text for bound in BOUNDS.values())
