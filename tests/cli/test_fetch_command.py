"""fetch and psnr: what can be had is listed with sizes; a download is checked and configured; bad names are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import engine
from engine.cli import main
from engine.core.progress import Cancel, Progress, never, unheard
from engine.models.external import Offer, scripted, sha256_of
from engine.models.external.config import read_config

OFFER = Offer(name="tiny_net", title="Tiny", labels="camvid", megabytes=0.1, terms="none", address="nowhere")


class Eleven(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.repeat(1, 4, 1, 1)[:, :11]


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and the scripted source offering a file as if from the network."""

    def fetch(offer: Offer, folder: Path, progress: Progress = unheard, *, cancelled: Cancel = never) -> Path:
        assert not cancelled()
        torch.jit.script(Eleven()).save(str(folder / "tiny.pt"))
        progress(1, 1)
        assert offer is OFFER
        return folder / "tiny.pt"

    source = replace(scripted.SOURCE, offers=(OFFER,), fetch=fetch)
    monkeypatch.setattr("engine.models.external.sources", {"scripted": source})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_can_be_had_is_listed_with_its_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch"]) == 0
    listed = rows(capsys)
    assert {row["name"] for row in listed} == {offer.name for offer in engine.models.offers()}
    assert all(isinstance(row["megabytes"], float) and row["megabytes"] > 1 and row["terms"] for row in listed)


def test_a_download_is_configured_and_can_be_used(offered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "tiny_net"]) == 0
    assert rows(capsys) == [{"model": "tiny-net", "path": "models/tiny.pt", "config": "models.toml"}]
    (row,) = read_config(offered / "models.toml")
    assert row.sha256 == sha256_of(offered / "models" / "tiny.pt")
    assert engine.load_model("tiny-net").info.labels.name == "camvid"
    assert main(["fetch", "tiny_net"]) == 2
    assert "has a model tiny-net already" in capsys.readouterr().err
    assert len(read_config(offered / "models.toml")) == 1


def test_unknown_offers_and_folders_that_are_files(offered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "nothing"]) == 2
    assert "unknown offer 'nothing'; known: tiny_net" in capsys.readouterr().err
    (offered / "file").write_text("")
    assert main(["fetch", "tiny_net", "--folder", "file"]) == 2
    assert not (offered / "models.toml").exists()


@pytest.mark.usefixtures("tiny_denoisers")
def test_psnr_of_a_dataset(camvid_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "psnr.json"
    arguments = ["psnr", "--dataset", "camvid", "--root", str(camvid_root), "--size", "64", "--precision", "fp32"]
    assert main([*arguments, "--json", str(out)]) == 0
    printed = rows(capsys)
    assert json.loads(out.read_text())["rows"] == printed
    assert [row["sigma"] for row in printed] == [0.25, 0.5, 1.0]
    for row, noisy in zip(printed, (12.04, 6.02, 0.0), strict=True):  # -20 log10(sigma)
        assert row["psnr_noisy"] == pytest.approx(noisy, abs=0.2)
        assert row["gain"] == pytest.approx(row["psnr_denoised"] - row["psnr_noisy"], abs=0.002)
