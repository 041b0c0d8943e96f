"""Every command that certifies refuses, before the work, a number of draws that certifies nothing."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from engine.certification import Certificate
from engine.cli.commands import commands
from tests.material.cloud_files import rows, sphere
from tests.material.commands import FAST, SMALL, SMALL_SHAPES, refused, run
from tests.material.shape_trees import write_psb
from tests.material.tiny_models import publish_part_model

IMAGES = ["--dataset", "camvid", "--root", "CAMVID"]
SHAPES = ["--dataset", "psb", "--root", "PSB", "--split", "all", "--model", "parts-tiny", *SMALL_SHAPES, "--sigma"]
CASES = {
    "certify": ["PICTURE", "--out", "OUT", *SMALL],
    "evaluate": [*IMAGES, *SMALL],
    "price": [*IMAGES, *SMALL],
    "sweep": [*IMAGES, "--models", "street-noise25", "--out", "OUT", *FAST, "--size", "64"],
    "attack": ["PICTURE", "--out", "OUT", *SMALL, "--certify", "street-noise25"],
    "audit-attacks": [*IMAGES, *SMALL],
    "audit-changes": [*IMAGES, *SMALL],
    "evaluate-shapes": [*SHAPES, "0.1"],
    "audit-shifts": [*SHAPES, "0.1"],
    "audit-turns": [*SHAPES, "0.2", "--family", "so3"],
    "crossval": ["--recipe", "parts-noise", "--root", "PSB", "--out", "OUT"],
}
_TAKES = re.compile(r"take (--n|--certified) (\d+) \((--n|--certified) (\d+) at the least\) or a smaller tau$")


def _options(name: str) -> set[str]:
    parser = argparse.ArgumentParser()
    commands[name].configure(parser)
    return {option for action in parser._actions for option in action.option_strings}


def test_every_command_that_certifies_is_among_them() -> None:
    certify = {name for name in commands if _options(name) & {"--alpha", "--certified"}}
    assert certify - {"plan", "changes"} == set(CASES)  # changes: test_changes_command.py


@pytest.mark.parametrize("name", CASES)
def test_a_run_of_no_use_is_refused(
    name: str, capsys: pytest.CaptureFixture[str], picture: Path, camvid_root: Path, copied_assets: Path,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publish_part_model(copied_assets)
    write_psb(tmp_path / "psb")
    places = {"PICTURE": picture, "CAMVID": camvid_root, "PSB": tmp_path / "psb", "OUT": tmp_path / "out"}
    arguments = [str(places.get(word, word)) for word in CASES[name]]

    def drawn(*_: object, **__: object) -> None:
        raise AssertionError("noise was drawn")

    monkeypatch.setattr("engine.certification.sampling.Sampler.of", drawn)
    few = (
        ["--certified", "20"] if name == "crossval" else ["--n", "20", "--taus" if name == "sweep" else "--tau", "0.9"]
    )
    line = refused(capsys, name, *arguments, *few)
    assert f"with {few[0]} 20 nothing can be certified at tau {'0.75' if name == 'crossval' else '0.9'}" in line
    told = _TAKES.search(line)
    assert told is not None, line
    assert told[1] == told[3] == few[0]
    assert 20 < int(told[4]) < int(told[2])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mode", ["fixed", "anytime", "explore", "free"])
def test_what_is_advised_is_taken_and_not_one_draw_less(
    mode: str, capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path
) -> None:
    start = ["certify", picture, "--out", tmp_path / "out", *SMALL, "--mode", mode]
    told = _TAKES.search(refused(capsys, *start, "--n", "5"))
    assert told is not None
    least = int(told[4])
    assert "nothing can be certified" in refused(capsys, *start, "--n", least - 1)
    assert not (tmp_path / "out").exists()
    for enough in (least, int(told[2])):
        assert run(capsys, *start, "--n", enough)[0] == 0
    assert Certificate.load(tmp_path / "out" / "certificate.npz").draws == int(told[2])


def test_one_tau_of_many_that_certifies_nothing_is_enough(
    capsys: pytest.CaptureFixture[str], camvid_root: Path, tmp_path: Path
) -> None:
    start = ["sweep", "--dataset", "camvid", "--root", camvid_root, "--models", "street-noise25", *FAST, "--size", "64"]
    line = refused(capsys, *start, "--out", tmp_path / "out", "--taus", "0.6,0.95,0.7", "--n", "60")
    assert "nothing can be certified at tau 0.95 among 3,072 components" in line


def test_a_selection_is_refused_in_its_own_words(
    capsys: pytest.CaptureFixture[str], picture: Path, camvid_root: Path, tmp_path: Path
) -> None:
    few = [*SMALL, "--n", "1", "--correction", "fdr-by"]
    assert "nothing can be selected at tau 0.6" in refused(capsys, "certify", picture, "--out", tmp_path / "out", *few)
    line = refused(capsys, "evaluate", "--dataset", "camvid", "--root", camvid_root, *few)
    assert "fdr-by certifies no pixel: not for a table" in line


def test_no_number_of_draws_is_enough(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    line = refused(capsys, "certify", picture, "--out", tmp_path / "out", *SMALL, "--tau", "0.9999999")
    assert "at tau 1 no n in [1, 100000] certifies anything: choose a smaller tau" in line


@pytest.mark.parametrize("kind", ["image", "shape"])
def test_there_is_nothing_to_attack_within_a_radius_of_0(
    kind: str, capsys: pytest.CaptureFixture[str], picture: Path, copied_assets: Path, tmp_path: Path
) -> None:
    publish_part_model(copied_assets)
    (tmp_path / "ball.xyz").write_bytes(rows(sphere(100), sphere(100)))
    shape = [tmp_path / "ball.xyz", *SMALL_SHAPES, "--model", "parts-tiny@Cup", "--sigma", "0.2", "--family", "so3"]
    asked = [picture, *SMALL] if kind == "image" else shape
    line = refused(capsys, "attack", *asked, "--out", tmp_path / "out", "--tau", "0.5")
    assert "at tau 0.5 the radius is 0, so there is nothing to attack within: choose a larger tau" in line
    assert not (tmp_path / "out").exists()
