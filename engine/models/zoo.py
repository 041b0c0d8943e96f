"""The networks that ship with the project: a manifest, safetensors weights checked by sha256, and a bounded cache."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import nn

from engine.core.assets import ASSETS
from engine.core.device import Compute
from engine.core.errors import IntegrityError, unknown_name
from engine.inputs.labels import label_spaces
from engine.models.architectures.denoise_unet import DenoiseUNet, DenoiseUNetSpec
from engine.models.architectures.dncnn import DnCNN, DnCNNSpec
from engine.models.architectures.part_net import PartNet, PartNetSpec
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.models.base import ModelInfo

FOLDER = ASSETS / "models"
"""The manifest, the weights and their cards."""

Weights = Mapping[str, torch.Tensor]


def _pyramid_net(spec: Mapping[str, Any], weights: Weights) -> nn.Module:
    network = PyramidNet(PyramidNetSpec(**_tuples(spec))).fuse()  # the files hold fused weights
    network.load_state_dict(dict(weights))
    return network


def _denoise_unet(spec: Mapping[str, Any], weights: Weights) -> nn.Module:
    network = DenoiseUNet(DenoiseUNetSpec(**_tuples(spec)))
    network.load_state_dict(dict(weights))
    return network


def _dncnn(spec: Mapping[str, Any], weights: Weights) -> nn.Module:
    network = DnCNN(DnCNNSpec(**_tuples(spec)))
    network.load_state_dict(dict(weights))
    return network


def _part_net(spec: Mapping[str, Any], weights: Weights) -> nn.Module:
    network = PartNet(PartNetSpec(**_tuples(spec))).fuse()  # the files hold fused weights
    network.load_state_dict(dict(weights))
    return network


def _tuples(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in spec.items()}


ARCHITECTURES: Mapping[str, Callable[[Mapping[str, Any], Weights], nn.Module]] = {
    "pyramid_net": _pyramid_net,
    "denoise_unet": _denoise_unet,
    "dncnn": _dncnn,
    "part_net": _part_net,
}
SEGMENTER, DENOISER, PARTS = "segmenter", "denoiser", "parts"
_ASKED_FOR = {SEGMENTER: "model", DENOISER: "denoiser", PARTS: "model of shapes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledNetwork:
    """A row of the manifest: a network that ships with the project, and what it is for.

    categories: of a network for shapes, the parts of every category, in the order of its answers.
    """

    name: str
    title: str
    role: str
    sha256: str
    card: str
    file: Path
    architecture: str
    spec: Mapping[str, Any]
    labels: str
    trained_sigma: float
    categories: Mapping[str, tuple[str, ...]]

    def info(self) -> ModelInfo:
        """What is known of it as a segmenter."""
        return ModelInfo(
            name=self.name,
            title=self.title,
            labels=label_spaces[self.labels],
            trained_sigma=self.trained_sigma,
            weights_sha256=self.sha256,
            card=self.card,
        )


def bundled(role: str) -> tuple[BundledNetwork, ...]:
    """All parts of one role (`SEGMENTER`, `DENOISER` or `PARTS`), in the manifest's order; nothing is loaded."""
    return tuple(part for part in _manifest().values() if part.role == role)


def bundled_network(name: str, role: str) -> BundledNetwork:
    """One row of the manifest. Raises UnknownName."""
    known = {entry.name: entry for entry in bundled(role)}
    if name not in known:
        raise unknown_name(_ASKED_FOR[role], name, known)
    return known[name]


@lru_cache(maxsize=8)
def load_network(name: str, role: str, compute: Compute) -> nn.Module:
    """The network of that name, ready to run on a device, cached.

    Raises UnknownName, or IntegrityError if the weight file is missing or is not the file that the manifest names.
    """
    return load_entry(bundled_network(name, role), compute)


def load_entry(entry: BundledNetwork, compute: Compute) -> nn.Module:
    """The network of a row, ready to run on a device. Raises IntegrityError."""
    try:
        network = ARCHITECTURES[entry.architecture](entry.spec, load_safetensors(checked_bytes(entry)))
    except (SafetensorError, RuntimeError) as error:  # a pickle, a truncated file, weights of another network
        reason = str(error).strip().partition("\n")[0]
        raise IntegrityError(
            f"{entry.file.name} does not hold the weights of {entry.name}: {reason}; restore it"
        ) from error
    return ready(network, compute)


def ready(network: nn.Module, compute: Compute) -> nn.Module:
    """The network in evaluation mode, on the device and in the precision of `compute`."""
    network = network.eval().requires_grad_(False).to(device=compute.device, dtype=compute.dtype)
    if compute.device.type == "cuda" and compute.precision == "fp32":
        torch.backends.cudnn.allow_tf32 = False  # "fp32" on a certificate must not mean TF32
        torch.backends.cuda.matmul.allow_tf32 = False
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def checked_bytes(entry: BundledNetwork) -> bytes:
    """The weight file's bytes if they have the manifest's sha256. Raises IntegrityError."""
    try:
        data = entry.file.read_bytes()
    except OSError as error:
        raise IntegrityError(f"weights of {entry.name} cannot be read: {error}; restore {entry.file.name}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise IntegrityError(
            f"weights of {entry.name} have sha256 {found[:12]}..., the manifest says {entry.sha256[:12]}...; restore "
            f"{entry.file.name}"
        )
    return data


@cache
def _manifest() -> Mapping[str, BundledNetwork]:
    rows = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["models"]
    return {row["name"]: entry_of(row, FOLDER) for row in rows}


def entry_of(row: Mapping[str, Any], folder: Path, card: str = "") -> BundledNetwork:
    """A row of a manifest whose files are in `folder`; `card` is its card's text, "" to read the file."""
    return BundledNetwork(
        name=row["name"],
        title=row["title"],
        role=row["role"],
        sha256=row["sha256"],
        card=card or (folder / row["card"]).read_text(encoding="utf-8"),
        file=folder / row["file"],
        architecture=row["architecture"],
        spec=row["spec"],
        labels=row.get("labels", ""),
        trained_sigma=row.get("trained_sigma", 0.0),
        categories={name: tuple(parts) for name, parts in row.get("categories", {}).items()},
    )
