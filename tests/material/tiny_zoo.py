"""The bundled models' folder in small: every name, role and category of the manifest, with tiny random networks.

A test may spoil a copy of it in no time; the real weights are 41 MB. No test in here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.models import zoo
from engine.models.architectures.denoise_unet import DenoiseUNet
from engine.models.architectures.dncnn import DnCNN
from engine.models.architectures.part_net import PartNet
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.models.publish import publish
from engine.training.loop import save_weights
from tests.material.tiny_models import DNCNN, PART_NET, UNET

PYRAMID = PyramidNetSpec(classes=11, widths=(8, 8, 12, 16), blocks=(1, 1, 1), pool_sizes=(1, 2))


def _pyramid_net(spec: Mapping[str, Any]) -> nn.Module:
    return PyramidNet(replace(PYRAMID, classes=spec["classes"])).eval().fuse()


def _part_net(spec: Mapping[str, Any]) -> nn.Module:
    sizes = {name: spec[name] for name in ("parts", "categories", "normals")}
    return PartNet(replace(PART_NET, **sizes)).eval().fuse()


TINY: Mapping[str, Callable[[Mapping[str, Any]], nn.Module]] = {
    "pyramid_net": _pyramid_net,
    "part_net": _part_net,
    "denoise_unet": lambda _: DenoiseUNet(UNET),
    "dncnn": lambda _: DnCNN(DNCNN),
}


def build_tiny_zoo(folder: Path) -> None:
    """Publish a tiny network there under every name of the real manifest, in its order, with the card that ships."""
    folder.mkdir(parents=True)
    for number, row in enumerate(json.loads((zoo.FOLDER / "manifest.json").read_text())["models"]):
        torch.manual_seed(number)
        network = TINY[row["architecture"]](row["spec"])
        (folder / row["card"]).write_bytes((zoo.FOLDER / row["card"]).read_bytes())
        publish(save_weights(network, folder / "trained.part"), row | {"spec": asdict(network.spec)}, folder)
    (folder / "trained.part").unlink(missing_ok=True)
