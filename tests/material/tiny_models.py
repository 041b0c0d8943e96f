"""Networks for tests: tiny, random, seeded. Denoisers are published like trained ones. No test in here."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.core import Compute
from engine.inputs.labels import CAMVID, LabelSpace
from engine.models import BaseModel, ModelInfo, catalogue, zoo
from engine.models.architectures.denoise_unet import DenoiseUNet, DenoiseUNetSpec
from engine.models.architectures.dncnn import DnCNN, DnCNNSpec
from engine.models.architectures.part_net import PartNet, PartNetSpec
from engine.models.coupling import trust
from engine.models.publish import publish
from engine.models.wrappers import _denoisers, dncnn, multi, single
from engine.models.wrappers._denoised import Denoised
from engine.training.loop import save_weights

UNET = DenoiseUNetSpec(widths=(8, 12), blocks=(1, 1), embedding=16)
DNCNN = DnCNNSpec(width=8, depth=3)
DENOISERS = ("denoise-street", "dncnn-mse", "dncnn-stability")


def forget_models() -> None:
    """Clear every cache of the manifest, of networks and of what is built from them."""
    zoo._manifest.cache_clear()
    zoo.load_network.cache_clear()
    catalogue._load.cache_clear()
    _denoisers._load_configured.cache_clear()
    for module in (dncnn, multi, single):
        module._denoiser.cache_clear()


def random_unet(seed: int = 0) -> DenoiseUNet:
    """A diffusion network all of whose weights are random: a fresh one has layers that start at zero."""
    torch.manual_seed(seed)
    network = DenoiseUNet(UNET)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.15)
    return network.eval().requires_grad_(False)


def random_dncnn(seed: int = 0) -> DnCNN:
    torch.manual_seed(seed)
    return DnCNN(DNCNN).eval().requires_grad_(False)


def publish_denoiser(folder: Path, name: str, seed: int = 0) -> None:
    """Put a tiny random denoiser into a folder of models under a denoiser's name, in place of one already there."""
    diffusion = name.startswith("denoise")
    network = random_unet(seed) if diffusion else random_dncnn(seed)
    row = {
        "name": name,
        "title": f"Tiny {name}",
        "role": zoo.DENOISER,
        "architecture": "denoise_unet" if diffusion else "dncnn",
        "spec": asdict(network.spec),
    }
    (folder / f"{name}.md").write_text("# Card\n")
    publish(save_weights(network, folder / "trained.part"), row, folder)
    forget_models()


PARTS = {"Cup": ("body", "handle"), "Chair": ("arm", "backsupport", "leg")}
PART_NET = PartNetSpec(
    parts=5, categories=2, normals=True, centres=(24, 8), neighbours=(6, 6), first=(8, 8), second=(16, 16),
    scene=(16, 16), back=(16, 16, 16),
)  # fmt: skip


def publish_part_model(folder: Path, name: str = "parts-tiny", *, normals: bool = True) -> None:
    """Put a tiny random network for the parts of cups and chairs into a folder of models, as the only one of shapes."""
    manifest = folder / "manifest.json"
    others = [row for row in json.loads(manifest.read_text())["models"] if row.get("role") != zoo.PARTS]
    manifest.write_text(json.dumps({"models": others}))
    torch.manual_seed(0)
    network = PartNet(replace(PART_NET, normals=normals)).eval().fuse()
    row = {
        "name": name,
        "title": "Tiny parts",
        "role": zoo.PARTS,
        "architecture": "part_net",
        "spec": asdict(network.spec),
        "categories": PARTS,
        "trained_sigma": 0.05,
    }
    (folder / f"{name}.md").write_text("# Card\n")
    publish(save_weights(network, folder / "trained.part"), row, folder)
    forget_models()


class ToySegmenter(nn.Module):
    """A random linear map of each pixel's neighbourhood to logits of CamVid's classes; counts its passes."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, len(CAMVID), 3, padding=1)
        generator = torch.Generator().manual_seed(seed)
        for parameter in self.layer.parameters():
            nn.init.normal_(parameter, generator=generator)
        self.passes = 0

    def forward(self, images: Tensor) -> Tensor:
        self.passes += 1
        logits: Tensor = self.layer(images)
        return logits


class Halving:
    """A denoiser for tests, clean = (noisy + 1/2) / 2 clipped; remembers the sigma and the images of every call."""

    def __init__(self) -> None:
        self.sigmas: list[float] = []
        self.images: list[Tensor] = []

    def __call__(self, noisy: Tensor, sigma: float) -> Tensor:
        self.sigmas.append(sigma)
        self.images.append(noisy.clone())
        return (noisy / 2.0 + 0.25).clamp(0.0, 1.0)


def toy_model(compute: Compute, name: str = "toy", seed: int = 0, denoise: Halving | None = None) -> BaseModel:
    """A toy segmenter of CamVid's classes, behind a denoiser if one is given."""
    network: nn.Module = ToySegmenter(seed).eval().requires_grad_(False)
    info = ModelInfo(
        name=name, title=name, labels=CAMVID, trained_sigma=0.0, weights_sha256=f"{seed:064x}", card="",
        denoised=denoise is not None,
    )  # fmt: skip
    if denoise is not None:
        network = Denoised(network, denoise)
    trust(network)  # tests count its passes
    return BaseModel(info=info, network=network, compute=compute)


class Halves(nn.Module):
    """Of a cloud (B, P, C), part 1 above height 0 and part 0 below, the more surely the farther."""

    def forward(self, values: Tensor) -> Tensor:
        height = values[..., 2]
        return torch.stack([-height, height], dim=1)


def toy_cloud_model(compute: Compute, classes: tuple[str, str] = ("below", "above")) -> BaseModel:
    """A segmenter of clouds that cuts them at height 0."""
    space = LabelSpace(name="Ball", classes=classes, palette=((9, 9, 9), (200, 20, 20)))
    info = ModelInfo(
        name="halves@Ball", title="Halves", labels=space, trained_sigma=0.0, weights_sha256="", card="", kind="cloud"
    )
    return BaseModel(info=info, network=Halves(), compute=compute)
